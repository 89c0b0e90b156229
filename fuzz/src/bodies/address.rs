//! Texts that name what to listen on.

use std::io;
use std::net::SocketAddr;

use greenroom::{Address, AddressError};

/// The bytes are the text.
pub fn address(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let parsed = text.parse::<Address>();

    // However it is written down, a text means one thing.
    let shown = parsed.as_ref().map(|address| format!("{address:?}"));
    for converted in [Address::from(text), Address::from(text.to_owned())] {
        match &shown {
            Ok(shown) => assert_eq!(&format!("{converted:?}"), shown, "{text:?}"),
            Err(error) => assert!(format!("{converted:?}").contains(&format!("{error:?}")), "{text:?}"),
        }
    }

    match parsed {
        Ok(address) => names_something(text.trim(), &address),
        Err(error) => says_what_is_wrong(text, error),
    }
}

/// Whether the text has a form of its own, to which the rules for hosts and ports do not apply.
fn is_path(text: &str) -> bool {
    text.starts_with("unix:")
}

fn names_something(text: &str, address: &Address) {
    if is_path(text) {
        return;
    }
    assert!(!text.contains('/'), "a path or a URL was taken for a host: {text:?}");
    let digits = text.rsplit(':').next().unwrap_or_default();
    assert!(digits.bytes().all(|byte| byte.is_ascii_digit()), "a port that is no number was taken: {text:?}");
    assert!(digits.parse::<u16>().is_ok(), "a port that is none was taken: {text:?}");
    if let Ok(exact) = text.parse::<SocketAddr>() {
        assert!(format!("{address:?}").contains(&exact.to_string()), "{address:?} is not {exact}");
    }
}

fn says_what_is_wrong(text: &str, error: AddressError) {
    assert_eq!(error.written(), text);
    let said = error.to_string();
    assert!(said.contains(&format!("{text:?}")), "what was written is not named: {said}");
    let text = text.trim();
    assert!(text.parse::<SocketAddr>().is_err(), "an address was refused: {said}");
    let number = text.bytes().all(|byte| byte.is_ascii_digit());
    assert!(!number || text.parse::<u16>().is_err(), "a port was refused: {said}");
    assert_eq!(io::Error::from(error).kind(), io::ErrorKind::InvalidInput);
}
