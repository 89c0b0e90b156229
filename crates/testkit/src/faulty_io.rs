use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream that goes wrong on purpose, around one that does not.
///
/// Without further words it changes nothing. Each method adds a fault, and faults add up: one byte at a time, a wait before
/// each of them, and an error after the fifth. The order and the bytes that do pass are those of the inner stream.
///
/// # Examples
///
/// ```
/// use std::io::ErrorKind;
/// use greenroom_testkit::FaultyIo;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let (mut client, io) = tokio::io::duplex(64);
/// let mut io = FaultyIo::new(io).short_reads(1).hesitant().read_error_at(3, ErrorKind::ConnectionReset);
///
/// client.write_all(b"hello").await?;
/// let mut read = Vec::new();
/// assert_eq!(io.read_to_end(&mut read).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
/// assert_eq!(read, b"hel");
/// # std::io::Result::Ok(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct FaultyIo<T> {
    io: T,
    reading: Faults,
    writing: Faults,
}

/// What goes wrong in one direction.
#[derive(Debug)]
struct Faults {
    /// So many bytes pass in one call.
    at_once: usize,
    hesitant: bool,
    /// Whether the last poll of each was put off. One by one: who flushes before every write would else never write.
    hesitated: [bool; 3],
    passed: u64,
    end: Option<End>,
}

/// What is put off.
enum Call {
    /// Of bytes, in either direction.
    Pass,
    Flush,
    Shutdown,
}

#[derive(Debug)]
struct End {
    at: u64,
    /// `None`: the end of input.
    error: Option<ErrorKind>,
}

impl<T> FaultyIo<T> {
    /// Around `io`, without a fault as yet.
    pub const fn new(io: T) -> Self {
        Self { io, reading: Faults::new(), writing: Faults::new() }
    }

    /// A read gives at most `bytes`. Default: as many as there is room for. 0 counts as 1.
    #[must_use]
    pub const fn short_reads(mut self, bytes: usize) -> Self {
        self.reading.at_once = if bytes == 0 { 1 } else { bytes };
        self
    }

    /// A write takes at most `bytes`. Default: as many as the inner stream takes. 0 counts as 1.
    #[must_use]
    pub const fn short_writes(mut self, bytes: usize) -> Self {
        self.writing.at_once = if bytes == 0 { 1 } else { bytes };
        self
    }

    /// Every read, write, flush and shutdown is pending at first, wakes its task at once, and does something only when it is
    /// polled again. Default: off.
    #[must_use]
    pub const fn hesitant(mut self) -> Self {
        self.reading.hesitant = true;
        self.writing.hesitant = true;
        self
    }

    /// Input ends after `byte` bytes, whatever else is there. Default: where the inner stream ends.
    #[must_use]
    pub const fn eof_at(mut self, byte: u64) -> Self {
        self.reading.end = Some(End { at: byte, error: None });
        self
    }

    /// After `byte` bytes every read fails so. Takes the place of [`eof_at`](Self::eof_at). Default: never.
    #[must_use]
    pub const fn read_error_at(mut self, byte: u64, error: ErrorKind) -> Self {
        self.reading.end = Some(End { at: byte, error: Some(error) });
        self
    }

    /// After `byte` bytes every write fails so, and with it every flush and shutdown. Default: never.
    #[must_use]
    pub const fn write_error_at(mut self, byte: u64, error: ErrorKind) -> Self {
        self.writing.end = Some(End { at: byte, error: Some(error) });
        self
    }

    /// The inner stream.
    pub const fn get_ref(&self) -> &T {
        &self.io
    }

    /// The inner stream, from now on without faults.
    pub fn into_inner(self) -> T {
        self.io
    }
}

impl Faults {
    const fn new() -> Self {
        Self { at_once: usize::MAX, hesitant: false, hesitated: [false; 3], passed: 0, end: None }
    }

    /// Whether this poll is put off; then the task has been woken.
    fn put_off(&mut self, call: Call, context: &Context<'_>) -> bool {
        let hesitated = &mut self.hesitated[call as usize];
        *hesitated = self.hesitant && !*hesitated;
        if *hesitated {
            context.waker().wake_by_ref();
        }
        *hesitated
    }

    /// How many of so many bytes may pass now; 0 at the end of input.
    fn room(&self, wanted: usize) -> io::Result<usize> {
        let wanted = wanted.min(self.at_once);
        let Some(end) = &self.end else { return Ok(wanted) };
        let left = usize::try_from(end.at - self.passed).unwrap_or(usize::MAX);
        match end.error {
            Some(error) if left == 0 => Err(io::Error::new(error, "by order of the test")),
            _ => Ok(wanted.min(left)),
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for FaultyIo<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { io, reading, .. } = self.get_mut();
        if reading.put_off(Call::Pass, context) {
            return Poll::Pending;
        }
        let room = reading.room(buffer.remaining())?;
        if room == 0 {
            return Poll::Ready(Ok(()));
        }
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(room));
        let Poll::Ready(result) = Pin::new(io).poll_read(context, &mut part) else { return Poll::Pending };
        let read = part.filled().len();
        buffer.advance(read);
        reading.passed += read as u64;
        Poll::Ready(result)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for FaultyIo<T> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Self { io, writing, .. } = self.get_mut();
        if writing.put_off(Call::Pass, context) {
            return Poll::Pending;
        }
        let room = writing.room(bytes.len())?;
        let Poll::Ready(result) = Pin::new(io).poll_write(context, &bytes[..room]) else {
            return Poll::Pending;
        };
        writing.passed += *result.as_ref().unwrap_or(&0) as u64;
        Poll::Ready(result)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self { io, writing, .. } = self.get_mut();
        if writing.put_off(Call::Flush, context) {
            return Poll::Pending;
        }
        writing.room(0)?;
        Pin::new(io).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self { io, writing, .. } = self.get_mut();
        if writing.put_off(Call::Shutdown, context) {
            return Poll::Pending;
        }
        writing.room(0)?;
        Pin::new(io).poll_shutdown(context)
    }
}
