//! What a service can know of a request besides the request.

mod connection_facts;
mod request_facts;
mod request_id;

pub(crate) use connection_facts::ConnectionFacts;
pub use request_facts::RequestFacts;
pub use request_id::RequestId;
