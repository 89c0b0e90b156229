//! Reading the PROXY header.

use std::fmt;
use std::future::poll_fn;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use crate::address::SockAddr;
use crate::proxy::{ProxyHeader, ProxyParsed, ProxyProtocol};
use crate::stream::connection::{Cell, Connection, Proxied};
use crate::stream::prepare::{Prepare, Preparing, Unprepared};

impl Connection {
    /// What the proxy in front of the server said of this connection, if the server reads PROXY headers.
    ///
    /// [`peer_addr`](Self::peer_addr) and [`local_addr`](Self::local_addr) are as it says.
    #[must_use]
    pub fn proxy_header(&self) -> Option<&ProxyHeader> {
        self.cell().proxied().map(|proxied| &proxied.header)
    }
}

impl Prepare for ProxyProtocol {
    fn prepare<'a>(&'a self, cell: &'a Arc<Cell>) -> Preparing<'a> {
        Box::pin(async move {
            if !self.believes(cell.accepted_from()) {
                return Err(failed(format_args!("{} is no trusted proxy", cell.accepted_from())));
            }
            let limit = self.header_deadline();
            let header = match tokio::time::timeout(limit, self.read(cell)).await {
                Ok(header) => header?,
                Err(_) => return Err(failed(format_args!("not there within {limit:?}"))),
            };
            let proxied = Proxied { peer: source(&header), local: destination(&header), header };
            // Whom the proxy speaks for counts, not the proxy.
            let counts: Option<IpAddr> = match &proxied.peer {
                Some(peer) => peer.ip(),
                None => cell.accepted_from().ip(),
            };
            if counts.is_some_and(|ip| !cell.count_under(ip)) {
                return Err(Unprepared::Refused);
            }
            cell.set_proxied(proxied);
            Ok(())
        })
    }
}

impl ProxyProtocol {
    fn believes(&self, peer: &SockAddr) -> bool {
        match peer {
            SockAddr::Ip(address) => self.trusts(&address.ip()),
            SockAddr::Unix(_) => self.trusts_unix(),
            // Whoever made it is this process.
            SockAddr::Memory(_) => true,
        }
    }

    /// Takes the header off the input. What came with it stays there.
    async fn read(&self, cell: &Cell) -> Result<ProxyHeader, Unprepared> {
        loop {
            let parsed = cell.look_ahead(|input| match self.parse(input) {
                Ok(ProxyParsed::Done { header, consumed }) => (consumed, Ok(Some(header))),
                Ok(ProxyParsed::NeedMore { .. }) => (0, Ok(None)),
                Err(error) => (0, Err(failed(error))),
            })?;
            if let Some(header) = parsed {
                return Ok(header);
            }
            let more = poll_fn(|context| cell.poll_ahead(context)).await;
            if !more.map_err(failed)? {
                return Err(failed("the peer closed the connection"));
            }
        }
    }
}

/// Nobody is believed without a header.
fn failed(fault: impl fmt::Display) -> Unprepared {
    Unprepared::Failed { step: "proxy", fault: format!("no PROXY header to be believed: {fault}") }
}

fn source(header: &ProxyHeader) -> Option<SockAddr> {
    header.source().map(SockAddr::from).or_else(|| header.unix_names().map(|(source, _)| unix(source)))
}

fn destination(header: &ProxyHeader) -> Option<SockAddr> {
    header.destination().map(SockAddr::from).or_else(|| header.unix_names().map(|(_, to)| unix(to)))
}

fn unix(name: &[u8]) -> SockAddr {
    let text = String::from_utf8_lossy(name);
    SockAddr::Unix((!text.is_empty()).then(|| Path::new(&*text).into()))
}
