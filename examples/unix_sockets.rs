//! A Unix socket, and both of its sides in one program.
//!
//! Shows: a path as an address, for a server and for `connect`; three clients at once; a client that has sent all, says so,
//!        and still gets its answer; the socket's file, which is there as long as the server.
//! gevent: its `unixsocket_server` and `unixsocket_client`.
//!
//! Run:    cargo run --release --example unix_sockets     (Unix only)
//! Then:   read. It ends by itself.

#![expect(clippy::print_stdout, reason = "an example speaks to whoever runs it")]

use std::io;
use std::path::PathBuf;
use std::process;

use greenroom::{Connection, Pool, StreamServer, connect};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const POEMS: [&str; 3] = ["the night is still\nthe owl is not\n", "one line\n", ""];

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    // Only its owner may connect, unless `SocketOptions::unix_mode` says otherwise.
    let path = std::env::temp_dir().join(format!("greenroom-{}.sock", process::id()));
    let server = StreamServer::bind(&path).start(count).await?;
    println!("the file is there: {}", path.exists());

    let at = path.clone();
    let answers = Pool::new(3).try_map(POEMS, move |poem| ask(at.clone(), poem)).await?;
    for answer in answers {
        println!("{answer}");
    }

    println!("{}", server.stop().await);
    println!("the file is there: {}", path.exists());
    Ok(())
}

/// The server's side: reads to the end, then answers.
async fn count(mut conn: Connection) -> io::Result<()> {
    let (mut count, mut letters) = (0, 0);
    let mut lines = conn.lines();
    while let Some(line) = lines.next().await? {
        count += 1;
        letters += line.chars().count();
    }
    lines.send(format!("{count} lines with {letters} letters")).await
}

/// The client's side: plain tokio, over what `connect` gives.
async fn ask(path: PathBuf, poem: &str) -> io::Result<String> {
    let mut stream = connect(path).await?;
    stream.write_all(poem.as_bytes()).await?;
    stream.shutdown().await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer.trim_end().to_owned())
}
