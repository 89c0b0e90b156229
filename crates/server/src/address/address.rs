//! Parsing only: names are looked up and sockets are made when the server starts.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use crate::address::AddressError;

/// What to listen on.
///
/// | written | means |
/// |---|---|
/// | `"127.0.0.1:7000"`, `"[::1]:7000"`, a [`SocketAddr`] | exactly this address (`[::]` takes IPv4 too) |
/// | `"example.org:7000"`, `("localhost", 7000)` | every address of the name, or none |
/// | `":7000"`, `"*:7000"`, `"7000"`, `7000_u16` | every interface, IPv6 and IPv4 where the machine has both |
/// | a listening `TcpListener` of std or tokio | this socket, as it is |
///
/// Port 0 asks the system for a free port; [`ServerHandle::local_addrs`](crate::ServerHandle::local_addrs) tells which.
///
/// The conversions cannot fail: a mistake in a text is kept and comes back from
/// [`StreamServer::start`](crate::StreamServer::start). To have it earlier, parse: `text.parse::<Address>()?`.
///
/// # Examples
///
/// ```
/// use greenroom_server::Address;
///
/// assert!("127.0.0.1:7000".parse::<Address>().is_ok());
/// let error = "127.0.0.1".parse::<Address>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"cannot listen on "127.0.0.1": the port is missing; write "host:port", for example "127.0.0.1:7000""#,
/// );
/// ```
#[doc(alias = "listener")]
#[derive(Debug)]
pub struct Address(Result<Form, AddressError>);

/// The forms that differ in how they are bound.
#[derive(Debug)]
pub(crate) enum Form {
    Name { host: String, port: u16 },
    AnyInterface { port: u16 },
    Exact(SocketAddr),
    Std(std::net::TcpListener),
    Tokio(tokio::net::TcpListener),
}

impl Address {
    pub(crate) fn into_form(self) -> Result<Form, AddressError> {
        self.0
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(written: &str) -> Result<Self, AddressError> {
        parse(written).map(|form| Self(Ok(form)))
    }
}

impl From<&str> for Address {
    fn from(written: &str) -> Self {
        Self(parse(written))
    }
}

impl From<String> for Address {
    fn from(written: String) -> Self {
        Self(parse(&written))
    }
}

impl From<&String> for Address {
    fn from(written: &String) -> Self {
        Self(parse(written))
    }
}

impl From<u16> for Address {
    fn from(port: u16) -> Self {
        Self(Ok(Form::AnyInterface { port }))
    }
}

impl From<(&str, u16)> for Address {
    fn from((host, port): (&str, u16)) -> Self {
        Self(host_and_port(host, host, port))
    }
}

impl From<(String, u16)> for Address {
    fn from((host, port): (String, u16)) -> Self {
        Self(host_and_port(&host, &host, port))
    }
}

impl From<(IpAddr, u16)> for Address {
    fn from(pair: (IpAddr, u16)) -> Self {
        Self(Ok(Form::Exact(pair.into())))
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        Self(Ok(Form::Exact(address)))
    }
}

impl From<std::net::TcpListener> for Address {
    fn from(listener: std::net::TcpListener) -> Self {
        Self(Ok(Form::Std(listener)))
    }
}

impl From<tokio::net::TcpListener> for Address {
    fn from(listener: tokio::net::TcpListener) -> Self {
        Self(Ok(Form::Tokio(listener)))
    }
}

fn parse(written: &str) -> Result<Form, AddressError> {
    let fault = |fault| AddressError::new(written, fault);
    let text = written.trim();
    if text.is_empty() {
        return Err(fault(r#"it is empty; write "host:port", ":port" or "[ipv6]:port""#));
    }
    if text.starts_with("unix:") {
        return Err(fault(r#"Unix sockets are not built yet; write "host:port""#));
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

fn port(written: &str, digits: &str) -> Result<u16, AddressError> {
    // `u16::from_str` would take a plus sign.
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten().ok_or_else(|| {
        AddressError::new(written, "the port is no number from 0 to 65535 (0 asks for a free one)")
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
            r#"an IPv6 address needs brackets; write "[ipv6]:port", for example "[::1]:7000""#,
        ));
    }
    if host.contains(char::is_whitespace) {
        return Err(AddressError::new(written, r#"a host name has no spaces; write "host:port""#));
    }
    Ok(Form::Name { host: host.to_owned(), port })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(written: &str) -> String {
        match parse(written) {
            Ok(Form::Name { host, port }) => format!("name {host} {port}"),
            Ok(Form::AnyInterface { port }) => format!("any {port}"),
            Ok(Form::Exact(address)) => format!("exact {address}"),
            Ok(other) => format!("{other:?}"),
            Err(error) => {
                let fault = error.to_string();
                let fault = fault.strip_prefix(&format!("cannot listen on {written:?}: ")).unwrap();
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
            ("unix:/run/x.sock", "error: Unix sockets are not built yet"),
            ("/run/x.sock", "error: it looks like a path or a URL"),
            ("http://localhost:80", "error: it looks like a path or a URL"),
        ];
        for (written, expected) in table {
            assert_eq!(shape(written), expected, "{written:?}");
        }
    }

    #[test]
    fn a_pair_takes_an_ipv6_address_without_brackets() {
        let form = Address::from(("::1", 80)).into_form();
        assert!(matches!(form, Ok(Form::Exact(address)) if address.to_string() == "[::1]:80"), "{form:?}");
    }
}
