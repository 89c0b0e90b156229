//! By hand: lines through a `BufReader` and a `BufWriter`, flushed after each.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::TcpStream;

use crate::line::raw::accept::accept;
use crate::line::serving::Serving;

pub async fn start() -> Serving {
    accept(echo).await
}

pub async fn echo(stream: TcpStream) -> io::Result<()> {
    let (reader, writer) = stream.into_split();
    let (mut reader, mut writer) = (BufReader::new(reader), BufWriter::new(writer));
    let mut line = String::new();
    while reader.read_line(&mut line).await? > 0 {
        writer.write_all(line.as_bytes()).await?;
        writer.flush().await?;
        line.clear();
    }
    Ok(())
}
