//! A client of HTTP/2 that sends any frames it is told to.

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf};
use tokio::task::JoinHandle;
use tokio::time::Instant;

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const PRIORITY: u8 = 2;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
pub(crate) const WINDOW_UPDATE: u8 = 8;
pub(crate) const CONTINUATION: u8 = 9;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const ACK: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

pub(crate) const FLOW_CONTROL_ERROR: u32 = 3;
pub(crate) const ENHANCE_YOUR_CALM: u32 = 11;

pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// `GET / HTTP/2` for `a`, and a `POST` likewise (RFC 7541: the static table, and one literal).
pub(crate) const GET: &[u8] = &[0x82, 0x86, 0x84, 0x41, 1, b'a'];
pub(crate) const POST: &[u8] = &[0x83, 0x86, 0x84, 0x41, 1, b'a'];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    /// Why a stream or the connection ends, if this says so.
    pub(crate) fn reason(&self) -> Option<u32> {
        let at = match self.kind {
            RST_STREAM => 0,
            GOAWAY => 4,
            _ => return None,
        };
        Some(u32::from_be_bytes(self.payload[at..at + 4].try_into().unwrap()))
    }
}

pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

pub(crate) fn get(stream: u32) -> Vec<u8> {
    frame(HEADERS, END_STREAM | END_HEADERS, stream, GET)
}

/// The preface, and settings, each a number and its value.
pub(crate) fn hello(settings: &[(u16, u32)]) -> Vec<u8> {
    let settings: Vec<_> = settings
        .iter()
        .flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat())
        .collect();
    [PREFACE, &frame(SETTINGS, 0, 0, settings)].concat()
}

/// Reads frames while another task writes.
pub(crate) struct Frames {
    read: ReadHalf<DuplexStream>,
    write: Option<WriteHalf<DuplexStream>>,
    sending: Option<JoinHandle<(usize, WriteHalf<DuplexStream>)>>,
    ahead: Vec<u8>,
    /// Bytes read.
    pub(crate) came: usize,
    pub(crate) began: Instant,
}

impl Frames {
    pub(crate) fn new(io: DuplexStream) -> Self {
        let (read, write) = tokio::io::split(io);
        Self { read, write: Some(write), sending: None, ahead: Vec::new(), came: 0, began: Instant::now() }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.sent().await;
        let _ = self.write.as_mut().unwrap().write_all(bytes.as_ref()).await;
    }

    /// Sends in another task: at most so often, or until nobody takes it.
    pub(crate) fn flood(&mut self, times: usize, mut bytes: impl FnMut(usize) -> Vec<u8> + Send + 'static) {
        let mut write = self.write.take().unwrap();
        self.sending = Some(tokio::spawn(async move {
            let mut sent = 0;
            for n in 0..times {
                if write.write_all(&bytes(n)).await.is_err() {
                    break;
                }
                sent += 1;
            }
            (sent, write)
        }));
    }

    /// How often the flood was sent, when it is over.
    pub(crate) async fn sent(&mut self) -> usize {
        let Some(sending) = self.sending.take() else { return 0 };
        let (sent, write) = sending.await.unwrap();
        self.write = Some(write);
        sent
    }

    /// Whether the flood is over.
    pub(crate) fn is_sent(&self) -> bool {
        self.sending.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// The next frame; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        loop {
            if self.ahead.len() >= 9 {
                let length = u32::from_be_bytes([0, self.ahead[0], self.ahead[1], self.ahead[2]]) as usize;
                if self.ahead.len() >= 9 + length {
                    let bytes: Vec<_> = self.ahead.drain(..9 + length).collect();
                    let stream = u32::from_be_bytes(bytes[5..9].try_into().unwrap());
                    return Some(Frame {
                        kind: bytes[3],
                        flags: bytes[4],
                        stream,
                        payload: bytes[9..].to_vec(),
                    });
                }
            }
            match self.read.read_buf(&mut self.ahead).await {
                Ok(n) if n > 0 => self.came += n,
                _ => return None,
            }
        }
    }

    /// The next frame of this kind.
    pub(crate) async fn next_of(&mut self, kind: u8) -> Option<Frame> {
        loop {
            let frame = self.next().await?;
            if frame.kind == kind {
                return Some(frame);
            }
        }
    }

    /// Reads on to the end. Why the connection ends, if that was said.
    pub(crate) async fn end(&mut self) -> Option<u32> {
        let mut reason = None;
        while let Some(frame) = self.next().await {
            if frame.kind == GOAWAY {
                reason = frame.reason();
            }
        }
        reason
    }
}
