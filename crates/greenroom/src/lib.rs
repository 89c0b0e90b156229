//! Greenroom is an async-first server toolkit on tokio: tasks that anybody may wait on, link to and kill; groups, pools,
//! queues, events and timeouts that read the way one thinks; and servers that need an address and a handler and then
//! stay up.
//!
//! This crate is the facade: every public name, flat. A map of them:
//!
//! * **Tasks**: [`spawn()`], [`spawn_fallible`], [`TaskBuilder`], [`Task`] and [`AnyTask`]; how they end: [`Exit`],
//!   [`TaskError`]; [`current()`].
//! * **Clean-up**: [`bracket`], [`finally`], [`shield`]; what a [`kill`](AnyTask::kill) runs and waits for.
//! * **Time**: [`timeout()`], [`WithTimeout`], [`Timeout`].
//! * **Waiting**: [`Event`], [`AsyncResult`], [`Queue`], [`Channel`], [`Semaphore`], [`BoundedSemaphore`].
//! * **Many**: [`Group`], [`Pool`] and their `map` family, [`ThreadPool`]; [`join_all`], [`kill_all`], [`wait()`], [`iwait`].
//! * **A task's own**: [`Local`], [`RLock`], [`Actor`].
//! * **Looking inside**: [`Registry`], [`format_tree`].
//! * **Servers**: [`StreamServer`], [`Connection`], [`Handler`], [`Limits`], [`terminate()`].
//! * **TLS**, with a provider's feature: `Tls`, `TlsClient`, `ClientCertificates`.
//! * **HTTP**: `HttpServer`, `Request`, `Response`, `Body`; `WebSocket`, `Sse`, `long_poll`.
//!
//! The place to begin is [`StreamServer`], or, for tasks alone, [`spawn()`].

#[cfg(doctest)]
mod book;

#[doc(inline)]
pub use greenroom_core::*;
#[cfg(feature = "http")]
#[doc(inline)]
pub use greenroom_http::*;
#[doc(inline)]
pub use greenroom_server::*;
