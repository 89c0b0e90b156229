//! Why a socket is closed, as its client is told.

use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

/// A control frame holds 125 bytes, and two of them are the code.
const MOST_REASON: usize = 123;

/// A code and a reason (RFC 6455, section 7.4).
#[derive(Debug, Clone)]
pub(super) struct Farewell {
    code: u16,
    reason: Utf8Bytes,
}

impl Farewell {
    pub(super) const DONE: Self = Self::of(1000, "");
    pub(super) const STOPPING: Self = Self::of(1001, "the server is stopping");
    pub(super) const LEAVING: Self = Self::of(1001, "");
    pub(super) const NOT_UTF8: Self = Self::of(1007, "this text is not UTF-8");
    pub(super) const FLOOD: Self = Self::of(1008, "too many pings and pongs");
    pub(super) const TOO_LARGE: Self = Self::of(1009, "the message is too large");
    pub(super) const FRAGMENTS: Self = Self::of(1009, "the message has too many frames");
    pub(super) const FAILED: Self = Self::of(1011, "internal server error");
    pub(super) const NO_SIGN: Self = Self::of(1011, "no sign of life");
    pub(super) const TOO_SLOW: Self = Self::of(1013, "too slow");

    const fn of(code: u16, reason: &'static str) -> Self {
        Self { code, reason: Utf8Bytes::from_static(reason) }
    }

    pub(super) const fn protocol(how: &'static str) -> Self {
        Self::of(1002, how)
    }

    /// What the user has to say.
    #[track_caller]
    pub(super) fn new(code: u16, reason: &str) -> Self {
        assert!(
            matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999),
            "{code} is no code to close a WebSocket with: use one of 1000 to 1003, 1007 to 1014 and 3000 to 4999"
        );
        let mut end = reason.len().min(MOST_REASON);
        while !reason.is_char_boundary(end) {
            end -= 1;
        }
        Self { code, reason: reason[..end].into() }
    }

    pub(super) fn is_too_slow(&self) -> bool {
        self.code == Self::TOO_SLOW.code && self.reason == Self::TOO_SLOW.reason
    }

    pub(super) fn into_frame(self) -> CloseFrame {
        CloseFrame { code: self.code.into(), reason: self.reason }
    }
}

#[cfg(test)]
mod tests {
    use super::Farewell;

    #[test]
    fn a_reason_is_cut_between_characters() {
        let frame = Farewell::new(4000, &"ä".repeat(100)).into_frame();
        assert_eq!(frame.reason.as_str(), "ä".repeat(61));
        assert_eq!(u16::from(frame.code), 4000);
    }

    #[test]
    #[should_panic(expected = "1005 is no code to close a WebSocket with")]
    fn a_code_that_must_not_be_sent_is_refused() {
        let _ = Farewell::new(1005, "");
    }
}
