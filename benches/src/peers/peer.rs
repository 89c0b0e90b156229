//! A contender, and how its server is started.

use crate::line::process::Server;
use crate::measure::Flavour;
use crate::peers::foreign::Foreign;

pub const GREENROOM: &str = "Greenroom";
pub const BY_HAND: &str = "tokio by hand";
pub const READY: &str = "tokio, readiness first";
pub const ACTIX: &str = "actix-server";
pub const THREADS: &str = "threads";
pub const HYPER: &str = "hyper by hand";
pub const AXUM: &str = "axum";
pub const GO: &str = "Go";
pub const GEVENT: &str = "gevent";

pub struct Peer {
    pub name: &'static str,
    command: Vec<String>,
    contender: Option<&'static str>,
}

impl Peer {
    /// One that this program can be.
    pub fn of(&(name, contender): &(&'static str, &'static str)) -> Self {
        Self { name, command: Vec::new(), contender: Some(contender) }
    }

    pub fn start(&self) -> Server {
        match self.contender {
            Some(contender) => Server::start(contender, Flavour::Multi),
            None => Server::foreign(&self.command.iter().map(String::as_str).collect::<Vec<_>>()),
        }
    }

    /// Its connections' threads end with them, and what they spent would be lost.
    pub fn ends_threads(&self) -> bool {
        self.name == THREADS
    }

    /// These, and whoever of the others is installed, in that mode.
    pub fn all(own: &[(&'static str, &'static str)], foreign: &Foreign, mode: &str) -> Vec<Self> {
        let mut peers: Vec<Self> = own.iter().map(Self::of).collect();
        let others = [(GO, foreign.go(mode)), (GEVENT, foreign.gevent(mode))];
        let others = others.into_iter().filter_map(|(name, command)| Some((name, command?)));
        peers.extend(others.map(|(name, command)| Self { name, command, contender: None }));
        peers
    }
}
