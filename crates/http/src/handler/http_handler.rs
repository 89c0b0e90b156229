//! A service as a handler.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use greenroom_server::{Connection, Handler};

use crate::service::{HttpService, IntoHttpService};
use crate::settings::Http;
use crate::speak::Dialogue;

impl Http {
    /// A handler of connections that speaks HTTP and has `service` answer. For a server that does so and no more, see
    /// [`HttpServer`](crate::HttpServer). From its first byte on, a connection has [HTTP's deadlines](Http), in place of its server's.
    ///
    /// # Examples
    ///
    /// A server that speaks HTTP to some and something else to others:
    ///
    /// ```
    /// use greenroom_http::{Http, Request, Response};
    /// use greenroom_server::{Connection, Handler, StreamServer, with};
    /// use std::sync::Arc;
    ///
    /// let http = Arc::new(Http::new().handler(async |_: Request| Response::new("hello\n".into())));
    /// let server = StreamServer::bind("127.0.0.1:7000");
    /// let handler = with(http, async |http, mut conn: Connection| {
    ///     if &*conn.peek(1).await? == b"*" {
    ///         conn.send_line("+OK").await?;
    ///     } else {
    ///         http.handle(conn).await;
    ///     }
    ///     std::io::Result::Ok(())
    /// });
    /// # drop((server, handler));
    /// ```
    pub fn handler<V, S: IntoHttpService<V>>(self, service: S) -> HttpHandler<S::Service> {
        HttpHandler { http: Arc::new(self), service: Mutex::new(service.into_http_service()) }
    }
}

/// Speaks HTTP on connections, and has a service answer. Made by [`Http::handler`].
pub struct HttpHandler<S> {
    http: Arc<Http>,
    /// Cloned for each connection. Services may be cloned, but need not be shared.
    service: Mutex<S>,
}

impl<S: HttpService> Handler for HttpHandler<S> {
    type Output = ();

    /// # Cancel safety
    ///
    /// Dropped, it ends the connection and what serves its requests.
    async fn handle(&self, conn: Connection) {
        let service = self.service.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Dialogue::new(Arc::clone(&self.http), service, &conn).speak(conn).await;
    }
}

impl<S> fmt::Debug for HttpHandler<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpHandler").field("http", &self.http).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use greenroom_server::Connection;

    use super::{Http, HttpHandler};
    use crate::service::{HttpService, Request, Response};
    use crate::speak::Dialogue;

    /// What the task of a connection runs, beside the engine's buffers.
    fn spoken<S: HttpService>(_: &HttpHandler<S>) -> usize {
        fn size_of_output<A, R>(_: impl FnOnce(A) -> R) -> usize {
            size_of::<R>()
        }
        size_of_output(|(dialogue, conn): (Dialogue<S>, Connection)| dialogue.speak(conn))
    }

    #[test]
    fn what_an_idle_connection_costs_its_task_stays_small() {
        let handler = Http::new().handler(async |_: Request| Response::new("hello".into()));
        let spoken = spoken(&handler);
        assert!(spoken <= SPOKEN, "a connection's conversation has {spoken} bytes, more than {SPOKEN}");
    }

    /// The engine has 752 of them.
    const SPOKEN: usize = 1400;
}
