//! Ours, read and written as any tokio stream, with a buffer of the handler's.

use std::io;

use greenroom::Connection;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::line::ours::server::{serve, server};
use crate::line::serving::Serving;

pub async fn start() -> Serving {
    serve(server(), echo).await
}

async fn echo(mut conn: Connection) -> io::Result<()> {
    let mut buffer = vec![0; 4096];
    loop {
        let n = conn.read(&mut buffer).await?;
        if n == 0 {
            return Ok(());
        }
        conn.write_all(&buffer[..n]).await?;
    }
}
