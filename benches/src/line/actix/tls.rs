//! tokio-rustls on its streams, which is what its own acceptor is made of.

use tokio_rustls::TlsAcceptor;

use crate::line::actix::server::serve;
use crate::line::raw;
use crate::line::serving::Serving;

pub async fn start() -> Serving {
    let acceptor = TlsAcceptor::from(raw::tls::config());
    serve(move |stream| raw::tls::echo(acceptor.clone(), stream))
}
