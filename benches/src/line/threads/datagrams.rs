//! One thread, `recv_from`, `send_to`.

use std::net::UdpSocket;
use std::thread;

use crate::line::serving::Serving;

pub async fn start() -> Serving {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("bound");
    let address = socket.local_addr().expect("an address");
    let echoing = thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        loop {
            if let Ok((n, peer)) = socket.recv_from(&mut buffer) {
                let _ = socket.send_to(&buffer[..n], peer);
            }
        }
    });
    Serving::new(address, echoing)
}
