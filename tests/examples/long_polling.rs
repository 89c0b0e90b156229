//! The `long_polling` example.

#[path = "../../examples/long_polling.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use greenroom::{Event, HttpServer, Queue, ServerHandle};

use crate::browser::{ask, get};
use crate::client::Client;

async fn server(words: Queue<String>) -> ServerHandle {
    let server = HttpServer::bind("127.0.0.1:0");
    server.start(move |request| example::answer(request, words.clone())).await.expect("a free port")
}

#[tokio::test]
async fn what_is_put_answers_who_waits() {
    let server = server(Queue::bounded(1)).await;
    let (news, put) = tokio::join!(get(&server, "/poll"), ask(&server, "POST", "/put", "hello world"));
    assert_eq!((news.status, news.text.as_str(), put.status), (200, "hello world", 202));
    assert_eq!(news.header("cache-control"), "no-store");
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn after_ten_seconds_without_news_the_answer_is_204() {
    let server = server(Queue::bounded(1)).await;
    let news = get(&server, "/poll").await;
    assert_eq!((news.status, news.text.as_str()), (204, ""));
    server.stop().await;
}

#[tokio::test]
async fn one_who_has_gone_takes_nothing_along() {
    let words = Queue::bounded(1);
    let server = server(words.clone()).await;
    let mut gone = Client::connect(&server).await;
    gone.send("GET /poll HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    while server.stats().active == 0 {
        tokio::task::yield_now().await;
    }
    gone.reset();
    while server.stats().active > 0 {
        tokio::task::yield_now().await;
    }
    words.try_put("hello".to_owned()).expect("there is room");
    assert_eq!(get(&server, "/poll").await.text, "hello");
    server.stop().await;
}

#[tokio::test]
async fn what_nobody_wants_is_kept_up_to_a_point() {
    let server = server(Queue::bounded(2)).await;
    for status in [202, 202, 503] {
        assert_eq!(ask(&server, "POST", "/put", "hello").await.status, status);
    }
    assert_eq!(get(&server, "/poll").await.text, "hello");
    assert_eq!(ask(&server, "POST", "/put", "hello").await.status, 202);
    server.stop().await;
}

#[tokio::test]
async fn a_stop_answers_whoever_waits() {
    let (words, polled) = (Queue::bounded(1), Event::new());
    let asked = polled.clone();
    let service = move |request| {
        // Whoever hears it runs when the request has been polled.
        asked.set();
        example::answer(request, words.clone())
    };
    let server = HttpServer::bind("127.0.0.1:0").start(service).await.expect("a free port");
    let mut waiting = Client::connect(&server).await;
    waiting.send("GET /poll HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    polled.wait().await;
    let report = server.stop().await;
    assert!(report.is_clean(), "{report}");
    assert_eq!(waiting.line().await.as_deref(), Some("HTTP/1.1 204 No Content"));
}

#[tokio::test]
async fn the_page_is_there_and_other_methods_are_not() {
    let server = server(Queue::bounded(1)).await;
    assert!(get(&server, "/").await.text.contains("fetch(\"/poll\")"));
    for (method, path, allowed) in
        [("POST", "/", "GET, HEAD"), ("HEAD", "/poll", "GET"), ("GET", "/put", "POST")]
    {
        let answer = ask(&server, method, path, "").await;
        assert_eq!((answer.status, answer.header("allow")), (405, allowed), "{method} {path}");
    }
    assert_eq!(get(&server, "/elsewhere").await.status, 404);
    server.stop().await;
}
