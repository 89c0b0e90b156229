//! Interleaved rounds: in each of them every contender has its turn, and begins one place later than in the one before.

use crate::line::figures::Figures;
use crate::line::process::client;
use crate::peers::peer::Peer;

/// What each contender's rounds gave, in the order of the contenders. Who fails is not asked again, and has nothing.
pub fn interleaved<T>(peers: &[Peer], rounds: usize, once: impl Fn(&Peer) -> Option<T>) -> Vec<Vec<T>> {
    let mut results: Vec<Option<Vec<T>>> = peers.iter().map(|_| Some(Vec::new())).collect();
    for round in 0..rounds {
        for turn in 0..peers.len() {
            let at = (round + turn) % peers.len();
            let Some(result) = &mut results[at] else { continue };
            match once(&peers[at]) {
                Some(it) => result.push(it),
                None => results[at] = None,
            }
        }
    }
    results.into_iter().map(Option::unwrap_or_default).collect()
}

/// One load of one server of its own; `None` if the client could not do it.
pub fn load(peer: &Peer, kind: &str, options: &[(&str, usize)]) -> Option<Figures> {
    let server = peer.start();
    let ending = usize::from(peer.ends_threads());
    let mut client = client(kind, &server, &[options, &[("ending", ending)]].concat());
    Some(Figures::parse(&client.try_line()?))
}

pub fn each(rounds: &[Figures], name: &str) -> Vec<f64> {
    rounds.iter().map(|figures| figures.get(name)).collect()
}
