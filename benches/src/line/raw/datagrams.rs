//! By hand: `recv_from`, `send_to`.

use tokio::net::UdpSocket;

use crate::line::serving::Serving;

pub async fn start() -> Serving {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("bound");
    let address = socket.local_addr().expect("an address");
    let echoing = tokio::spawn(async move {
        let mut buffer = vec![0; 65_536];
        loop {
            if let Ok((n, peer)) = socket.recv_from(&mut buffer).await {
                let _ = socket.send_to(&buffer[..n], peer).await;
            }
        }
    });
    Serving::new(address, echoing)
}
