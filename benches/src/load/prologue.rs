//! What is said on a connection before the work begins, and then the work: requests of fixed bytes, answers of a fixed length.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;

const END: &[u8] = b"\r\n\r\n";
/// A text of so many bytes, from the client: masked, with a key of zeroes.
const TEXT: usize = 64;

/// A request, and how long its answer is.
pub struct Exchange {
    pub request: Vec<u8>,
    pub answer: usize,
}

/// A request of HTTP, and its answer's length: the first is asked here.
pub fn http(stream: &mut TcpStream) -> io::Result<Exchange> {
    let request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec();
    stream.write_all(&request)?;
    let head = head(stream)?;
    let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split('\r').next());
    let length: usize = length.and_then(|length| length.parse().ok()).ok_or(ErrorKind::InvalidData)?;
    stream.read_exact(&mut vec![0; length])?;
    Ok(Exchange { request, answer: head.len() + length })
}

/// Opens a WebSocket at this path. What it sends afterwards is echoed, unless it is only held.
pub fn websocket(stream: &mut TcpStream, path: &str) -> io::Result<Exchange> {
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )?;
    let head = head(stream)?;
    if !head.starts_with(b"HTTP/1.1 101") {
        return Err(io::Error::other(String::from_utf8_lossy(&head).into_owned()));
    }
    let mut request = vec![0x81, 0x80 | TEXT as u8, 0, 0, 0, 0];
    request.resize(6 + TEXT, b'x');
    Ok(Exchange { request, answer: 2 + TEXT })
}

/// One exchange, to have done one.
pub fn once(stream: &mut TcpStream, exchange: &Exchange) -> io::Result<()> {
    stream.write_all(&exchange.request)?;
    stream.read_exact(&mut vec![0; exchange.answer])
}

/// Byte by byte: nothing behind it is taken.
fn head(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(END) {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(head)
}
