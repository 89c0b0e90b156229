//! Counts the frames of HTTP/2 that cost us work and carry nothing: who floods us with them is cut off.
//!
//! The engine bounds what it keeps for such frames, but answers them as long as they come. Only headers of frames are
//! looked at (RFC 9113, section 4.1): a length of three bytes, a type, flags, and the stream.

use crate::budget::Budget;

const PREFACE: usize = 24;
const HEADER: usize = 9;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const WINDOW_UPDATE: u8 = 8;
const END_STREAM: u8 = 1;

/// A budget, and a place in the stream of frames.
#[derive(Debug)]
pub(crate) struct FrameMeter {
    budget: Budget,
    /// So many bytes are not looked at: the preface, and payloads.
    skip: usize,
    header: [u8; HEADER],
    have: usize,
}

impl FrameMeter {
    /// So many at once, and a tenth of them more each second.
    pub(crate) const fn new(most: u32) -> Self {
        Self { budget: Budget::new(most), skip: PREFACE, header: [0; HEADER], have: 0 }
    }

    /// Looks at bytes as they come. `false`: there were too many.
    pub(crate) fn look(&mut self, mut bytes: &[u8]) -> bool {
        let mut costly = 0;
        while !bytes.is_empty() {
            if self.skip > 0 {
                let n = self.skip.min(bytes.len());
                self.skip -= n;
                bytes = &bytes[n..];
                continue;
            }
            let n = (HEADER - self.have).min(bytes.len());
            self.header[self.have..self.have + n].copy_from_slice(&bytes[..n]);
            self.have += n;
            bytes = &bytes[n..];
            if self.have == HEADER {
                self.have = 0;
                let [a, b, c, kind, flags, ..] = self.header;
                self.skip = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
                costly += u32::from(match kind {
                    DATA => self.skip == 0 && flags & END_STREAM == 0,
                    HEADERS | WINDOW_UPDATE => false,
                    _ => true,
                });
            }
        }
        costly == 0 || self.budget.spend(costly)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{FrameMeter, PREFACE};

    fn frame(kind: u8, flags: u8, length: u8) -> Vec<u8> {
        let mut frame = vec![0, 0, length, kind, flags, 0, 0, 0, 0];
        frame.resize(9 + usize::from(length), 0);
        frame
    }

    fn meter(most: u32) -> FrameMeter {
        let mut meter = FrameMeter::new(most);
        assert!(meter.look(&[b'P'; PREFACE]));
        meter
    }

    #[tokio::test(start_paused = true)]
    async fn only_frames_that_carry_nothing_are_counted() {
        let mut meter = meter(1);
        for harmless in [frame(0, 0, 5), frame(0, 1, 0), frame(1, 4, 20), frame(8, 0, 4)] {
            assert!(meter.look(&harmless.repeat(10)));
        }
        assert!(meter.look(&frame(6, 0, 8)));
        assert!(!meter.look(&frame(6, 0, 8)));
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_the_same_however_the_bytes_come() {
        let bytes = [frame(6, 0, 8), frame(0, 0, 3), frame(4, 0, 6), frame(2, 0, 5), frame(0, 0, 0)].concat();
        for size in 1..bytes.len() {
            let (mut enough, mut scarce) = (meter(4), meter(3));
            assert!(bytes.chunks(size).all(|part| enough.look(part)), "in parts of {size}");
            assert!(!bytes.chunks(size).all(|part| scarce.look(part)), "in parts of {size}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_budget_fills_up_again() {
        let mut meter = meter(100);
        assert!(meter.look(&frame(6, 0, 8).repeat(100)));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(meter.look(&frame(6, 0, 8).repeat(10)));
        assert!(!meter.look(&frame(6, 0, 8)));
    }
}
