//! Asking a virus scanner: clamd's INSTREAM, over TCP or a socket of the machine.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    path::PathBuf,
    time::Duration,
};

/// Where clamd listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanner {
    /// A host and port.
    Tcp(String),
    /// A socket of the machine.
    Socket(PathBuf),
}

/// Why a file is not known to be clean.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// It has a virus. Its name is for the log.
    #[error(
        "This file has a virus in it, so it was not kept. Do not open it, and tell the people who look after your computer"
    )]
    Virus(String),
    /// The scanner does not take files as large as this.
    #[error("This file is larger than the virus scanner takes, so it was not kept. Tell the people who run the system")]
    TooLarge,
    /// The scanner did not answer, or not in a way that can be understood.
    #[error("This file could not be checked for viruses just now, so it was not kept. Try again in some minutes")]
    NoAnswer(String),
    /// The file could not be read.
    #[error("The file could not be read back: {0}")]
    Io(io::Error),
}

/// How long one step of the talk may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// How much is sent at once.
const PIECE: usize = 64 * 1_024;

impl std::str::FromStr for Scanner {
    type Err = std::convert::Infallible;
    /// A path is a socket of the machine, all else a host and port.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text.starts_with('/') { Self::Socket(text.into()) } else { Self::Tcp(text.to_owned()) })
    }
}

impl Scanner {
    /// Asks whether this file is clean.
    ///
    /// # Errors
    /// A virus, and everything that leaves it unknown: what was not looked at is not clean.
    pub fn scan(&self, file: &mut impl Read) -> Result<(), ScanError> {
        let no_answer = |error: io::Error| ScanError::NoAnswer(error.to_string());
        match self {
            Self::Tcp(address) => {
                let stream = TcpStream::connect(address).map_err(no_answer)?;
                stream.set_read_timeout(Some(PATIENCE)).map_err(no_answer)?;
                stream.set_write_timeout(Some(PATIENCE)).map_err(no_answer)?;
                talk(stream, file)
            }
            #[cfg(unix)]
            Self::Socket(path) => {
                let stream = std::os::unix::net::UnixStream::connect(path).map_err(no_answer)?;
                stream.set_read_timeout(Some(PATIENCE)).map_err(no_answer)?;
                stream.set_write_timeout(Some(PATIENCE)).map_err(no_answer)?;
                talk(stream, file)
            }
            #[cfg(not(unix))]
            Self::Socket(_) => Err(ScanError::NoAnswer("this system has no such sockets".to_owned())),
        }
    }
}

fn talk(mut stream: impl Read + Write, file: &mut impl Read) -> Result<(), ScanError> {
    let sent = send(&mut stream, file);
    // When it has had too much, clamd answers and hangs up while we still send: then its answer says more.
    let mut answer = String::new();
    let heard = stream.take(4_096).read_to_string(&mut answer);
    let answer = answer.trim_matches(['\0', '\n', ' ']);
    if answer.contains("size limit exceeded") {
        return Err(ScanError::TooLarge);
    }
    if let Some(found) = answer.strip_suffix("FOUND") {
        return Err(ScanError::Virus(found.trim_start_matches("stream:").trim().to_owned()));
    }
    sent?;
    heard.map_err(|error| ScanError::NoAnswer(error.to_string()))?;
    if answer == "stream: OK" { Ok(()) } else { Err(ScanError::NoAnswer(format!("it answered «{answer}»"))) }
}

fn send(stream: &mut impl Write, file: &mut impl Read) -> Result<(), ScanError> {
    let no_answer = |error: io::Error| ScanError::NoAnswer(error.to_string());
    stream.write_all(b"zINSTREAM\0").map_err(no_answer)?;
    let mut piece = vec![0; PIECE];
    loop {
        let got = file.read(&mut piece).map_err(ScanError::Io)?;
        let length = u32::try_from(got).unwrap_or_default();
        stream.write_all(&length.to_be_bytes()).and_then(|()| stream.write_all(&piece[..got])).map_err(no_answer)?;
        if got == 0 {
            return stream.flush().map_err(no_answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread};

    use super::*;

    /// A scanner that says this of whatever it is sent; gives back what it heard.
    fn stand_in(answer: &'static [u8]) -> (Scanner, thread::JoinHandle<Vec<u8>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let scanner = listener.local_addr().unwrap().to_string().parse().unwrap();
        let heard = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut heard = vec![0; 10];
            stream.read_exact(&mut heard).unwrap();
            loop {
                let mut length = [0; 4];
                stream.read_exact(&mut length).unwrap();
                let length = usize::try_from(u32::from_be_bytes(length)).unwrap();
                if length == 0 {
                    break;
                }
                let mut piece = vec![0; length];
                stream.read_exact(&mut piece).unwrap();
                heard.extend(piece);
            }
            stream.write_all(answer).unwrap();
            heard
        });
        (scanner, heard)
    }

    /// ASVS 5.4.3, 16.5.3
    #[test]
    fn only_a_clear_answer_is_clean() {
        let (scanner, heard) = stand_in(b"stream: OK\0");
        let file = vec![5; 150_000];
        scanner.scan(&mut file.as_slice()).unwrap();
        assert_eq!(heard.join().unwrap(), [&b"zINSTREAM\0"[..], &file].concat(), "it was sent whole");
        let of = |answer| stand_in(answer).0.scan(&mut &b"x"[..]).unwrap_err();
        assert!(matches!(of(b"stream: Test.EICAR FOUND\0"), ScanError::Virus(name) if name == "Test.EICAR"));
        assert!(matches!(of(b"INSTREAM size limit exceeded. ERROR\0"), ScanError::TooLarge));
        assert!(matches!(of(b""), ScanError::NoAnswer(_)), "it hung up");
        let nobody = Scanner::Tcp("127.0.0.1:1".to_owned());
        assert!(matches!(nobody.scan(&mut &b"x"[..]), Err(ScanError::NoAnswer(_))), "nobody is there");
    }
}
