//! A connection as frames of a codec.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use tokio_util::codec::{Decoder, Encoder};

use crate::stream::connection::cell::{Cell, More, Sending};
use crate::stream::connection::half::{ReadHalf, WriteHalf};

const DEFAULT_LIMIT: usize = 8 * 1024 * 1024;

/// Reads frames from a connection and sends frames to it, as a codec of tokio-util defines them. Made by
/// [`Connection::frames`](crate::Connection::frames).
///
/// Replies are gathered as those of [`Lines`](crate::Lines) are. **Stopping is end of input**: when the server is stopping and
/// nothing of a further frame has come, `next` says that there are no more.
///
/// Bytes read ahead belong to the connection, not to this value: frames, lines and plain reads may follow one another. What a
/// codec has taken of a frame that is not whole, such as its head, is with the codec: see [`into_codec`](Self::into_codec).
///
/// # Examples
///
/// ```
/// use greenroom_server::Connection;
/// use tokio_util::codec::LengthDelimitedCodec;
///
/// async fn echo(mut conn: Connection) -> std::io::Result<()> {
///     let mut frames = conn.frames(LengthDelimitedCodec::new());
///     while let Some(frame) = frames.next().await? {
///         frames.send(frame.freeze()).await?;
///     }
///     Ok(())
/// }
/// ```
#[must_use = "reads nothing unless `next` is called"]
pub struct Frames<'a, C> {
    cell: &'a Arc<Cell>,
    codec: C,
    limit: usize,
}

impl<'a, C> Frames<'a, C> {
    pub(super) const fn new(cell: &'a Arc<Cell>, codec: C) -> Self {
        Self { cell, codec, limit: DEFAULT_LIMIT }
    }

    /// The most bytes that are gathered for one frame. Default: 8 MiB. A codec may have a lower limit of its own.
    pub const fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// The codec, as it is now.
    #[must_use]
    pub fn into_codec(self) -> C {
        self.codec
    }
}

impl<C: Decoder> Frames<'_, C> {
    /// The next frame; `None` at the end of input, or when the server is stopping.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing: part of a frame stays with the connection and with the codec, for the next call.
    ///
    /// # Errors
    ///
    /// What the codec says of its input; of kind `InvalidData` when a frame is longer than the limit; else what reading from
    /// the connection failed with.
    pub async fn next(&mut self) -> Result<Option<C::Item>, C::Error> {
        poll_fn(|context| poll_frame(self.cell, &mut self.codec, self.limit, context)).await
    }
}

impl<C> Frames<'_, C> {
    /// Sends a frame. As replies go, it may be gathered with others: see [`Lines::send`](crate::Lines::send).
    ///
    /// # Cancel safety
    ///
    /// A frame is sent whole or not at all.
    ///
    /// # Errors
    ///
    /// What the codec says of the frame; else what writing to the connection failed with.
    pub async fn send<I>(&mut self, frame: I) -> Result<(), C::Error>
    where
        C: Encoder<I>,
    {
        send(self.cell, &mut self.codec, frame).await
    }
}

impl<C> fmt::Debug for Frames<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frames").field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// Reads frames from the reading half of a connection. Made by [`ReadHalf::into_frames`](crate::ReadHalf::into_frames).
///
/// It reads as [`Frames`] does; it is owned, and sends nothing.
///
/// # Examples
///
/// ```
/// use greenroom_server::Connection;
/// use tokio_util::codec::LengthDelimitedCodec;
///
/// async fn echo(conn: Connection) -> std::io::Result<()> {
///     let (reader, writer) = conn.into_split();
///     let mut requests = reader.into_frames(LengthDelimitedCodec::new());
///     let mut replies = writer.into_frames(LengthDelimitedCodec::new());
///     while let Some(frame) = requests.next().await? {
///         replies.send(frame.freeze()).await?;
///     }
///     Ok(())
/// }
/// ```
#[must_use = "reads nothing unless `next` is called"]
pub struct ReadFrames<C> {
    half: ReadHalf,
    codec: C,
    limit: usize,
}

impl<C> ReadFrames<C> {
    pub(super) const fn new(half: ReadHalf, codec: C) -> Self {
        Self { half, codec, limit: DEFAULT_LIMIT }
    }

    /// The most bytes that are gathered for one frame. Default: 8 MiB. A codec may have a lower limit of its own.
    pub const fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }
}

impl<C: Decoder> ReadFrames<C> {
    /// The next frame; `None` at the end of input, or when the server is stopping.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing: part of a frame stays with the connection and with the codec, for the next call.
    ///
    /// # Errors
    ///
    /// As [`Frames::next`].
    pub async fn next(&mut self) -> Result<Option<C::Item>, C::Error> {
        poll_fn(|context| poll_frame(self.half.cell(), &mut self.codec, self.limit, context)).await
    }
}

impl<C> fmt::Debug for ReadFrames<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadFrames").field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// Sends frames by the writing half of a connection. Made by [`WriteHalf::into_frames`](crate::WriteHalf::into_frames).
///
/// It sends as [`Frames`] does; it is owned, and reads nothing. Dropping it finishes the sending side, as dropping the half does.
///
/// # Examples
///
/// ```
/// use greenroom_server::WriteHalf;
/// use tokio_util::codec::LinesCodec;
///
/// async fn count(writer: WriteHalf) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
///     let mut numbers = writer.into_frames(LinesCodec::new());
///     for n in 1..=3 {
///         numbers.send(n.to_string()).await?;
///     }
///     Ok(())
/// }
/// ```
#[must_use = "dropping it finishes the sending side"]
pub struct WriteFrames<C> {
    half: WriteHalf,
    codec: C,
}

impl<C> WriteFrames<C> {
    pub(super) const fn new(half: WriteHalf, codec: C) -> Self {
        Self { half, codec }
    }

    /// Sends a frame.
    ///
    /// # Cancel safety
    ///
    /// A frame is sent whole or not at all.
    ///
    /// # Errors
    ///
    /// As [`Frames::send`].
    pub async fn send<I>(&mut self, frame: I) -> Result<(), C::Error>
    where
        C: Encoder<I>,
    {
        send(self.half.cell(), &mut self.codec, frame).await
    }
}

impl<C> fmt::Debug for WriteFrames<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteFrames").finish_non_exhaustive()
    }
}

fn poll_frame<C: Decoder>(
    cell: &Cell,
    codec: &mut C,
    limit: usize,
    context: &mut Context<'_>,
) -> Poll<Result<Option<C::Item>, C::Error>> {
    loop {
        let (frame, unfinished) = decode(cell, |input| codec.decode(input))?;
        if frame.is_some() {
            return Poll::Ready(Ok(frame));
        }
        if unfinished > limit {
            let error = format!("frame longer than {limit} bytes");
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, error).into()));
        }
        match ready!(cell.poll_more(context))? {
            More::Read => {}
            More::Ended => {
                return Poll::Ready(decode(cell, |input| codec.decode_eof(input)).map(|(frame, _)| frame));
            }
            More::Stopped => return Poll::Ready(Ok(None)),
        }
    }
}

/// Has the codec look at the input, without our lock: it is the user's code.
fn decode<T, E>(
    cell: &Cell,
    look: impl FnOnce(&mut BytesMut) -> Result<Option<T>, E>,
) -> Result<(Option<T>, usize), E> {
    let mut input = cell.with(|wire| std::mem::take(&mut wire.input));
    let before = input.len();
    let frame = look(&mut input);
    let left = input.len();
    cell.with(|wire| {
        wire.input = input;
        // It may have changed anything.
        wire.searched = 0;
        match frame {
            Ok(None) => wire.is.begun |= left < before,
            Ok(Some(_)) | Err(_) => wire.begin_request(),
        }
    });
    Ok((frame?, left))
}

pub(super) async fn send<C: Encoder<I>, I>(
    cell: &Arc<Cell>,
    codec: &mut C,
    frame: I,
) -> Result<(), C::Error> {
    let mut bytes = BytesMut::new();
    codec.encode(frame, &mut bytes)?;
    let mut stage = Sending::default();
    poll_fn(|context| cell.poll_send(&mut stage, context, &[&bytes])).await?;
    Ok(())
}
