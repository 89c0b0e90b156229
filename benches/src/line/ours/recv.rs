//! Ours, in chunks from the pool.

use std::io;

use greenroom::Connection;
use tokio::io::AsyncWriteExt;

use crate::line::ours::server::{serve, server};
use crate::line::serving::Serving;

pub async fn start() -> Serving {
    serve(server(), echo).await
}

pub async fn echo(mut conn: Connection) -> io::Result<()> {
    while let Some(chunk) = conn.recv().await? {
        conn.write_all(&chunk).await?;
    }
    Ok(())
}
