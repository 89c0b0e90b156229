//! A web proxy: it shows other servers' pages as its own, with their links leading through it.
//!
//! Shows: a server that is a client, too; limits on what it fetches; whatever fails is answered, and escaped on its way into a page.
//!
//! Run:    cargo run --release --example web_proxy [address]   (default: 127.0.0.1:8091)
//! Then:   open http://127.0.0.1:8091/ in a browser, or: curl http://127.0.0.1:8091/example.org/
//! See:    a form that asks for a page; pages by http:// (there is no TLS to the other side here), or a 502 that says what went
//!         wrong. Each page that was fetched is named here. Ctrl-C here stops the server: pages under way are shown first.
//!
//! It fetches whatever it is asked for, from where it runs. On the loopback address, as it is by default, only this machine
//! can ask; on any other it is an open relay, also to what lies behind your firewall: do not do that.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

#[path = "../fetch/mod.rs"]
mod fetch;
mod form;
pub(crate) mod links;

use std::io;
use std::time::Duration;

use bytes::Bytes;
use fetch::{FetchLimits, fetch};
use form::decode;
use greenroom::{Body, BodyError, Escaped, HttpServer, Request, Response, terminate};
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Method, StatusCode, Uri};
use links::{rewrite, through_here};

const LIMITS: FetchLimits = FetchLimits { time: Duration::from_secs(10), size: 8 * 1024 * 1024 };
const FORM: &str =
    "<h1>Web proxy</h1><form method=post action=/>http://<input name=url><input type=submit></form>\n";
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

#[tokio::main]
async fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8091".to_owned());
    let signal = terminate();
    let server = HttpServer::bind(address).start(proxy).await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    eprintln!("{}", server.stop_when(signal).await);
    Ok(())
}

pub(crate) async fn proxy(request: Request) -> Result<Response, BodyError> {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned();
    Ok(match (request.method(), target.as_str()) {
        (&Method::GET, "/") => html(StatusCode::OK, FORM),
        (&Method::GET, target) => show(&target[1..]).await,
        (&Method::POST, "/") => redirect(&request.into_body().text().await?),
        (&Method::POST, _) => html(StatusCode::NOT_FOUND, "<h1>Not Found</h1>\n"),
        _ => html(StatusCode::NOT_IMPLEMENTED, "<h1>Not Implemented</h1>\n"),
    })
}

async fn show(target: &str) -> Response {
    let has_scheme = ["http://", "https://"].iter().any(|scheme| target.starts_with(scheme));
    let url = if has_scheme { target.to_owned() } else { format!("http://{target}") };
    match fetch(&url, LIMITS).await {
        Ok(page) => {
            eprintln!("{}: {}", Escaped(&url), page.status());
            pass_on(&page, url.split(['/', '?']).nth(2).unwrap_or_default())
        }
        Err(error) => bad_gateway(&error.to_string()),
    }
}

/// Of its headers only what a page needs: no cookies, and nothing that was between the other server and us.
fn pass_on(page: &http::Response<Bytes>, host: &str) -> Response {
    let kind = page.headers().get(CONTENT_TYPE).cloned();
    let is_html = kind.as_ref().is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let body = if is_html { rewrite(page.body(), host).into() } else { page.body().clone() };
    let mut response = Response::new(body.into());
    *response.status_mut() = page.status();
    response.headers_mut().extend(kind.map(|kind| (CONTENT_TYPE, kind)));
    let location = page.headers().get(LOCATION).and_then(|link| through_here(link, host));
    response.headers_mut().extend(location.map(|location| (LOCATION, location)));
    response
}

/// From the form to the page.
fn redirect(form: &str) -> Response {
    let wanted = form.trim().strip_prefix("url=").map(decode).unwrap_or_default();
    let wanted = wanted.trim().strip_prefix("http://").unwrap_or(wanted.trim());
    // It has to begin with a host: `Location: //elsewhere` would lead away from here.
    let uri = format!("http://{wanted}").parse::<Uri>().ok();
    let location = uri.and_then(|uri| {
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        HeaderValue::from_str(&format!("/{}{path}", uri.authority()?)).ok()
    });
    let Some(location) = location else { return html(StatusCode::BAD_REQUEST, "<h1>That is no page</h1>\n") };
    let mut response = html(StatusCode::FOUND, "");
    response.headers_mut().insert(LOCATION, location);
    response
}

fn bad_gateway(error: &str) -> Response {
    let escaped =
        error.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    html(StatusCode::BAD_GATEWAY, format!("<h1>Bad Gateway</h1><p>{escaped}</p>\n"))
}

fn html(status: StatusCode, text: impl Into<Body>) -> Response {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HTML);
    response
}
