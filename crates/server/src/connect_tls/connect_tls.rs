//! From an address to a stream under TLS.

use crate::address::Address;
use crate::connect::connect;
use crate::connect_tls::error::ConnectTlsError;
use crate::connect_tls::stream::TlsClientStream;
use crate::tls::TlsClient;

/// Connects to an address, as [`connect`](crate::connect()) does, and shakes hands with the server as `client` says.
///
/// The server is asked for by the [name](TlsClient::server_name) that the client was given, else by the host in the address;
/// whoever listens on a Unix socket or on this machine's own ports is `localhost`.
///
/// # Cancel safety
///
/// Dropping the future gives everything up.
///
/// # Errors
///
/// What connecting failed with, and what the handshake did.
///
/// # Panics
///
/// Outside of a tokio runtime with io and time enabled.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// use greenroom_server::{TlsClient, connect_tls};
/// use tokio::io::AsyncWriteExt;
///
/// let client = TlsClient::with_ca_file("ca.pem")?;
/// let mut stream = connect_tls("example.org:7443", &client).await?;
/// stream.write_all(b"hello\n").await?;
/// # Ok(())
/// # }
/// ```
pub async fn connect_tls(
    address: impl Into<Address>,
    client: &TlsClient,
) -> Result<TlsClientStream, ConnectTlsError> {
    let address = address.into();
    let host = address.host();
    let stream = connect(address).await.map_err(ConnectTlsError::Connect)?;
    let stream = Box::pin(client.connect(stream, &host)).await.map_err(ConnectTlsError::Handshake)?;
    Ok(TlsClientStream::new(stream, &host))
}
