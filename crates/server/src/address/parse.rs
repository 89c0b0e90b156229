//! Parsing only: names are looked up and sockets are made later.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use crate::address::error::Fault;
use crate::address::{AddressError, Form, SockAddr};

pub(super) fn text(written: &str) -> Result<Form, AddressError> {
    let fault = |fault| AddressError::new(written, Fault::Text(fault));
    let text = written.trim();
    if text.is_empty() {
        return Err(fault(r#"it is empty; write "host:port", ":port", "[ipv6]:port" or "unix:path""#));
    }
    if let Some(path) = text.strip_prefix("unix:") {
        return unix(written, Path::new(path));
    }
    if text.starts_with(['/', '.', '@']) {
        return Err(fault(r#"it looks like a path; write "unix:" before it"#));
    }
    if text.contains('/') {
        return Err(fault(r#"it looks like a path or a URL; write "host:port""#));
    }
    if let Ok(exact) = text.parse::<SocketAddr>() {
        return Ok(Form::Exact(exact));
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(Form::AnyInterface { port: port(written, text)? });
    }
    if text.parse::<IpAddr>().is_ok_and(|ip| ip.is_ipv6()) || text.starts_with('[') && text.ends_with(']') {
        return Err(fault(r#"the port is missing; write "[ipv6]:port", for example "[::1]:7000""#));
    }
    let Some((host, digits)) = text.rsplit_once(':') else {
        return Err(fault(r#"the port is missing; write "host:port", for example "127.0.0.1:7000""#));
    };
    let port = port(written, digits)?;
    host_and_port(written, host, port)
}

/// A host beside its port. There an IPv6 address needs no brackets.
pub(super) fn pair(host: &str, port: u16) -> Result<Form, AddressError> {
    host_and_port(host, host, port)
}

/// What [`SockAddr`] displays, without going through the text: a path need not be one.
pub(super) fn sock_addr(address: &SockAddr) -> Result<Form, AddressError> {
    let fault = |fault| AddressError::new(&address.to_string(), Fault::Text(fault));
    match address {
        SockAddr::Ip(address) => Ok(Form::Exact(*address)),
        SockAddr::Unix(Some(path)) => unix(&address.to_string(), path),
        SockAddr::Unix(None) => Err(fault("the socket has no name; a client's mostly has none")),
        SockAddr::Memory(_) => Err(fault("it is in memory; use the connector of its listener")),
    }
}

#[cfg(unix)]
fn unix(written: &str, path: &Path) -> Result<Form, AddressError> {
    let path = crate::address::UnixPath::new(path).map_err(|fault| AddressError::new(written, fault))?;
    Ok(Form::Unix(path))
}

#[cfg(not(unix))]
fn unix(written: &str, _: &Path) -> Result<Form, AddressError> {
    Err(AddressError::new(written, Fault::Text(r#"this system has no Unix sockets; write "host:port""#)))
}

fn port(written: &str, digits: &str) -> Result<u16, AddressError> {
    // `u16::from_str` would take a plus sign.
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten().ok_or_else(|| {
        AddressError::new(
            written,
            Fault::Text("the port is no number from 0 to 65535 (0 asks for a free one)"),
        )
    })
}

fn host_and_port(written: &str, host: &str, port: u16) -> Result<Form, AddressError> {
    if host.is_empty() || host == "*" {
        return Ok(Form::AnyInterface { port });
    }
    if let Ok(ip) = host.parse::<IpAddr>() {
        // From a pair; in a text it is ambiguous where an IPv6 address ends and the port begins.
        if ip.is_ipv4() || written == host {
            return Ok(Form::Exact((ip, port).into()));
        }
    }
    if host.contains([':', '[', ']']) {
        return Err(AddressError::new(
            written,
            Fault::Text(r#"an IPv6 address needs brackets; write "[ipv6]:port", for example "[::1]:7000""#),
        ));
    }
    if host.contains(char::is_whitespace) {
        return Err(AddressError::new(
            written,
            Fault::Text(r#"a host name has no spaces; write "host:port""#),
        ));
    }
    Ok(Form::Name { host: host.to_owned(), port })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(written: &str) -> String {
        match text(written) {
            Ok(Form::Name { host, port }) => format!("name {host} {port}"),
            Ok(Form::AnyInterface { port }) => format!("any {port}"),
            Ok(Form::Exact(address)) => format!("exact {address}"),
            Ok(other) => format!("other {other}"),
            Err(error) => {
                let fault = error.to_string();
                let fault = fault.strip_prefix(&format!("no address: {written:?}: ")).unwrap();
                format!("error: {}", fault.split([';', '(']).next().unwrap_or_default().trim())
            }
        }
    }

    #[test]
    fn every_form_is_read_as_the_table_says() {
        let table = [
            ("127.0.0.1:7000", "exact 127.0.0.1:7000"),
            ("[::1]:7000", "exact [::1]:7000"),
            ("[::]:0", "exact [::]:0"),
            (" 127.0.0.1:7000\n", "exact 127.0.0.1:7000"),
            ("localhost:80", "name localhost 80"),
            ("a.example.org:65535", "name a.example.org 65535"),
            (":7000", "any 7000"),
            ("*:7000", "any 7000"),
            ("7000", "any 7000"),
            ("0", "any 0"),
            ("", "error: it is empty"),
            ("localhost", "error: the port is missing"),
            ("127.0.0.1", "error: the port is missing"),
            ("::1", "error: the port is missing"),
            ("[::1]", "error: the port is missing"),
            ("localhost:", "error: the port is no number from 0 to 65535"),
            ("localhost:http", "error: the port is no number from 0 to 65535"),
            ("localhost:+80", "error: the port is no number from 0 to 65535"),
            ("localhost:65536", "error: the port is no number from 0 to 65535"),
            ("65536", "error: the port is no number from 0 to 65535"),
            ("a:b:80", "error: an IPv6 address needs brackets"),
            ("fe80::zz:80", "error: an IPv6 address needs brackets"),
            ("[local]:80", "error: an IPv6 address needs brackets"),
            ("my host:80", "error: a host name has no spaces"),
            ("/run/x.sock", "error: it looks like a path"),
            ("./x.sock", "error: it looks like a path"),
            ("@x", "error: it looks like a path"),
            ("run/x.sock", "error: it looks like a path or a URL"),
            ("http://localhost:80", "error: it looks like a path or a URL"),
        ];
        for (written, expected) in table {
            assert_eq!(shape(written), expected, "{written:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn unix_sockets_are_read_as_the_table_says() {
        let table = [
            ("unix:/run/x.sock", "other unix:/run/x.sock"),
            (" unix:/run/x.sock\n", "other unix:/run/x.sock"),
            ("unix:x.sock", "other unix:x.sock"),
            ("unix:./a b:1", "other unix:./a b:1"),
            #[cfg(target_os = "linux")]
            ("unix:@name", "other unix:@name"),
            ("unix:", "error: the path is missing"),
            ("unix:@", "error: the path is missing"),
        ];
        for (written, expected) in table {
            assert_eq!(shape(written), expected, "{written:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_too_long_is_told_its_length_and_the_limit() {
        let error = text(&format!("unix:/{}", "x".repeat(200))).unwrap_err();
        let limit = error.path_limit().unwrap();
        let said = format!("the path has 201 bytes, and that of a Unix socket at most {limit};");
        assert!(error.to_string().contains(&said), "{error}");
    }

    #[test]
    fn an_address_that_was_displayed_is_read_back() {
        for written in [
            "127.0.0.1:80",
            "[::1]:80",
            #[cfg(unix)]
            "unix:/run/x",
            #[cfg(target_os = "linux")]
            "unix:@x",
        ] {
            let form = text(written).unwrap();
            let address = match &form {
                Form::Exact(exact) => SockAddr::Ip(*exact),
                other => {
                    SockAddr::Unix(Some(Path::new(other.to_string().strip_prefix("unix:").unwrap()).into()))
                }
            };
            assert_eq!(
                (sock_addr(&address).unwrap().to_string(), address.to_string()),
                (written.into(), written.into())
            );
        }
        assert!(sock_addr(&SockAddr::Memory(1)).is_err());
        assert!(sock_addr(&SockAddr::Unix(None)).is_err());
    }

    #[test]
    fn a_pair_takes_an_ipv6_address_without_brackets() {
        let form = pair("::1", 80);
        assert!(matches!(form, Ok(Form::Exact(address)) if address.to_string() == "[::1]:80"), "{form:?}");
    }
}
