//! Both sides of one handshake, over memory.

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio_rustls::{client, server};

use crate::limit::Limits;
use crate::tls::tests::authority::{Authority, Shown};
use crate::tls::{HandshakeError, Tls, TlsClient, TlsFacts};

/// As much as a socket would take.
const ROOM: usize = 64 * 1024;

pub(super) type Server = server::TlsStream<DuplexStream>;
pub(super) type Client = client::TlsStream<DuplexStream>;

/// A server for `localhost`, and a client that trusts it.
pub(super) fn two_sides() -> (Tls, TlsClient) {
    let authority = Authority::new();
    let shown = authority.server(&["localhost"]);
    (server_with(&shown), trusting(&authority))
}

pub(super) fn server_with(shown: &Shown) -> Tls {
    Tls::from_pem(&shown.certificate, &shown.key).unwrap()
}

pub(super) fn trusting(authority: &Authority) -> TlsClient {
    TlsClient::with_ca_pem(&authority.pem).unwrap()
}

/// What comes of it on the server's side, and on the client's. Then one byte goes each way, since in TLS 1.3 a client
/// may believe in success before the server has looked at its certificate, and since tickets come with it.
pub(super) async fn shake(
    tls: &Tls,
    client: &TlsClient,
    name: &str,
) -> (Result<Server, HandshakeError>, Result<Client, HandshakeError>) {
    let (near, far) = duplex(ROOM);
    let server = async {
        let mut stream = tls.accept(near, Limits::new()).await?;
        if stream.read_u8().await.is_ok() {
            stream.write_u8(1).await.unwrap();
            stream.flush().await.unwrap();
        }
        Ok(stream)
    };
    let client = async {
        let mut stream = client.connect(far, name).await?;
        if stream.write_u8(1).await.is_ok() && stream.flush().await.is_ok() {
            let _ = stream.read_u8().await;
        }
        Ok(stream)
    };
    tokio::join!(server, client)
}

/// What the server learns of a client, which is served.
pub(super) async fn facts(tls: &Tls, client: &TlsClient, name: &str) -> TlsFacts {
    let (server, client) = shake(tls, client, name).await;
    client.unwrap();
    TlsFacts::of(server.unwrap().get_ref().1)
}
