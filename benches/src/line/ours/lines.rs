//! Ours, as lines.

use std::io;

use greenroom::Connection;

use crate::line::ours::server::{serve, server};
use crate::line::serving::Serving;

pub async fn start() -> Serving {
    serve(server(), echo).await
}

async fn echo(mut conn: Connection) -> io::Result<()> {
    let mut lines = conn.lines();
    while let Some(line) = lines.next().await? {
        lines.send(line).await?;
    }
    Ok(())
}
