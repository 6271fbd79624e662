//! A large file in and out of the program, beside what the same disk does in the same run, and the program's memory.
//!
//! The file comes over loopback as a browser sends it and goes back as a browser gets it. The disk's own rate is that
//! of a plain file of as many bytes in the same folder: written and synced, and read after the cache was dropped (where
//! this machine lets us; otherwise both sides read from memory, and the line says so).

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    time::{Duration, Instant},
};

use casework::recording;

use crate::{
    place::EngineName,
    program::{Server, get, program, sign_in},
    report::{self, Times},
    service::Service,
};

const BOUNDARY: &str = "----lifestory-bench";
/// How much is sent or written at once.
const PORTION: usize = 64 * 1_024;

/// Measures a file of so many megabytes, so many times.
pub async fn run(engine: EngineName, megabytes: u64, times: usize, folder: Option<&Path>) -> anyhow::Result<()> {
    let own = match folder {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let place = engine.place(own.path(), "bench_files").await?;
    let keys = own.path().join("keys");
    let service = Service::make(&place, &keys).await?;
    let child = service.children(1).await?.remove(0);
    let mut drafts = Vec::new();
    for _ in 0..times {
        drafts.push(recording::begin(&service.desk(), child.record, "case-note", None).await?);
    }
    service.db.close().await;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut server = Server::start(&program()?, &place, &keys, port)?;
    server.first_page(port)?;
    let cookie = sign_in(port)?;
    let before = server.most_memory()?;
    let bytes = megabytes * 1_000_000;
    let [mut sent, mut written, mut got, mut read] = std::array::from_fn(|_| Times::default());
    let mut cold = true;
    for draft in drafts {
        let draft = format!("/drafts/{draft}");
        let began = Instant::now();
        let file = send(port, &cookie, &draft, bytes)?;
        sent.add(began.elapsed());
        written.add(write_plainly(own.path(), bytes)?);
        cold &= drop_cache();
        let began = Instant::now();
        let length = receive(port, &cookie, &file)?;
        anyhow::ensure!(length == bytes, "{length} bytes came back of {bytes}");
        got.add(began.elapsed());
        cold &= drop_cache();
        read.add(read_plainly(own.path())?);
    }
    report::head(&format!("A file of {megabytes} MB, {times} times"));
    let rate = |times: &Times| {
        #[expect(clippy::cast_precision_loss, reason = "a few hundred megabytes")]
        let megabytes = megabytes as f64;
        megabytes / times.median() * 1_000.0
    };
    let line = |what: &str, ours: &Times, bare: &Times| {
        let share = rate(ours) / rate(bare);
        let (ours, bare) = (format!("{:.0} MB/s", rate(ours)), format!("{:.0} MB/s", rate(bare)));
        report::line(what, &ours, &bare, share, "at least 0.80", share >= 0.8);
    };
    line("in, durable", &sent, &written);
    line(if cold { "out, from the disk" } else { "out, both from memory" }, &got, &read);
    let most = server.most_memory()?;
    #[expect(clippy::cast_precision_loss, reason = "a few megabytes")]
    let share = most as f64 / 64.0;
    report::line(
        "most resident memory of the program, ever",
        &format!("{most} MB ({before} MB before)"),
        "64 MB",
        share,
        "under 64 MB",
        most < 64,
    );
    Ok(())
}

/// Sends a film of so many bytes; gives the path of its download.
fn send(port: u16, cookie: &str, draft: &str, bytes: u64) -> anyhow::Result<String> {
    let page = get(port, &format!("{draft}/files?for=papers"), cookie)?;
    let token = between(&page, "name=\"_token\" value=\"", "\"")?;
    let mut head = Vec::new();
    for (name, value) in [("_token", token), ("_for", "papers"), ("says", "an invented film"), ("others", "no")] {
        write!(head, "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")?;
    }
    write!(
        head,
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"film.mp4\"\r\nContent-Type: video/mp4\r\n\r\n"
    )?;
    let tail = format!("\r\n--{BOUNDARY}--\r\n");
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_mins(5)))?;
    let length = head.len() as u64 + bytes + tail.len() as u64;
    write!(
        stream,
        "POST {draft}/files HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nConnection: close\r\n\
         Cookie: {cookie}\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\n\r\n"
    )?;
    stream.write_all(&head)?;
    film(&mut stream, bytes)?;
    stream.write_all(tail.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    anyhow::ensure!(
        answer.starts_with("HTTP/1.1 303"),
        "it was not taken: {}",
        answer.lines().next().unwrap_or_default()
    );
    let page = get(port, draft, cookie)?;
    let path = format!("href=\"{draft}/files/");
    Ok(format!("{draft}/files/{}", between(&page, &path, "\"")?))
}

/// An MP4 of so many bytes: its first box, and one with noise.
fn film(to: &mut impl Write, bytes: u64) -> io::Result<()> {
    let body = u32::try_from(bytes - 16).map_err(io::Error::other)?;
    to.write_all(b"\0\0\0\x10ftypisom\0\0\0\0")?;
    to.write_all(&body.to_be_bytes())?;
    to.write_all(b"mdat")?;
    noise(to, u64::from(body) - 8)
}

/// Bytes that no disk makes smaller.
fn noise(to: &mut impl Write, bytes: u64) -> io::Result<()> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut portion = Vec::with_capacity(PORTION);
    while portion.len() < PORTION {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        portion.extend_from_slice(&state.to_le_bytes());
    }
    let mut left = bytes;
    while left > 0 {
        let now = usize::try_from(left).unwrap_or(PORTION).min(PORTION);
        to.write_all(&portion[..now])?;
        left -= now as u64;
    }
    Ok(())
}

/// Takes a download to its end and throws it away; gives its length.
fn receive(port: u16, cookie: &str, path: &str) -> anyhow::Result<u64> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_mins(5)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nCookie: {cookie}\r\n\r\n")?;
    let mut answer = BufReader::with_capacity(PORTION, stream);
    let mut line = String::new();
    answer.read_line(&mut line)?;
    anyhow::ensure!(line.starts_with("HTTP/1.1 200"), "no download: {line}");
    while line != "\r\n" {
        line.clear();
        answer.read_line(&mut line)?;
    }
    Ok(io::copy(&mut answer, &mut io::sink())?)
}

/// Writes as many bytes to a plain file of the same folder, and waits until the disk has them.
fn write_plainly(folder: &Path, bytes: u64) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let mut file = File::create(folder.join("plain"))?;
    noise(&mut file, bytes)?;
    file.sync_all()?;
    Ok(began.elapsed())
}

fn read_plainly(folder: &Path) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let mut file = File::open(folder.join("plain"))?;
    let mut portion = vec![0; PORTION];
    while file.read(&mut portion)? > 0 {}
    Ok(began.elapsed())
}

/// Forgets what was read and written, so that the next reading is the disk's; false where this machine does not let us.
fn drop_cache() -> bool {
    fs::write("/proc/sys/vm/drop_caches", "1").is_ok()
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> anyhow::Result<&'a str> {
    let found = text.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map(|(found, _)| found);
    found.ok_or_else(|| {
        anyhow::anyhow!("no {from} in an answer that begins «{}»", text.lines().next().unwrap_or_default())
    })
}
