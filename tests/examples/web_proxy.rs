//! The `web_proxy` example.

#[path = "../../examples/web_proxy/main.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use greenroom::{HttpServer, Request, Response, ServerHandle, StreamServer};
use http::header::{CONTENT_TYPE, LOCATION, SET_COOKIE};
use http::{HeaderValue, StatusCode};

use crate::browser::{ask, get};

/// The other server: its pages lead to each other.
async fn pages(request: Request) -> Response {
    let path = request.uri().path_and_query().map_or("", |path| path.as_str());
    let mut response = Response::new("a <a href=\"/b?c=d\">link</a> & href=/x is\n".into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response.headers_mut().insert(SET_COOKIE, HeaderValue::from_static("a=b"));
    match path {
        "/text?q=1" => {
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        }
        "/moved" => {
            *response.status_mut() = StatusCode::FOUND;
            response.headers_mut().insert(LOCATION, HeaderValue::from_static("/text"));
        }
        "/" => {}
        _ => *response.status_mut() = StatusCode::NOT_FOUND,
    }
    response
}

/// The proxy, the other server, and the other server's name.
async fn both() -> (ServerHandle, ServerHandle, String) {
    let proxy = HttpServer::bind("127.0.0.1:0").start(example::proxy).await.expect("a free port");
    let other = HttpServer::bind("127.0.0.1:0").start(pages).await.expect("a free port");
    let name = other.local_addrs()[0].to_string();
    (proxy, other, name)
}

#[tokio::test]
async fn pages_are_shown_with_their_links_leading_through_it() {
    let (proxy, other, host) = both().await;
    for target in [format!("/{host}/"), format!("/{host}"), format!("/http://{host}/")] {
        let page = get(&proxy, &target).await;
        assert_eq!((page.status, page.header("content-type")), (200, "text/html"), "{target}");
        assert_eq!(
            page.text,
            format!("a <a href=\"/{host}/b?c=d\">link</a> & href=/{host}/x is\n"),
            "{target}"
        );
        assert_eq!(page.header("set-cookie"), "");
    }
    let text = get(&proxy, &format!("/{host}/text?q=1")).await;
    assert_eq!((text.status, text.header("content-type")), (200, "text/plain"));
    assert!(text.text.contains("\"/b?c=d\""), "only HTML is rewritten: {}", text.text);
    assert_eq!(get(&proxy, &format!("/{host}/missing")).await.status, 404);
    let moved = get(&proxy, &format!("/{host}/moved")).await;
    assert_eq!((moved.status, moved.header("location").to_owned()), (302, format!("/{host}/text")));
    proxy.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn the_form_leads_to_its_page() {
    let (proxy, other, host) = both().await;
    let form = get(&proxy, "/").await;
    assert!(form.status == 200 && form.text.contains("<form method=post"), "{}", form.text);
    for (typed, location) in [
        (format!("url={host}"), format!("/{host}/")),
        (format!("url=http%3A%2F%2F{host}%2Fa%3Fb&submit=x"), format!("/{host}/a?b")),
    ] {
        let typed = typed.split('&').next().expect("something").to_owned();
        let answer = ask(&proxy, "POST", "/", typed).await;
        assert_eq!((answer.status, answer.header("location")), (302, location.as_str()));
    }
    // None of these may lead elsewhere, or smuggle in a header.
    for bad in
        ["", "u=x", "url=", "url=%2F%2Felsewhere", "url=%5Celsewhere", "url=a%0D%0Aset-cookie:b", "url=a+b"]
    {
        let answer = ask(&proxy, "POST", "/", bad).await;
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{bad}");
    }
    assert_eq!(ask(&proxy, "POST", "/x", "url=a").await.status, 404);
    assert_eq!(ask(&proxy, "DELETE", "/", "").await.status, 501);
    proxy.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn what_cannot_be_fetched_is_a_502_that_says_why_escaped() {
    let (proxy, other, host) = both().await;
    other.stop().await;
    let refused = get(&proxy, &format!("/{host}/?b=%22'")).await;
    assert_eq!(refused.status, 502);
    assert!(refused.text.contains(&format!("http://{host}/")), "{}", refused.text);
    for (target, said) in [
        ("/https://example.org/", "only http:// is fetched here"),
        ("/name:word@localhost/", "names and passwords are not sent"),
        ("/:80/", "its server is missing"),
    ] {
        let answer = get(&proxy, target).await;
        assert!(answer.status == 502 && answer.text.contains(said), "{target}: {}", answer.text);
    }
    let escaped = get(&proxy, "/https://x/\"&").await;
    assert!(escaped.text.contains("&quot;&amp;"), "{}", escaped.text);
    let not_http = StreamServer::bind("127.0.0.1:0")
        .start(async |mut conn: greenroom::Connection| conn.send_line("<b>220 mail</b>").await)
        .await
        .expect("a free port");
    let answer = get(&proxy, &format!("/{}/", not_http.local_addrs()[0])).await;
    assert!(answer.status == 502 && !answer.text.contains("<b>220"), "{}", answer.text);
    proxy.stop().await;
}

#[test]
fn links_are_found_however_they_are_written() {
    let rewrite =
        |page: &str| String::from_utf8(example::links::rewrite(page.as_bytes(), "h:1")).expect("text");
    for (page, rewritten) in [
        ("<a href=/x>", "<a href=/h:1/x>"),
        ("<a HREF = '/x'>", "<a HREF = '/h:1/x'>"),
        ("<img src=\"http://o/x\">", "<img src=\"/o/x\">"),
        ("<img src=//o/x>", "<img src=/o/x>"),
        ("<form action=/>", "<form action=/h:1/>"),
        ("<a href=\"x\"><a href=\"https://o/\">", "<a href=\"x\"><a href=\"https://o/\">"),
        ("a=/x datahref=/x = / ==/ =", "a=/x datahref=/x = / ==/ ="),
        ("", ""),
        ("<a href=", "<a href="),
    ] {
        assert_eq!(rewrite(page), rewritten);
    }
}
