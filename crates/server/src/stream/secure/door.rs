//! Servers whose connections begin with a handshake.

use std::sync::Arc;

use crate::stream::builder::StreamServer;
use crate::stream::connection::Cell;
use crate::stream::prepare::{Prepare, Preparing, Unprepared};
use crate::stream::secure::handshake::secure;
use crate::tls::Tls;

impl StreamServer {
    /// Serves TLS: each connection begins with a handshake, in its own task, within the time that `tls` gives it and among as many
    /// as [`Limits::handshakes`](crate::Limits::handshakes) lets in. The handler has the connection when it is secured.
    ///
    /// The configuration may be reloaded while the server runs: keep a clone of it.
    ///
    /// gevent: the `ssl_context`, or `keyfile` and `certfile`, of its servers.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example() -> std::io::Result<()> {
    /// use greenroom_server::{Connection, StreamServer, Tls};
    ///
    /// let tls = Tls::from_files("cert.pem", "key.pem")?;
    /// let server = StreamServer::bind("127.0.0.1:7443")
    ///     .tls(tls.clone())
    ///     .start(async |mut conn: Connection| conn.send_line("hello").await)
    ///     .await?;
    /// // The files have changed.
    /// tls.reload().await?;
    /// # drop(server);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("ssl_context", "wrap_socket_and_handle"))]
    pub fn tls(self, tls: Tls) -> Self {
        self.prepared_by(Arc::new(tls))
    }
}

impl Prepare for Tls {
    fn prepare<'a>(&'a self, cell: &'a Arc<Cell>) -> Preparing<'a> {
        Box::pin(async move {
            secure(self, cell).await.map_err(|error| Unprepared::Failed {
                step: "tls",
                fault: format!("the TLS handshake failed: {error}"),
            })
        })
    }
}
