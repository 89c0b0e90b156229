//! Ours, over TLS.

use greenroom::Tls;

use crate::line::certificate::Certificate;
use crate::line::ours::recv::echo;
use crate::line::ours::server::{serve, server};
use crate::line::serving::Serving;

pub async fn start() -> Serving {
    let Certificate { certificate, key } = Certificate::new();
    let tls = Tls::from_pem(certificate.as_bytes(), key.as_bytes()).expect("a pair");
    serve(server().tls(tls), echo).await
}
