//! Bytes as they came.

use std::fmt;
use std::ops::Deref;

use bytes::{Buf, Bytes};

use crate::chunk::Buffer;

/// What of a buffer must be in use for handing it out to be worth keeping it whole.
const WORTH_KEEPING: usize = 4;

/// Bytes as they came from a connection, up to 64 KiB of them. From [`Connection::recv`](crate::Connection::recv).
///
/// It derefs to `[u8]`. It lies in a buffer of a pool that is shared by all connections, and to which it goes back when
/// it is dropped: use it and let it go. To keep the bytes, [`into_bytes`](Self::into_bytes).
///
/// # Examples
///
/// ```
/// # use greenroom_server::Connection;
/// use tokio::io::AsyncWriteExt;
///
/// async fn echo(mut conn: Connection) -> std::io::Result<()> {
///     while let Some(chunk) = conn.recv().await? {
///         conn.write_all(&chunk).await?;
///     }
///     Ok(())
/// }
/// ```
pub struct Chunk(Held);

enum Held {
    Pooled { buffer: Buffer, start: usize, end: usize },
    Shared(Bytes),
}

impl Chunk {
    /// The first bytes of the buffer.
    pub(crate) const fn pooled(buffer: Buffer, end: usize) -> Self {
        Self(Held::Pooled { buffer, start: 0, end })
    }

    /// The bytes, to be kept as long as one likes: few of them are copied out of the pool's buffer, many take it along.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        match self.0 {
            Held::Shared(bytes) => bytes,
            Held::Pooled { ref buffer, start, end } if (end - start) * WORTH_KEEPING < buffer.len() => {
                Bytes::copy_from_slice(&buffer[start..end])
            }
            Held::Pooled { .. } => Bytes::from_owner(self),
        }
    }
}

impl From<Bytes> for Chunk {
    fn from(bytes: Bytes) -> Self {
        Self(Held::Shared(bytes))
    }
}

impl From<Chunk> for Bytes {
    fn from(chunk: Chunk) -> Self {
        chunk.into_bytes()
    }
}

impl Deref for Chunk {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Held::Pooled { buffer, start, end } => &buffer[*start..*end],
            Held::Shared(bytes) => bytes,
        }
    }
}

impl AsRef<[u8]> for Chunk {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

/// So that `write_all_buf` can take it.
impl Buf for Chunk {
    fn remaining(&self) -> usize {
        self.len()
    }

    fn chunk(&self) -> &[u8] {
        self
    }

    fn advance(&mut self, n: usize) {
        match &mut self.0 {
            Held::Pooled { start, end, .. } => {
                assert!(n <= *end - *start, "advanced by {n} of {} bytes", *end - *start);
                *start += n;
            }
            Held::Shared(bytes) => bytes.advance(n),
        }
    }
}

impl fmt::Debug for Chunk {
    /// Not the bytes: they are somebody's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunk").field("len", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(bytes: &[u8]) -> Chunk {
        let mut buffer = Buffer::take();
        buffer[..bytes.len()].copy_from_slice(bytes);
        Chunk::pooled(buffer, bytes.len())
    }

    #[test]
    fn it_is_read_from_the_front() {
        for mut chunk in [chunk(b"abcdef"), Chunk::from(Bytes::from_static(b"abcdef"))] {
            chunk.advance(2);
            assert_eq!((&*chunk, chunk.remaining()), (&b"cdef"[..], 4));
            assert_eq!(chunk.into_bytes(), "cdef");
        }
    }

    #[test]
    fn few_bytes_are_copied_and_many_are_not() {
        let few = chunk(b"few");
        let address = few.as_ptr();
        assert_ne!(few.into_bytes().as_ptr(), address, "the buffer is back in the pool");
        let many = chunk(&vec![7; 60_000]);
        let address = many.as_ptr();
        assert_eq!(many.into_bytes().as_ptr(), address);
    }

    #[test]
    fn its_buffer_goes_back_when_it_is_dropped_and_when_what_took_it_along_is() {
        let used = chunk(b"used");
        let address = used.as_ptr();
        drop(used);
        let again = Buffer::take();
        assert_eq!(again.as_ptr(), address);
        let bytes = Chunk::pooled(again, SIZE).into_bytes();
        let half = bytes.slice(SIZE / 2..);
        drop(bytes);
        assert_ne!(Buffer::take().as_ptr(), address, "it is still in use");
        drop(half);
        assert_eq!(Buffer::take().as_ptr(), address);
    }

    #[test]
    fn what_was_used_of_it_is_not_kept() {
        let mut chunk = chunk(&vec![7; SIZE]);
        chunk.advance(SIZE - 3);
        let address = chunk.as_ptr();
        let kept = chunk.into_bytes();
        assert_eq!(kept, [7; 3][..]);
        assert_ne!(kept.as_ptr(), address, "a copy");
    }

    const SIZE: usize = 64 * 1024;
}
