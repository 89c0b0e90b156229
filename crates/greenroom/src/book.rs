//! The examples of the README and of the book under `docs`, compiled and run with the doc tests, and never otherwise.

#[doc = include_str!("../../../docs/cancellation.md")]
struct Cancellation;

#[doc = include_str!("../../../docs/data.md")]
struct Data;

#[doc = include_str!("../../../docs/drain.md")]
struct Drain;

#[doc = include_str!("../../../docs/getting-started.md")]
struct GettingStarted;

#[doc = include_str!("../../../docs/gevent.md")]
struct Gevent;

#[doc = include_str!("../../../docs/groups.md")]
struct Groups;

#[cfg(feature = "http")]
#[doc = include_str!("../../../docs/http.md")]
struct Http;

#[doc = include_str!("../../../docs/limits.md")]
struct Limits;

#[doc = include_str!("../../../README.md")]
struct Readme;

#[doc = include_str!("../../../docs/servers.md")]
struct Servers;

#[doc = include_str!("../../../docs/tasks.md")]
struct Tasks;

#[doc = include_str!("../../../docs/testing.md")]
struct Testing;

#[doc = include_str!("../../../docs/tls.md")]
struct Tls;

#[doc = include_str!("../../../docs/tokio.md")]
struct Tokio;

#[doc = include_str!("../../../docs/udp.md")]
struct Udp;
