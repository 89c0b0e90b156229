//! Files of one folder, sent to whoever asks for them by name.
//!
//! Shows: a file of any size sent in chunks, so that one buffer is all the memory that a client costs, however slowly it reads;
//!        the progress; a name from a stranger made a path without a way out of the folder.
//! gevent: its `geventsendfile`, a loop around `sendfile(2)` and `wait_write`.
//!
//! Run:    cargo run --release --example send_file [address] [folder]     (default: 127.0.0.1:16000 examples; Unix only)
//! Then:   echo send_file.rs | nc -N 127.0.0.1 16000
//! See:    `OK` and the number of bytes, and then the bytes; `ERROR` and why for `../README.md` and for whatever is no file. Here
//!         the progress. Ctrl-C here stops the server: what is being sent is sent to its end, if that takes no more than 25 s.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use greenroom::{Connection, Deadlines, Escaped, StreamServer, terminate, with};
use rustix::fs::OFlags;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Some time for the name, and some for a client that takes nothing at all.
const DEADLINES: Deadlines =
    Deadlines::new().first_byte(Duration::from_secs(10)).request(Duration::from_secs(10)).write(PATIENCE);
const PATIENCE: Duration = Duration::from_secs(60);
const LONGEST_NAME: usize = 255;
const CHUNK: usize = 64 * 1024;
/// The progress is told so many times.
const STEPS: u64 = 4;

#[tokio::main]
async fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:16000".to_owned());
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "examples".to_owned()));
    let signal = terminate();
    let server = StreamServer::bind(address).deadlines(DEADLINES).start(with(folder, serve)).await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    eprintln!("{}", server.stop_when(signal).await);
    Ok(())
}

async fn serve(folder: PathBuf, mut conn: Connection) -> io::Result<()> {
    let Some(name) = conn.lines().limit(LONGEST_NAME).next().await? else { return Ok(()) };
    let client = format!("{} {}", conn.peer_addr(), Escaped(&name));
    let Ok((file, size)) = open(&folder, &name).await else {
        println!("{client}: refused");
        return conn.send_line("ERROR there is no such file").await;
    };
    conn.send_line(format!("OK {size}")).await?;
    let sent = send(file, size, &mut conn, &client).await;
    if let Err(error) = &sent {
        println!("{client}: {error}");
    }
    sent
}

/// A name is one part of a path, and no link is followed: so there is no way out, also if the folder changes meanwhile.
async fn open(folder: &Path, name: &str) -> io::Result<(File, u64)> {
    let mut parts = Path::new(name).components();
    let (Some(Component::Normal(name)), None) = (parts.next(), parts.next()) else {
        return Err(io::ErrorKind::NotFound.into());
    };
    // A named pipe would keep a thread until somebody writes to it.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = File::options().read(true).custom_flags(flags.bits() as i32).open(folder.join(name)).await?;
    let facts = file.metadata().await?;
    if facts.is_file() { Ok((file, facts.len())) } else { Err(io::ErrorKind::NotFound.into()) }
}

/// `sendfile(2)` would spare the copy through our buffer, but it knows only plain sockets, and blocks its thread where the disk is
/// slow. This goes over TLS as well, reads on threads that may block, and waits for the client before it reads on.
async fn send(mut file: File, size: u64, conn: &mut Connection, client: &str) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    let mut sent = 0;
    while sent < size {
        let wanted = chunk.len().min(usize::try_from(size - sent).unwrap_or(CHUNK));
        let n = file.read(&mut chunk[..wanted]).await?;
        if n == 0 {
            // The client learns of it, too: it was promised more.
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file has become shorter"));
        }
        conn.write_all(&chunk[..n]).await?;
        let before = sent * STEPS / size;
        sent += n as u64;
        if sent * STEPS / size > before {
            println!("{client}: {} %", sent * 100 / size);
        }
    }
    Ok(())
}
