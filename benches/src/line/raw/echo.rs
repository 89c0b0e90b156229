//! By hand: accept, spawn, and a buffer of 4 KiB for each connection.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::line::raw::accept::accept;
use crate::line::serving::Serving;

pub async fn start() -> Serving {
    accept(echo).await
}

pub async fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = vec![0; 4096];
    loop {
        let n = stream.read(&mut buffer).await?;
        if n == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..n]).await?;
    }
}
