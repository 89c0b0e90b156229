//! Versions, limits and times.

use std::time::Duration;

const KIB: usize = 1024;

/// How HTTP is spoken: which versions, and what a client may ask for. HttpFunction values; every limit has a default.
///
/// For most servers [`HttpServer`](crate::HttpServer) is all one needs; this is handed to it with
/// [`HttpServer::http`](crate::HttpServer::http), or makes a [`Handler`](greenroom_server::Handler) out of a service with
/// [`handler`](Self::handler).
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use greenroom_http::Http;
///
/// let http = Http::new().max_body(50 * 1024 * 1024).keep_alive(Duration::from_secs(15));
/// # drop(http);
/// ```
#[derive(Debug, Clone)]
#[must_use = "these are plain values until a server has them"]
pub struct Http {
    pub(crate) http1: bool,
    pub(crate) http2: bool,
    pub(crate) max_head: usize,
    pub(crate) max_headers: usize,
    pub(crate) max_target: usize,
    pub(crate) max_body: u64,
    pub(crate) max_unread: u64,
    pub(crate) head_deadline: Duration,
    pub(crate) keep_alive: Duration,
    pub(crate) progress: Duration,
    pub(crate) max_requests: Option<u32>,
    pub(crate) max_age: Option<Duration>,
    pub(crate) max_streams: u32,
    pub(crate) max_resets: usize,
    pub(crate) max_control_frames: u32,
    pub(crate) ping: Option<(Duration, Duration)>,
    pub(crate) half_closed: Duration,
    pub(crate) access_log: bool,
}

impl Default for Http {
    fn default() -> Self {
        Self::new()
    }
}

impl Http {
    /// The defaults.
    pub const fn new() -> Self {
        Self {
            http1: true,
            http2: true,
            max_head: 32 * KIB,
            max_headers: 100,
            max_target: 8 * KIB,
            max_body: 2 * 1024 * 1024,
            max_unread: 256 * 1024,
            head_deadline: Duration::from_secs(10),
            keep_alive: Duration::from_secs(60),
            progress: Duration::from_secs(30),
            max_requests: None,
            max_age: None,
            max_streams: 200,
            max_resets: 20,
            max_control_frames: 1000,
            ping: Some((Duration::from_secs(20), Duration::from_secs(20))),
            half_closed: Duration::from_secs(1),
            access_log: true,
        }
    }

    /// Speaks HTTP/1.0 and HTTP/1.1 only. Default: HTTP/2 too, where TLS agrees on it (ALPN) or the client begins with its
    /// preface (prior knowledge).
    pub const fn http1_only(mut self) -> Self {
        (self.http1, self.http2) = (true, false);
        self
    }

    /// Speaks HTTP/2 only. Default: HTTP/1.0 and HTTP/1.1 too.
    pub const fn http2_only(mut self) -> Self {
        (self.http1, self.http2) = (false, true);
        self
    }

    /// The most bytes that a request's line and headers may have together: more is answered with 431. Default: 32 KiB.
    #[doc(alias = "MAX_REQUEST_LINE")]
    pub const fn max_head(mut self, bytes: usize) -> Self {
        self.max_head = bytes;
        self
    }

    /// The most headers that a request may have: more are answered with 431. Default: 100.
    pub const fn max_headers(mut self, n: usize) -> Self {
        self.max_headers = n;
        self
    }

    /// The most bytes that a request's target may have, as in `GET /target`: more is answered with 414. Default: 8 KiB.
    pub const fn max_target(mut self, bytes: usize) -> Self {
        self.max_target = bytes;
        self
    }

    /// The most bytes that a request's body may have: more is answered with 413, before the service has it where the client
    /// says how much there is. Default: 2 MiB.
    pub const fn max_body(mut self, bytes: u64) -> Self {
        self.max_body = bytes;
        self
    }

    /// What is left of a body that the service has not read is read and forgotten, so that the connection can go on: at most so
    /// many bytes, else the connection closes after the answer. Default: 256 KiB.
    pub const fn max_unread(mut self, bytes: u64) -> Self {
        self.max_unread = bytes;
        self
    }

    /// How long after the connection was accepted (under TLS: after its handshake) the first request's head must be there, whatever
    /// the client sends or does not send, and how long each further head may take from its first byte. The first is answered with
    /// 408 if part of a request is there. Default: 10 s.
    pub const fn head_deadline(mut self, limit: Duration) -> Self {
        self.head_deadline = limit;
        self
    }

    /// How long a connection may be idle between requests. Default: 60 s.
    pub const fn keep_alive(mut self, limit: Duration) -> Self {
        self.keep_alive = limit;
        self
    }

    /// How long a body may make no progress: a request's body whose reader waits (408), or an answer that the client does not
    /// take (the connection, or under HTTP/2 the stream, ends). Default: 30 s.
    pub const fn progress(mut self, limit: Duration) -> Self {
        self.progress = limit;
        self
    }

    /// So many requests, give or take a tenth, are served on one connection; then the client has to make another. Default: any
    /// number.
    pub const fn max_requests(mut self, n: u32) -> Self {
        self.max_requests = Some(n);
        self
    }

    /// So old, give or take a tenth, a connection takes no more requests, so that clients spread anew over several servers.
    /// Default: any age.
    pub const fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// HTTP/2: at most so many requests at once on one connection. Default: 200.
    pub const fn max_streams(mut self, n: u32) -> Self {
        self.max_streams = n;
        self
    }

    /// HTTP/2: at most so many requests that the client has taken back before they were looked at; more end the connection (the
    /// attack called rapid reset). Default: 20.
    pub const fn max_resets(mut self, n: usize) -> Self {
        self.max_resets = n;
        self
    }

    /// HTTP/2: at most so many frames at once that ask for work and carry nothing (pings, settings, priorities, resets, empty data),
    /// and a tenth of it more each second; a client that sends more is disconnected. Default: 1000.
    pub const fn max_control_frames(mut self, n: u32) -> Self {
        self.max_control_frames = n;
        self
    }

    /// HTTP/2: a client of which nothing was heard for `interval` is asked for a sign of life, and disconnected when there is none
    /// within `limit`. `None`: never asked. Default: 20 s, and 20 s.
    pub const fn ping(mut self, interval_and_limit: Option<(Duration, Duration)>) -> Self {
        self.ping = interval_and_limit;
        self
    }

    /// HTTP/1: how long a client that has finished sending is still answered, as one is that was told what to send by a pipe. After
    /// that it counts as gone, and what works for it is dropped: for there is no other way to learn that a client has gone.
    /// Default: 1 s.
    pub const fn half_closed(mut self, patience: Duration) -> Self {
        self.half_closed = patience;
        self
    }

    /// Whether each request leaves a line in the access log, as of [`AccessLog`](crate::AccessLog). Default: yes.
    #[doc(alias = "log")]
    pub const fn access_log(mut self, on: bool) -> Self {
        self.access_log = on;
        self
    }
}
