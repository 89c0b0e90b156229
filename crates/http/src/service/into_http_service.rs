//! From what a user has to what is served.

use std::future::Future;

use crate::service::{HttpFunction, HttpOutput, HttpService, Request};

/// What can be served: a tower service, or a plain function from a request to an answer.
///
/// `Via` tells the two apart, and is never written.
///
/// # Examples
///
/// ```
/// use greenroom_http::{HttpServer, Request, Response};
///
/// async fn hello(_: Request) -> Response {
///     Response::new("hello\n".into())
/// }
/// # async fn example() -> std::io::Result<()> {
/// let server = HttpServer::bind("127.0.0.1:8080").start(hello).await?;
/// # drop(server);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that answers HTTP requests",
    label = "neither a tower service nor an `async fn(Request)`",
    note = "a service is an `async fn(Request)` that returns a `Response`, text, a status, both, or a `Result` with one of \
            these; or a tower service that is `Clone`, `Send` and `'static`, such as axum's `Router`"
)]
pub trait IntoHttpService<Via> {
    /// What is served.
    type Service: HttpService;

    /// The service.
    fn into_http_service(self) -> Self::Service;
}

/// Is a tower service.
#[derive(Debug)]
#[non_exhaustive]
pub enum ViaTower {}

/// Is a function.
#[derive(Debug)]
#[non_exhaustive]
pub enum ViaFunction {}

impl<S: HttpService> IntoHttpService<ViaTower> for S {
    type Service = S;

    fn into_http_service(self) -> S {
        self
    }
}

impl<F, Fut> IntoHttpService<ViaFunction> for F
where
    F: Fn(Request) -> Fut + Send + Sync + 'static,
    Fut: Future<Output: HttpOutput> + Send + 'static,
{
    type Service = HttpFunction<F>;

    fn into_http_service(self) -> HttpFunction<F> {
        HttpFunction::new(self)
    }
}
