//! A downloader: a hundred pages, at most twenty at a time.
//!
//! Shows: `Pool::map` over fetches, with the results in the order of the URLs, whatever order they came in; a page that fails
//!        costs its own result and no other. The pages come from a server of its own.
//!
//! Run:    cargo run --release --example downloader [address]   (default: 127.0.0.1:0, where its own server listens)
//! Then:   wait some seconds: one of the pages never comes, and is given up
//! See:    a bar that grows on a terminal, lines elsewhere; then a summary, and which pages failed, and why. It ends by itself.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

pub(crate) mod fetch;

use std::error::Error;
use std::io::{IsTerminal, stderr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fetch::{FetchLimits, fetch};
use futures_util::stream;
use greenroom::{Body, HttpServer, Pool, Request, Response, TaskError, terminate};
use http::StatusCode;
use tokio::time::sleep;

const PAGES: usize = 100;
const AT_ONCE: usize = 20;
const LIMITS: FetchLimits = FetchLimits { time: Duration::from_secs(5), size: 1024 * 1024 };
const SLOW: Duration = Duration::from_millis(300);
/// Cells of the bar; lines where there is none.
const BAR: usize = 40;
const LINES: usize = 10;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let signal = terminate();
    let server = HttpServer::bind(address).start(page).await?;
    let address = &server.local_addrs()[0];
    println!("listening on {address}");
    let urls: Vec<_> = (0..PAGES).map(|n| format!("http://{address}/{n}")).collect();
    tokio::select! {
        results = download(urls, LIMITS) => report(&results?),
        _ = signal => println!("ended early"),
    }
    eprintln!("{}", server.stop().await);
    Ok(())
}

/// The size of each page, or why there is none.
pub(crate) async fn download(
    urls: Vec<String>,
    limits: FetchLimits,
) -> Result<Vec<Result<usize, String>>, TaskError> {
    let progress = Arc::new(Progress { all: urls.len(), done: Mutex::new(0) });
    let size_of = move |url: String| {
        let progress = Arc::clone(&progress);
        async move {
            let size = match fetch(&url, limits).await {
                Ok(page) if page.status().is_success() => Ok(page.body().len()),
                Ok(page) => Err(format!("{url}: {}", page.status())),
                Err(error) => Err(error.to_string()),
            };
            progress.step();
            size
        }
    };
    Pool::new(AT_ONCE).map(urls, size_of).await
}

fn report(results: &[Result<usize, String>]) {
    let bytes: usize = results.iter().flatten().sum();
    let failures: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    println!("{} pages with {bytes} bytes; {} failed", results.len() - failures.len(), failures.len());
    for failure in failures {
        println!("failed: {failure}");
    }
}

struct Progress {
    all: usize,
    done: Mutex<usize>,
}

impl Progress {
    fn step(&self) {
        // Held while it is shown, so that the bar never shrinks.
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        *done += 1;
        let (done, all) = (*done, self.all);
        if stderr().is_terminal() {
            let end = if done == all { "\n" } else { "" };
            eprint!("\r[{:<BAR$}] {done}/{all}{end}", "#".repeat(done * BAR / all));
        } else if done * LINES / all > (done - 1) * LINES / all {
            eprintln!("{done} of {all}");
        }
    }
}

/// Our own pages: some are slow, and some are not there, break off, are too large, or never come.
pub(crate) async fn page(request: Request) -> Response {
    let n = request.uri().path()[1..].parse().unwrap_or(13);
    if n % 10 == 7 {
        sleep(SLOW).await;
    }
    let mut response = Response::new(match n {
        50 => Body::try_stream(stream::iter([Ok("half of a page"), Err("the other half is lost")])),
        60 => Body::stream(stream::repeat("more and more ")),
        75 => std::future::pending().await,
        _ => "x".repeat(10 * n).into(),
    });
    if n % 25 == 13 {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}
