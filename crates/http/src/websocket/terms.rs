//! What a socket is held to.

use std::time::Duration;

use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// Frames are gathered up to here, then they are written.
const WRITE_BUFFER: usize = 8 * 1024;

/// Plain values.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub(super) max_message: usize,
    pub(super) max_frame: usize,
    pub(super) read_buffer: usize,
    pub(super) ping: Option<(Duration, Duration)>,
    pub(super) max_control_frames: u32,
    pub(super) outbox: usize,
    pub(super) close_deadline: Duration,
}

impl Terms {
    pub(super) fn config(&self) -> WebSocketConfig {
        WebSocketConfig::default()
            // tungstenite's own default is 128 KiB, all of which becomes resident at the first read.
            .read_buffer_size(self.read_buffer)
            .write_buffer_size(WRITE_BUFFER)
            .max_message_size(Some(self.max_message))
            .max_frame_size(Some(self.max_frame))
    }
}
