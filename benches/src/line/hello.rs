//! What all servers of HTTP answer.

use hyper::body::Bytes;

pub const HELLO: &str = "hello, world\n";

/// Of 16 KiB: a mebibyte.
pub const PIECES: usize = 64;

pub fn piece() -> Bytes {
    static PIECE: [u8; 16 * 1024] = [b'x'; 16 * 1024];
    Bytes::from_static(&PIECE)
}
