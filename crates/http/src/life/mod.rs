//! What the parts of one connection share while it speaks HTTP: how many requests are in flight, what has come, what is left.

mod desk;
mod flight;
mod framing;
mod head_record;
mod life;
mod stream_beat;

pub(crate) use desk::AfterUpgrade;
#[cfg(feature = "websocket")]
pub(crate) use desk::Running;
pub(crate) use flight::Flight;
pub(crate) use framing::Framing;
pub(crate) use life::Life;
pub(crate) use stream_beat::StreamBeat;
