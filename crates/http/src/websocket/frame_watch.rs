//! Where in the stream of frames a connection is.
//!
//! tungstenite's buffer grows to the largest frame that it has held and keeps that size: a client that sends one large message
//! and is silent from then on would hold its memory for ever. To put a new one in its place, one has to know that nothing is in
//! it; tungstenite does not tell, and these headers do (RFC 6455, section 5.2).

/// A fin bit, an opcode, a mask bit, a length of up to eight bytes more, and a mask.
const LONGEST_HEADER: usize = 14;
const FIN: u8 = 0x80;
const CONTROL: u8 = 0x08;
const MASKED: u8 = 0x80;

/// Looks at the bytes of a client as they come.
#[derive(Debug, Default)]
pub(super) struct FrameWatch {
    header: [u8; LONGEST_HEADER],
    have: usize,
    /// So many bytes of the payload are still to come.
    payload: u64,
    /// A message has begun whose last frame has not come.
    in_message: bool,
    /// The largest payload since this was last forgotten.
    largest: u64,
}

impl FrameWatch {
    pub(super) fn look(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let passed = usize::try_from(self.payload).unwrap_or(usize::MAX).min(bytes.len());
            self.payload -= passed as u64;
            bytes = &bytes[passed..];
            let Some((byte, rest)) = bytes.split_first() else { return };
            bytes = rest;
            self.header[self.have] = *byte;
            self.have += 1;
            if self.have == header_length(&self.header[..self.have]) {
                self.begin_payload();
            }
        }
    }

    /// Whether all frames that have begun have come whole, and all messages.
    pub(super) const fn is_between(&self) -> bool {
        self.have == 0 && self.payload == 0 && !self.in_message
    }

    pub(super) const fn largest(&self) -> u64 {
        self.largest
    }

    pub(super) const fn forget_largest(&mut self) {
        self.largest = 0;
    }

    fn begin_payload(&mut self) {
        let [first, second, ..] = self.header;
        let mut long = [0; 8];
        self.payload = match second & !MASKED {
            126 => u64::from(u16::from_be_bytes([self.header[2], self.header[3]])),
            127 => {
                long.copy_from_slice(&self.header[2..10]);
                u64::from_be_bytes(long)
            }
            short => u64::from(short),
        };
        if first & CONTROL == 0 {
            self.in_message = first & FIN == 0;
        }
        self.largest = self.largest.max(self.payload);
        self.have = 0;
    }
}

/// How long the header is of which this much is there; a header is never as short as what is there of it before it is whole.
const fn header_length(there: &[u8]) -> usize {
    if there.len() < 2 {
        return LONGEST_HEADER;
    }
    let more = match there[1] & !MASKED {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let mask = if there[1] & MASKED == 0 { 0 } else { 4 };
    2 + more + mask
}

#[cfg(test)]
mod tests {
    use super::FrameWatch;

    fn frame(first: u8, length: usize) -> Vec<u8> {
        let mut frame = vec![first];
        match length {
            0..=125 => frame.push(0x80 | length as u8),
            126..=0xFFFF => {
                frame.push(0x80 | 126);
                frame.extend((length as u16).to_be_bytes());
            }
            _ => {
                frame.push(0x80 | 127);
                frame.extend((length as u64).to_be_bytes());
            }
        }
        frame.resize(frame.len() + 4 + length, 0x88);
        frame
    }

    #[test]
    fn it_is_between_frames_only_where_one_ends_and_the_next_has_not_begun() {
        for length in [0, 1, 125, 126, 65535, 65536] {
            let bytes = frame(0x81, length);
            for size in [1, 2, 3, 7, 1000, bytes.len()] {
                let mut watch = FrameWatch::default();
                let mut seen = 0;
                for part in bytes.repeat(2).chunks(size) {
                    watch.look(part);
                    seen += part.len();
                    assert_eq!(watch.is_between(), seen % bytes.len() == 0, "{length} {size} {seen}");
                }
                assert_eq!(watch.largest(), length as u64);
            }
        }
    }

    #[test]
    fn a_message_in_fragments_is_one_and_pings_may_come_between_them() {
        let mut watch = FrameWatch::default();
        for (first, between) in
            [(0x01, false), (0x89, false), (0x00, false), (0x80, true), (0x89, true), (0x82, true)]
        {
            watch.look(&frame(first, 3));
            assert_eq!(watch.is_between(), between, "{first:x}");
        }
    }

    #[test]
    fn the_longest_length_there_is_does_no_harm() {
        let mut watch = FrameWatch::default();
        watch.look(&[0x82, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        watch.look(&[0; 1000]);
        assert!(!watch.is_between());
        assert_eq!(watch.largest(), u64::MAX);
    }
}
