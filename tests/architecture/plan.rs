//! The plan of the house: everything in these rules that is a decision and not a mechanism.

/// A crate's rooms by floor. A file belongs to the longest entry that its path begins with: `lock/rlock` beats `lock`.
/// An entry that ends in `*` also takes files whose name only begins so.
///
/// A room names only rooms on a lower floor. The rooms of floor 0 may stand on each other, though not in a circle.
pub(crate) type Floors = &'static [(&'static str, u8)];

/// Crates that have floors. Others are small enough that the rule against circles will do.
pub(crate) const FLOORS: &[(&str, Floors)] = &[("core", CORE), ("server", SERVER), ("http", HTTP)];

const CORE: Floors = &[
    ("sync", 0),
    ("waiter", 0),
    ("exit", 0),
    ("alarm", 0),
    ("record", 1),
    ("event", 1),
    ("async_result", 1),
    ("queue", 1),
    // Semaphore and BoundedSemaphore know no task; RLock is owned by one.
    ("lock", 1),
    ("scope", 2),
    ("lock/rlock*", 3),
    ("local", 3),
    ("task", 3),
    ("cleanup", 4),
    ("timeout", 4),
    ("registry", 4),
    ("wait", 4),
    // An actor is a bracket.
    ("actor", 5),
    ("thread_pool", 5),
    // What groups and pools have in common, and the workers behind their maps.
    ("crew", 5),
    ("map", 6),
    ("group", 7),
    ("pool", 8),
];

const SERVER: Floors = &[
    ("sync", 0),
    ("debug_as_display", 0),
    ("address", 0),
    ("backoff", 0),
    ("chunk", 0),
    ("deadline", 0),
    ("fault", 0),
    ("stop", 0),
    ("handler_output", 0),
    ("limit", 0),
    ("log", 0),
    ("pause", 0),
    ("reserve", 0),
    ("terminate", 0),
    // Bytes in, a header out; no socket.
    ("proxy", 0),
    ("connect", 1),
    ("connect_tls", 2),
    ("drain", 1),
    ("datagram/stats", 1),
    ("datagram/socket", 1),
    ("datagram/packet", 2),
    ("datagram/handler", 3),
    ("datagram/receive", 3),
    ("datagram/serve", 4),
    ("datagram/session", 5),
    ("datagram/server", 5),
    ("datagram/builder", 6),
    ("tls", 1),
    ("stream/connection", 1),
    ("stream/prepare", 2),
    ("stream/proxied", 3),
    ("stream/stats", 3),
    ("stream/listener", 2),
    ("stream/handler", 2),
    ("stream/accept", 4),
    ("stream/serve", 4),
    ("stream/server", 5),
    ("stream/builder", 6),
    ("stream/secure", 7),
];

const HTTP: Floors = &[
    ("settings", 0),
    ("body", 0),
    ("budget", 0),
    ("refusal", 0),
    ("facts", 0),
    ("life", 1),
    ("access_log", 1),
    ("clock", 2),
    ("wire", 2),
    ("incoming", 2),
    ("upgrade", 2),
    // What users write; they name what requests and answers are made of.
    ("service", 3),
    ("readiness", 4),
    ("sse", 4),
    ("long_poll", 4),
    ("websocket", 4),
    // One request, from its head to the end of its answer.
    ("gate", 5),
    // One connection, from its first byte to its last.
    ("speak", 6),
    ("handler", 7),
    ("server", 8),
];

/// What each crate may depend on, of ours. Dev-dependencies are free.
pub(crate) const CRATES: &[(&str, &[&str])] = &[
    ("greenroom-core", &[]),
    ("greenroom-server", &["greenroom-core"]),
    ("greenroom-http", &["greenroom-core", "greenroom-server"]),
    ("greenroom-testkit", &["greenroom-core", "greenroom-server"]),
    ("greenroom", &["greenroom-core", "greenroom-server", "greenroom-http"]),
];

/// Lines of code a file may have; blank lines and comments are free.
pub(crate) const WALL: usize = 400;

/// Tables of data, which may be longer. Each says so in its own first lines.
pub(crate) const LONG_TABLES: &[&str] = &[];

/// Names that say nothing about what is inside.
pub(crate) const NO_NOUNS: &[&str] =
    &["util", "utils", "common", "helper", "helpers", "misc", "types", "prelude"];

/// Files that have earned an `unsafe`, by a measured gain or by a descriptor handed over.
pub(crate) const UNSAFE_FILES: &[&str] = &["crates/core/src/record/roster.rs"];
