//! Reading to its end what a service has not read.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use greenroom_core::Alarm;
use http_body::Body;
use tokio::time::Instant;

use crate::life::Life;
use crate::settings::Http;

/// The rest of a request's body, while it is read and forgotten: the next request lies behind it. Dropped before its end, it makes
/// the engine close the connection.
#[derive(Debug, Default)]
pub(super) struct DrainUnread(Option<Draining>);

#[derive(Debug)]
struct Draining {
    body: hyper::body::Incoming,
    left: u64,
    due: Option<Instant>,
    alarm: Option<Alarm>,
}

impl DrainUnread {
    /// Reads on. `true`: something has changed, and the engine is to go on.
    pub(super) fn poll(&mut self, http: &Http, life: &Life, context: &mut Context<'_>) -> bool {
        if let Some(body) = life.take_leftover() {
            let due = Instant::now().checked_add(http.progress);
            self.0 = Some(Draining { body, left: http.max_unread, due, alarm: None });
        }
        let Some(draining) = &mut self.0 else { return false };
        let mut moved = false;
        loop {
            let frame = match Pin::new(&mut draining.body).poll_frame(context) {
                Poll::Ready(frame) => frame,
                Poll::Pending => match draining.due {
                    Some(due) if due > Instant::now() => {
                        Alarm::ring_at(&mut draining.alarm, due, context);
                        return moved;
                    }
                    _ => None,
                },
            };
            moved = true;
            let length = match frame {
                Some(Ok(frame)) => Some(frame.data_ref().map_or(0, Bytes::len) as u64),
                Some(Err(_)) | None => None,
            };
            match length.and_then(|length| draining.left.checked_sub(length)) {
                Some(left) => draining.left = left,
                None => {
                    self.0 = None;
                    return true;
                }
            }
        }
    }
}
