//! Accept, and a thread.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::line::serving::Serving;

pub fn accept(handle: impl Fn(TcpStream) -> io::Result<()> + Clone + Send + 'static) -> Serving {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
    let address = listener.local_addr().expect("an address");
    let accepting = thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = stream.set_nodelay(true);
            let handle = handle.clone();
            // Where the system gives no more threads, the connection is closed: the client says so.
            let _ = thread::Builder::new().spawn(move || handle(stream));
        }
    });
    Serving::new(address, accepting)
}
