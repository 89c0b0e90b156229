//! What comes from a form.

/// What a browser has made of what was typed into a form.
pub(crate) fn decode(mut text: &str) -> String {
    let mut bytes = Vec::new();
    while let Some(at) = text.find(['%', '+']) {
        bytes.extend_from_slice(&text.as_bytes()[..at]);
        let code = text.get(at + 1..at + 3).and_then(|code| u8::from_str_radix(code, 16).ok());
        let (byte, used) = match (text.as_bytes()[at], code) {
            (b'%', Some(code)) => (code, 3),
            (b'+', _) => (b' ', 1),
            (byte, _) => (byte, 1),
        };
        bytes.push(byte);
        text = &text[at + used..];
    }
    bytes.extend_from_slice(text.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}
