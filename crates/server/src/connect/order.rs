//! In which order the addresses of a name are tried.

use std::net::SocketAddr;

/// The two families take turns, beginning with that of the first; within a family the resolver's order stays. So a family that
/// does not work here costs one attempt and not all of its own.
pub(super) fn interleaved(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut ordered = Vec::with_capacity(first.len() + second.len());
    loop {
        let pair = [first.next(), second.next()];
        if pair == [None, None] {
            return ordered;
        }
        for address in pair.into_iter().flatten() {
            if !ordered.contains(&address) {
                ordered.push(address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_take_turns_and_each_address_comes_once() {
        let addresses = |hosts: &[&str]| {
            hosts.iter().map(|host| format!("{host}:1").parse().unwrap()).collect::<Vec<SocketAddr>>()
        };
        let table: [(&[&str], &[&str]); 4] = [
            (&[], &[]),
            (&["[::1]", "[::2]", "127.0.0.1"], &["[::1]", "127.0.0.1", "[::2]"]),
            (
                &["127.0.0.1", "127.0.0.2", "127.0.0.3", "[::1]"],
                &["127.0.0.1", "[::1]", "127.0.0.2", "127.0.0.3"],
            ),
            (&["127.0.0.1", "127.0.0.1"], &["127.0.0.1"]),
        ];
        for (found, expected) in table {
            assert_eq!(interleaved(addresses(found)), addresses(expected));
        }
    }
}
