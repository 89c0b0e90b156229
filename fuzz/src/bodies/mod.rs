//! One function a target: it takes any bytes, and panics when what must hold for all of them does not.
//!
//! They use nothing but what `greenroom` gives its users and tokio, so that the tests of the workspace can compile this
//! folder as theirs.

mod address;
mod http;
mod lines;
mod proxy;

pub use address::address;
pub use http::http;
pub use lines::lines;
pub use proxy::proxy;

/// What a target does with its bytes.
pub type Body = fn(&[u8]);

/// Every target by its name, which is also that of its folder under `fuzz/corpus`.
pub const BODIES: [(&str, Body); 4] =
    [("address", address), ("http", http), ("lines", lines), ("proxy", proxy)];
