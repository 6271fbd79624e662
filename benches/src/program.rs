//! The program itself on an existing database: how soon the first page is there, and how much memory it holds idle.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use store::Place;

use crate::{
    place::as_arguments,
    report::{self, Times},
    service::{PASSWORD, USERNAME},
};

const STARTS: usize = 11;

/// Starts the program many times; looks at its memory after the sign-in page, and after somebody has read a record.
pub fn measure(place: &Place, keys: &Path, record: &str) -> anyhow::Result<()> {
    let program = program()?;
    let mut first_page = Times::default();
    let mut idle = Times::default();
    for _ in 0..STARTS {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let began = Instant::now();
        let mut server = Server::start(&program, place, keys, port)?;
        server.first_page(port)?;
        first_page.add(began.elapsed());
        std::thread::sleep(Duration::from_millis(300));
        idle.add(server.memory()?);
    }
    // The first that stays long enough makes the index of words and the extract, once in the life of a database.
    let server = read_three_pages(&program, place, keys, record)?;
    server.rests()?;
    let (first, most) = (server.memory()?.as_millis(), server.most_memory()?);
    drop(server);
    let server = read_three_pages(&program, place, keys, record)?;
    server.rests()?;
    let used = server.memory()?.as_secs_f64() * 1_000.0;
    report::head("The program on this database");
    let ms = first_page.median();
    report::line(
        "start to first page, median of 11",
        &first_page.shown(),
        "300 ms",
        ms / 300.0,
        "at most 300 ms",
        ms <= 300.0,
    );
    let mb = idle.median();
    report::line(
        "resident memory, idle after the first page",
        &format!("{mb:.0} MB"),
        "64 MB",
        mb / 64.0,
        "under 64 MB",
        mb < 64.0,
    );
    report::line(
        "resident memory, idle after a sign-in and three pages",
        &format!("{used:.0} MB"),
        "64 MB",
        used / 64.0,
        "under 64 MB",
        used < 64.0,
    );
    report::note(
        "the same of the program that has just made the index of words and the extract for the first time",
        &format!("{first} MB; at most {most} MB at any moment"),
    );
    Ok(())
}

/// Starts the program, signs the worker in and reads three pages.
fn read_three_pages(program: &Path, place: &Place, keys: &Path, record: &str) -> anyhow::Result<Server> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut server = Server::start(program, place, keys, port)?;
    server.first_page(port)?;
    let cookie = sign_in(port)?;
    for page in ["/my-work".to_owned(), format!("/records/{record}"), format!("/records/{record}/chronology")] {
        let answer = get(port, &page, &cookie)?;
        anyhow::ensure!(
            answer.starts_with("HTTP/1.1 200"),
            "{page} answers {}",
            answer.lines().next().unwrap_or_default()
        );
    }
    Ok(server)
}

/// The program beside this one.
pub fn program() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("lifestory");
    anyhow::ensure!(program.exists(), "{} is not there: build it by ./bench", program.display());
    Ok(program)
}

/// The program as it serves; it ends with this.
pub struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

impl Server {
    /// Starts it.
    pub fn start(program: &Path, place: &Place, keys: &Path, port: u16) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        command.arg("serve").args(as_arguments(place)).arg("--keys").arg(keys).arg("--port").arg(port.to_string());
        Ok(Self(command.stdout(Stdio::null()).stderr(Stdio::inherit()).spawn()?))
    }

    /// Waits for its first page.
    pub fn first_page(&mut self, port: u16) -> anyhow::Result<()> {
        loop {
            if let Some(ended) = self.0.try_wait()? {
                anyhow::bail!("the program ended: {ended}");
            }
            match get(port, "/sign-in", "") {
                Ok(answer) if answer.starts_with("HTTP/1.1 200") => return Ok(()),
                _ => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    }

    /// Waits until it has nothing to do: a new program on an old database makes the index of words and the extract first.
    fn rests(&self) -> anyhow::Result<()> {
        const TICKS_OF_A_TIMER: u64 = 5;
        let mut before = self.ticks()?;
        for _ in 0..200 {
            std::thread::sleep(Duration::from_secs(3));
            let now = self.ticks()?;
            if now - before <= TICKS_OF_A_TIMER {
                return Ok(());
            }
            before = now;
        }
        anyhow::bail!("the program is still at work after ten minutes")
    }

    /// How long it has used a processor, in hundredths of a second.
    fn ticks(&self) -> anyhow::Result<u64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id()))?;
        // Its name, in brackets, may hold spaces; the times are the 14th and 15th of all.
        let (_, rest) = stat.rsplit_once(')').ok_or_else(|| anyhow::anyhow!("no times in {stat}"))?;
        Ok(rest.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<_, _>>()?)
    }

    /// The most resident megabytes that it ever had.
    pub fn most_memory(&self) -> anyhow::Result<u64> {
        Ok(self.of_status("VmHWM:")?.div_ceil(1024))
    }

    /// Resident megabytes, as so many milliseconds: [`Times`] keeps the middle one.
    fn memory(&self) -> anyhow::Result<Duration> {
        Ok(Duration::from_millis(self.of_status("VmRSS:")?.div_ceil(1024)))
    }

    /// Kilobytes, as the system says them of this process.
    fn of_status(&self, word: &str) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(word));
        Ok(line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok()).unwrap_or_default())
    }
}

/// Asks for a page.
pub fn get(port: u16, path: &str, cookie: &str) -> anyhow::Result<String> {
    exchange(
        port,
        &format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nCookie: {cookie}\r\n\r\n"),
    )
}

/// Signs the worker in; gives the cookie.
pub fn sign_in(port: u16) -> anyhow::Result<String> {
    let body = format!("username={USERNAME}&password={}", PASSWORD.replace(' ', "+"));
    let answer = exchange(
        port,
        &format!(
            "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    )?;
    let cookie =
        answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).and_then(|line| line.split(';').next());
    cookie
        .map(str::to_owned)
        .ok_or_else(|| anyhow::anyhow!("nobody was signed in: {}", answer.lines().next().unwrap_or_default()))
}

fn exchange(port: u16, request: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
