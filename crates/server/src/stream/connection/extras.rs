//! What few connections have: what a PROXY header said, and what a handshake settled. Those without pay two words.

use std::any::Any;
use std::sync::OnceLock;

use crate::address::SockAddr;
use crate::proxy::ProxyHeader;

#[derive(Default)]
pub(super) struct Extras(OnceLock<Box<Rare>>);

#[derive(Default)]
struct Rare {
    proxied: OnceLock<Proxied>,
    secured: OnceLock<Fact>,
    name: OnceLock<Box<str>>,
}

/// The ends of the connection as a proxy saw them, where it speaks for somebody, and all that it said.
pub(crate) struct Proxied {
    pub(crate) peer: Option<SockAddr>,
    pub(crate) local: Option<SockAddr>,
    pub(crate) header: ProxyHeader,
}

/// Something that another room knows the type of.
pub(crate) type Fact = Box<dyn Any + Send + Sync>;

impl Extras {
    fn rare(&self) -> &Rare {
        self.0.get_or_init(Box::default)
    }

    pub(super) fn name_with(&self, make: impl FnOnce() -> String) -> &str {
        self.rare().name.get_or_init(|| make().into())
    }

    pub(super) fn peer(&self) -> Option<&SockAddr> {
        self.proxied()?.peer.as_ref()
    }

    pub(super) fn local(&self) -> Option<&SockAddr> {
        self.proxied()?.local.as_ref()
    }

    pub(super) fn set_proxied(&self, proxied: Proxied) {
        // Only the first header counts; there is no second.
        let _ = self.rare().proxied.set(proxied);
    }

    pub(super) fn proxied(&self) -> Option<&Proxied> {
        self.0.get()?.proxied.get()
    }

    pub(super) fn set_secured(&self, facts: Fact) {
        let _ = self.rare().secured.set(facts);
    }

    pub(super) fn secured(&self) -> Option<&Fact> {
        self.0.get()?.secured.get()
    }
}
