//! Accept and spawn, as everybody writes it first.

use std::io;

use tokio::net::{TcpListener, TcpStream};

use crate::line::serving::Serving;

pub async fn accept<F>(handle: impl Fn(TcpStream) -> F + Send + 'static) -> Serving
where
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
    let address = listener.local_addr().expect("an address");
    let accepting = tokio::spawn(async move {
        loop {
            if let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                tokio::spawn(handle(stream));
            }
        }
    });
    Serving::new(address, accepting)
}
