//! What services take and give.

use crate::body::Body;
use crate::incoming::Incoming;

/// A request, as services get it: its head at once, its body as it comes.
pub type Request = http::Request<Incoming>;

/// An answer, as plain functions give it.
#[doc(alias = "start_response")]
pub type Response = http::Response<Body>;
