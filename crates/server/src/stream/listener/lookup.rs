//! The addresses of a name.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::thread;

use tokio::sync::oneshot;

/// Asks the system's resolver, which gives each address once.
pub(super) async fn lookup(host: String, port: u16) -> io::Result<Vec<SocketAddr>> {
    apart(move || (host, port).to_socket_addrs().map(distinct)).await
}

/// On a thread of its own, which nobody waits for: a resolver may hang, and a runtime that shuts down waits for its blocking tasks.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    let (tell, told) = oneshot::channel();
    thread::Builder::new().name("greenroom-lookup".to_owned()).spawn(move || {
        // Nobody listens any more if the start was given up.
        let _ = tell.send(work());
    })?;
    told.await.unwrap_or_else(|_| Err(io::Error::other("the resolver panicked")))
}

fn distinct(found: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let mut addresses = Vec::new();
    for address in found {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_resolver_that_hangs_holds_up_neither_the_start_nor_the_runtime() {
        let (release, hang) = mpsc::channel::<()>();
        let (over, ended) = mpsc::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut hanging = Box::pin(apart(move || {
                let end = hang.recv();
                over.send(()).unwrap();
                end.map_err(io::Error::other)
            }));
            tokio::select! {
                biased;
                _ = &mut hanging => panic!("nothing has come yet"),
                () = tokio::task::yield_now() => {}
            }
        });
        // A runtime that waited for the resolver would wait for ever here.
        drop(runtime);
        assert!(ended.try_recv().is_err());
        release.send(()).unwrap();
        ended.recv().unwrap();
    }

    #[test]
    fn each_address_is_there_once_and_in_its_order() {
        let [a, b] = [SocketAddr::from(([127, 0, 0, 2], 1)), SocketAddr::from(([127, 0, 0, 1], 1))];
        assert_eq!(distinct([a, b, a].into_iter()), [a, b]);
    }
}
