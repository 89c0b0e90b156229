//! TLS from some point on, when the handler says so.

use tokio::io::AsyncWriteExt;

use crate::stream::connection::Connection;
use crate::stream::secure::handshake::secure;
use crate::stream::secure::start_tls_error::StartTlsError;
use crate::tls::{Tls, TlsFacts};

impl Connection {
    /// What the TLS handshake settled; `None` on a plain connection.
    #[must_use]
    pub fn tls(&self) -> Option<&TlsFacts> {
        self.cell().secured()?.downcast_ref()
    }

    /// Goes on under TLS, as after STARTTLS in mail and other protocols. What was gathered is sent first, in plain text.
    ///
    /// It counts among the [handshakes](crate::Limits::handshakes) in progress.
    ///
    /// # Cancel safety
    ///
    /// Dropped in the middle, the connection is closed.
    ///
    /// # Errors
    ///
    /// When the connection is secured already, and when plain text was read ahead: a client may not send anything between
    /// its request for TLS and the handshake, and whoever did may be somebody in the middle. In both cases nothing has been
    /// done. When the handshake fails, the connection is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io;
    /// use greenroom_server::{Connection, Tls};
    ///
    /// async fn mail(tls: Tls, mut conn: Connection) -> io::Result<()> {
    ///     while let Some(line) = conn.lines().next().await? {
    ///         if line.eq_ignore_ascii_case("STARTTLS") && conn.tls().is_none() {
    ///             conn.send_line("220 ready").await?;
    ///             conn.start_tls(&tls).await?;
    ///         } else {
    ///             conn.send_line("250 ok").await?;
    ///         }
    ///     }
    ///     Ok(())
    /// }
    /// ```
    #[doc(alias = "wrap_socket")]
    pub async fn start_tls(&mut self, tls: &Tls) -> Result<(), StartTlsError> {
        if self.tls().is_some() {
            return Err(StartTlsError::AlreadySecured);
        }
        let ahead = self.cell().look_ahead(|input| (0, input.len()));
        if ahead > 0 {
            return Err(StartTlsError::PlaintextAhead { bytes: ahead });
        }
        self.flush().await.map_err(StartTlsError::Io)?;
        Box::pin(secure(tls, self.cell())).await.map_err(StartTlsError::Handshake)?;
        Ok(())
    }
}
