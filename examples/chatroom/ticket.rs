//! Who wants in, and where.

use super::refusal::Refusal;

const LONGEST_NAME: usize = 24;
const SHORTEST_KEY: usize = 16;
const LONGEST_KEY: usize = 64;
/// What turns the direction of writing, or is not seen at all: a name with these would look like another's.
const DECEIVING: [std::ops::RangeInclusive<char>; 4] =
    ['\u{200b}'..='\u{200f}', '\u{202a}'..='\u{202e}', '\u{2060}'..='\u{206f}', '\u{feff}'..='\u{feff}'];

/// A room, a name, and a key that the page has made up: it shows that a request comes from the one who entered by that name.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    room: String,
    name: String,
    identity: String,
    key: String,
}

impl Ticket {
    /// From the query of a request: `?room=lobby&name=ann&key=…`.
    pub(crate) fn of<B>(request: &http::Request<B>) -> Result<Self, Refusal> {
        let query = request.uri().query().unwrap_or("");
        let room = checked_name("room", value(query, "room"))?.to_lowercase();
        let name = checked_name("name", value(query, "name"))?;
        let key = value(query, "key").unwrap_or_default();
        if !(SHORTEST_KEY..=LONGEST_KEY).contains(&key.len()) {
            return Err(Refusal::BadKey(SHORTEST_KEY, LONGEST_KEY));
        }
        Ok(Self { room, identity: name.to_lowercase(), name, key })
    }

    pub(crate) fn room(&self) -> &str {
        &self.room
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The name as it is compared: nobody can be `Ann` while `ann` is there.
    pub(crate) fn identity(&self) -> &str {
        &self.identity
    }

    /// Whether both are the same person's.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.identity == other.identity && self.key == other.key
    }
}

fn checked_name(what: &'static str, name: Option<String>) -> Result<String, Refusal> {
    let name = name.unwrap_or_default();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME {
        return Err(Refusal::BadLength(what, LONGEST_NAME));
    }
    if name.chars().any(|c| c.is_control() || DECEIVING.iter().any(|range| range.contains(&c))) {
        return Err(Refusal::Invisible(what));
    }
    Ok(name)
}

/// What the query says of a key, decoded.
pub(crate) fn value(query: &str, key: &str) -> Option<String> {
    query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('=')).map(decoded)
}

/// `a+b%21` is `a b!`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let hex = after.first_chunk::<2>().filter(|_| byte == b'%');
        let hex = hex.and_then(|hex| u8::from_str_radix(str::from_utf8(hex).ok()?, 16).ok());
        match (byte, hex) {
            (_, Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (b'+', None) => bytes.push(b' '),
            (byte, None) => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
