//! A small HTTP client, which three examples share: one GET of an `http://` page, with a limit on its time and its size.
//! Greenroom has no client of its own; this is hyper's, over `connect`.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use greenroom::{Escaped, WithTimeout, connect};
use http::header::{HOST, USER_AGENT};
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

const HTTP_PORT: u16 = 80;

/// What a page may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FetchLimits {
    /// From the lookup of the name to the last byte.
    pub(crate) time: Duration,
    /// Bytes of its body.
    pub(crate) size: usize,
}

/// Gets the page, whatever its status; redirects are not followed.
pub(crate) async fn fetch(url: &str, limits: FetchLimits) -> Result<Response<Bytes>, FetchError> {
    let page = get(url, limits.size).timeout(limits.time).await;
    page.unwrap_or(Err(Why::TooSlow(limits.time))).map_err(|why| FetchError { url: url.to_owned(), why })
}

async fn get(url: &str, most: usize) -> Result<Response<Bytes>, Why> {
    let uri: Uri = url.parse().map_err(|_| Why::Url("this is no URL"))?;
    let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http"));
    let authority = authority.ok_or(Why::Url("only http:// is fetched here"))?;
    if authority.as_str().contains('@') {
        return Err(Why::Url("names and passwords are not sent from here"));
    }
    if authority.host().is_empty() {
        return Err(Why::Url("its server is missing"));
    }
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let stream = connect((host, authority.port_u16().unwrap_or(HTTP_PORT))).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let request = Request::get(uri.path_and_query().map_or("/", |target| target.as_str()))
        .header(HOST, authority.as_str())
        .header(USER_AGENT, "greenroom-examples")
        .body(Empty::<Bytes>::new())?;
    let exchange = async move {
        let (head, mut incoming) = sender.send_request(request).await?.into_parts();
        if head.status.is_informational() {
            return Err(Why::Url("its server wants to speak something else than HTTP"));
        }
        let mut body = BytesMut::new();
        while let Some(frame) = incoming.frame().await {
            let Ok(data) = frame?.into_data() else { continue };
            if body.len() + data.len() > most {
                return Err(Why::TooLarge(most));
            }
            body.extend_from_slice(&data);
        }
        Ok(Response::from_parts(head, body.freeze()))
    };
    // The connection has to be driven, and ends when nobody wants anything of it any more. Its error is the exchange's, too.
    tokio::join!(exchange, connection).0
}

/// There is no page. Displayed, it names the URL.
#[derive(Debug)]
pub(crate) struct FetchError {
    url: String,
    why: Why,
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", Escaped(&self.url))?;
        match &self.why {
            Why::Url(how) => f.write_str(how),
            Why::TooLarge(most) => write!(f, "the page has more than {most} bytes"),
            Why::TooSlow(limit) => write!(f, "the page was not there after {} s", limit.as_secs_f64()),
            Why::Failed(error) => write!(f, "{error}"),
        }
    }
}

impl Error for FetchError {}

#[derive(Debug)]
enum Why {
    Url(&'static str),
    TooLarge(usize),
    TooSlow(Duration),
    Failed(Box<dyn Error + Send + Sync>),
}

impl<E: Error + Send + Sync + 'static> From<E> for Why {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}
