//! What a user writes: a tower service, or a plain function.

mod http_function;
mod http_output;
mod http_service;
mod into_http_service;
mod message;

pub use http_function::{HttpFunction, HttpFunctionFuture};
pub use http_output::HttpOutput;
pub use http_service::HttpService;
pub use into_http_service::{IntoHttpService, ViaFunction, ViaTower};
pub use message::{Request, Response};
