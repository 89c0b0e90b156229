//! HTTPS: the hello of `http_hello`, under TLS.
//!
//! Shows: a `Tls` from files or from text; HTTP/2 where the client agrees to it in the handshake (ALPN), HTTP/1.1 otherwise; what
//!        a request knows of its handshake.
//!
//! Run:    cargo run --release --example https_hello [address] [certificate key]
//!         (default: 127.0.0.1:8443, with a certificate for localhost that is made up at each start: for development only)
//! Then:   curl -k https://127.0.0.1:8443/
//!         curl -k --http1.1 https://127.0.0.1:8443/
//! See:    `<b>hello world</b>, over HTTP/2.0 and TLSv1.3`. Ctrl-C here stops the server: requests that are being answered get
//!         their answers.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

use std::io;

use greenroom::{HttpServer, Request, RequestFacts, Response, Tls, terminate};
use http::StatusCode;

const USAGE: &str = "usage: https_hello [address] [certificate key]";

#[tokio::main]
async fn main() -> io::Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let (address, tls) = match arguments[..] {
        [] => ("127.0.0.1:8443", made_up()?),
        [address] => (address, made_up()?),
        [address, certificate, key] => (address, Tls::from_files(certificate, key)?),
        _ => return Err(io::Error::other(USAGE)),
    };
    let signal = terminate();
    let server = HttpServer::bind(address).tls(tls).start(hello).await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    eprintln!("{}", server.stop_when(signal).await);
    Ok(())
}

pub(crate) async fn hello(request: Request) -> Response {
    if request.uri().path() != "/" {
        let mut response = Response::new("<h1>Not Found</h1>\n".into());
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    }
    let tls = RequestFacts::of(&request).and_then(RequestFacts::tls);
    let tls = tls.map_or("nothing", |tls| tls.version());
    Response::new(format!("<b>hello world</b>, over {:?} and {tls}\n", request.version()).into())
}

/// A certificate for this machine. Nobody else has reason to trust it.
pub(crate) fn made_up() -> io::Result<Tls> {
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let made = rcgen::generate_simple_self_signed(names).map_err(io::Error::other)?;
    Ok(Tls::from_pem(made.cert.pem(), made.signing_key.serialize_pem())?)
}
