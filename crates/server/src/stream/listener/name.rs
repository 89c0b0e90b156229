//! Listening on all that a name stands for.

use std::io;
use std::net::SocketAddr;

use crate::stream::listener::bind_error::{BindError, Place};
use crate::stream::listener::lookup::lookup;
use crate::stream::listener::tcp::lacks_family;
use crate::stream::listener::{Listener, SocketOptions, TcpDoor};

/// The free port that one family of a name got may be taken in the other; then all are tried anew.
const FREE_PORT_ATTEMPTS: u32 = 8;

/// Every address of the name, or none. A family that the machine lacks does not count, as long as one is left: else `localhost` would
/// be good for nothing on a machine without IPv6.
pub(super) async fn open(
    host: String,
    port: u16,
    options: &SocketOptions,
) -> Result<Vec<TcpDoor>, BindError> {
    let written = format!("{host}:{port}");
    match lookup(host, port).await {
        Ok(found) if !found.is_empty() => {
            listen_on_all(&written, &found, |address| TcpDoor::listen(address, options))
        }
        Ok(_) => {
            let error = io::Error::new(io::ErrorKind::NotFound, "nothing is found");
            Err(BindError::new(Place::Name, written, error))
        }
        Err(error) => Err(BindError::new(Place::Name, written, error)),
    }
}

fn listen_on_all(
    written: &str,
    addresses: &[SocketAddr],
    listen: impl Fn(SocketAddr) -> io::Result<TcpDoor>,
) -> Result<Vec<TcpDoor>, BindError> {
    let mut attempts = FREE_PORT_ATTEMPTS;
    loop {
        let (address, error) = match listen_with_one_port(addresses, &listen) {
            Ok(doors) => return Ok(doors),
            Err(failed) => failed,
        };
        attempts -= 1;
        let free_port_wanted = addresses.iter().all(|address| address.port() == 0);
        if error.kind() != io::ErrorKind::AddrInUse || !free_port_wanted || attempts == 0 {
            return Err(BindError::new(Place::Tcp, format!("{written} ({address})"), error));
        }
    }
}

/// All addresses with the same port; if the system is to choose it, with the one it chose for the first.
fn listen_with_one_port(
    addresses: &[SocketAddr],
    listen: impl Fn(SocketAddr) -> io::Result<TcpDoor>,
) -> Result<Vec<TcpDoor>, (SocketAddr, io::Error)> {
    let mut chosen = None;
    let mut lacking = None;
    let mut doors = Vec::with_capacity(addresses.len());
    for &(mut address) in addresses {
        if let (0, Some(port)) = (address.port(), chosen) {
            address.set_port(port);
        }
        match listen(address) {
            Ok(door) => {
                chosen = door.local_addr().ok().and_then(|bound| bound.port());
                doors.push(door);
            }
            Err(error) if lacks_family(address, &error) => lacking = Some((address, error)),
            Err(error) => return Err((address, error)),
        }
    }
    match lacking {
        Some(failed) if doors.is_empty() => Err(failed),
        _ => Ok(doors),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(address: SocketAddr) -> io::Result<TcpDoor> {
        TcpDoor::listen(address, &SocketOptions::new())
    }

    #[tokio::test]
    async fn all_addresses_are_bound_with_one_port_or_none_is() {
        let both = [SocketAddr::from(([127, 0, 0, 1], 0)), SocketAddr::from(([127, 0, 0, 2], 0))];
        let doors = listen_on_all("pair:0", &both, plain).unwrap();
        let ports: Vec<_> = doors.iter().map(|door| door.local_addr().unwrap().port().unwrap()).collect();
        assert_eq!(ports[0], ports[1]);

        // The second is taken: the first must be free again afterwards.
        let port = ports[0];
        let taken = doors.into_iter().nth(1).unwrap();
        let same = both.map(|address| SocketAddr::new(address.ip(), port));
        let error = listen_on_all("pair", &same, plain).unwrap_err();
        assert!(error.to_string().contains(&format!("127.0.0.2:{port}")), "{error}");
        plain(same[0]).unwrap();
        drop(taken);
    }

    /// A machine whose kernel has no IPv6.
    #[cfg(unix)]
    fn without_ipv6(address: SocketAddr) -> io::Result<TcpDoor> {
        if address.is_ipv6() { Err(io::Error::from_raw_os_error(libc::EAFNOSUPPORT)) } else { plain(address) }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_family_that_the_machine_lacks_is_left_out_while_one_is_left() {
        let [v6, v4] = ["[::1]:0", "127.0.0.1:0"].map(|text| text.parse().unwrap());
        for addresses in [[v6, v4], [v4, v6]] {
            assert_eq!(listen_on_all("localhost:0", &addresses, without_ipv6).unwrap().len(), 1);
        }
        let error = listen_on_all("ip6-localhost:0", &[v6], without_ipv6).unwrap_err();
        assert!(error.to_string().starts_with("cannot listen on ip6-localhost:0 ([::1]:0): "), "{error}");
    }
}
