//! The `downloader` example.

#[path = "../../examples/downloader.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use std::time::Duration;

use example::fetch::FetchLimits;
use greenroom::HttpServer;

#[tokio::test]
async fn results_come_in_the_order_of_the_pages_and_failures_in_their_places() {
    let server = HttpServer::bind("127.0.0.1:0").start(example::page).await.expect("a free port");
    let address = server.local_addrs()[0].to_string();
    // Page 75 never comes: see below.
    let pages: Vec<_> = (0..100).filter(|n| *n != 75).collect();
    let urls = pages.iter().map(|n| format!("http://{address}/{n}")).collect();
    let limits = FetchLimits { time: Duration::from_secs(600), size: 100_000 };
    let results = example::download(urls, limits).await.expect("no fetch panics");
    for (n, result) in pages.iter().zip(&results) {
        match (n, result) {
            (13 | 38 | 63 | 88, Err(why)) => {
                assert_eq!(*why, format!("http://{address}/{n}: 404 Not Found"));
            }
            (50, Err(why)) => assert!(why.contains("/50: "), "{why}"),
            (60, Err(why)) => assert!(why.ends_with("the page has more than 100000 bytes"), "{why}"),
            (n, result) => assert_eq!(*result, Ok(10 * n)),
        }
    }
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_page_that_never_comes_is_given_up_and_named() {
    let server = HttpServer::bind("127.0.0.1:0").start(example::page).await.expect("a free port");
    let url = format!("http://{}/75", server.local_addrs()[0]);
    let limits = FetchLimits { time: Duration::from_secs(5), size: 1000 };
    let results = example::download(vec![url.clone()], limits).await.expect("no fetch panics");
    assert_eq!(results, [Err(format!("{url}: the page was not there after 5 s"))]);
    server.stop().await;
}
