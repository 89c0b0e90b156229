//! What few connections have: what a PROXY header said, and what a handshake settled. Those without pay two words.

use std::any::Any;
use std::sync::OnceLock;

use crate::address::SockAddr;

#[derive(Default)]
pub(super) struct Extras(OnceLock<Box<Rare>>);

#[derive(Default)]
struct Rare {
    proxied: OnceLock<Proxied>,
    secured: OnceLock<Fact>,
}

/// The ends of the connection as a proxy saw them, and what else it said.
pub(crate) struct Proxied {
    pub(crate) peer: SockAddr,
    pub(crate) local: SockAddr,
    pub(crate) said: Fact,
}

/// Something that another room knows the type of.
pub(crate) type Fact = Box<dyn Any + Send + Sync>;

impl Extras {
    fn rare(&self) -> &Rare {
        self.0.get_or_init(Box::default)
    }

    pub(super) fn peer(&self) -> Option<&SockAddr> {
        self.0.get()?.proxied.get().map(|proxied| &proxied.peer)
    }

    pub(super) fn local(&self) -> Option<&SockAddr> {
        self.0.get()?.proxied.get().map(|proxied| &proxied.local)
    }

    pub(super) fn set_proxied(&self, proxied: Proxied) {
        // Only the first header counts; there is no second.
        let _ = self.rare().proxied.set(proxied);
    }

    pub(super) fn said_by_proxy(&self) -> Option<&Fact> {
        self.0.get()?.proxied.get().map(|proxied| &proxied.said)
    }

    pub(super) fn set_secured(&self, facts: Fact) {
        let _ = self.rare().secured.set(facts);
    }

    pub(super) fn secured(&self) -> Option<&Fact> {
        self.0.get()?.secured.get()
    }
}
