//! What a client is told: its kind, the server's address, then `name=value`.

use std::net::SocketAddr;
use std::time::Duration;

pub struct Options {
    pub kind: String,
    pub server: SocketAddr,
    /// The server's process, whose CPU time is measured.
    pub pid: Option<u32>,
    pub conns: usize,
    pub size: usize,
    /// Messages on their way at once, on each connection.
    pub depth: usize,
    pub window: Duration,
    /// How many, for clients that do not go by the clock.
    pub requests: usize,
    pub tls: bool,
    /// Whether threads of the server end meanwhile, and what they spent counts.
    pub ending: bool,
}

impl Options {
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Self {
        let kind = arguments.next().expect("the client's kind");
        let server = arguments.next().and_then(|text| text.parse().ok()).expect("the server's address");
        let mut options = Self {
            kind,
            server,
            pid: None,
            conns: 1,
            size: 64,
            depth: 1,
            window: Duration::from_secs(1),
            requests: 0,
            tls: false,
            ending: false,
        };
        for argument in arguments {
            let (name, value) = argument.split_once('=').expect("name=value");
            let number = || value.parse::<usize>().expect("a number");
            match name {
                "pid" => options.pid = Some(number() as u32),
                "conns" => options.conns = number(),
                "size" => options.size = number(),
                "depth" => options.depth = number(),
                "ms" => options.window = Duration::from_millis(number() as u64),
                "requests" => options.requests = number(),
                "tls" => options.tls = number() > 0,
                "ending" => options.ending = number() > 0,
                other => panic!("no such option: {other}"),
            }
        }
        options
    }
}
