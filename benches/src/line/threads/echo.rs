//! A buffer of 4 KiB on the thread's heap.

use std::io::{self, Read, Write};

use crate::line::serving::Serving;
use crate::line::threads::accept::accept;

pub async fn start() -> Serving {
    accept(echo)
}

pub fn echo(mut stream: impl Read + Write) -> io::Result<()> {
    let mut buffer = vec![0; 4096];
    loop {
        let n = stream.read(&mut buffer)?;
        if n == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..n])?;
    }
}
