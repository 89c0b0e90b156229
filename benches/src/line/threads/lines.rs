//! Lines through a `BufReader` and a `BufWriter`, flushed after each.

use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::net::TcpStream;

use crate::line::serving::Serving;
use crate::line::threads::accept::accept;

pub async fn start() -> Serving {
    accept(echo)
}

fn echo(stream: TcpStream) -> io::Result<()> {
    let (mut reader, mut writer) = (BufReader::new(&stream), BufWriter::new(&stream));
    let mut line = String::new();
    while reader.read_line(&mut line)? > 0 {
        writer.write_all(line.as_bytes())?;
        writer.flush()?;
        line.clear();
    }
    Ok(())
}
