//! The works that are compared.

pub mod churn;
pub mod crowd;
pub mod datagrams;
pub mod echo;
pub mod exact;
pub mod exhaustion;
pub mod http;
pub mod idle;
pub mod lines;
pub mod slow;
pub mod slow_http;
pub mod tls;
pub mod websocket;
