//! The `chatroom` example.

#[path = "../../examples/chatroom/main.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use std::time::Duration;

use greenroom::{Event, Http, HttpServer, Request, ServerHandle};
use serde_json::{Value, json};

use crate::browser::{ask, get};
use crate::client::Client;
use crate::member::{Member, TRANSPORTS, Transport, key, query};
use crate::websocket::{Heard, Socket};

async fn server() -> ServerHandle {
    let hub = example::Hub::default();
    HttpServer::bind("127.0.0.1:0")
        .http(Http::new().max_body(example::LONGEST_BODY))
        .start(move |request| example::answer(request, hub.clone()))
        .await
        .expect("a free port")
}

#[tokio::test]
async fn two_talk_over_each_pair_of_transports_and_one_is_seen_to_leave() {
    let server = server().await;
    for one in TRANSPORTS {
        for other in TRANSPORTS {
            let room = format!("{one:?}-{other:?}");
            let mut ann = Member::enter(&server, one, &room, "Ann").await;
            let mut bob = Member::enter(&server, other, &room, "Bob").await;
            assert_eq!(ann.next().await, json!({"type": "joined", "name": "Bob"}), "{room}");
            ann.say("Hello Bob!").await;
            bob.say("Hello Ann!").await;
            for member in [&mut ann, &mut bob] {
                let mut said = [member.hears().await, member.hears().await];
                said.sort();
                let expected = [("Ann", "Hello Bob!"), ("Bob", "Hello Ann!")];
                assert_eq!(said, expected.map(|(from, text)| (from.to_owned(), text.to_owned())), "{room}");
            }
            bob.leave().await;
            assert_eq!(ann.next().await, json!({"type": "left", "name": "Bob"}), "{room}");
            ann.leave().await;
        }
    }
    let report = server.stop().await;
    assert!(report.is_clean(), "{report}");
}

#[tokio::test]
async fn one_whose_connection_breaks_is_seen_to_leave() {
    let server = server().await;
    let mut ann = Member::enter(&server, Transport::WebSocket, "lobby", "Ann").await;
    for by in [Transport::WebSocket, Transport::Events] {
        let bob = Member::enter(&server, by, "lobby", "Bob").await;
        ann.next_of("joined").await;
        bob.reset();
        assert_eq!(ann.next_of("left").await["name"], "Bob", "{by:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_who_polls_no_more_is_seen_to_leave() {
    let server = server().await;
    let mut ann = Member::enter(&server, Transport::Events, "lobby", "Ann").await;
    let bob = Member::enter(&server, Transport::Poll, "lobby", "Bob").await;
    bob.reset();
    assert_eq!(ann.next_of("left").await["name"], "Bob");
}

#[tokio::test]
async fn a_newcomer_hears_the_last_25_messages() {
    let server = server().await;
    for by in TRANSPORTS {
        let room = format!("{by:?}");
        // Each may say ten in a row.
        for speaker in 0..3 {
            let name = format!("speaker{speaker}");
            let mut member = Member::enter(&server, Transport::WebSocket, &room, &name).await;
            for n in 0..10 {
                member.say(&format!("message {}", speaker * 10 + n)).await;
                member.hears().await;
            }
            member.leave().await;
        }
        let mut late = Member::knock(&server, by, &query(&room, "late", &key("late"))).await;
        let welcome = late.next().await;
        assert_eq!((&welcome["type"], &welcome["room"]), (&json!("welcome"), &json!(room.to_lowercase())));
        let backlog = welcome["backlog"].as_array().expect("it has a backlog");
        let texts: Vec<_> = backlog.iter().map(|said| said["text"].as_str().unwrap_or_default()).collect();
        let expected: Vec<_> = (5..30).map(|n| format!("message {n}")).collect();
        assert_eq!(texts, expected);
        let times: Vec<_> = backlog.iter().map(|said| said["at"].as_u64()).collect();
        assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "a page tells them apart by their times");
    }
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused_with_words_and_free_again_later() {
    let server = server().await;
    let ann = Member::enter(&server, Transport::WebSocket, "lobby", "Ann").await;
    for by in TRANSPORTS {
        let mut other = Member::knock(&server, by, &query("lobby", "aNN", &key("other"))).await;
        let refused = json!({"type": "refused", "why": "aNN is here already: please choose another name."});
        assert_eq!(other.next().await, refused, "{by:?}");
        if by == Transport::WebSocket {
            assert_eq!(other.next().await, json!({"type": "end", "code": 4000, "why": "refused"}));
        }
        // In another room the name is free.
        Member::enter(&server, by, "elsewhere", "Ann").await.leave().await;
    }
    ann.leave().await;
    while get(&server, "/rooms").await.text.contains(r#""members":1"#) {
        tokio::task::yield_now().await;
    }
    Member::enter(&server, Transport::Poll, "lobby", "aNN").await;
}

#[tokio::test]
async fn whoever_comes_back_with_the_same_key_takes_over_the_old_seat() {
    let server = server().await;
    let mut bob = Member::enter(&server, Transport::WebSocket, "lobby", "Bob").await;
    let mut old = Member::enter(&server, Transport::WebSocket, "lobby", "Ann").await;
    bob.next_of("joined").await;
    for by in [Transport::Events, Transport::Poll, Transport::WebSocket] {
        let new = Member::enter(&server, by, "lobby", "Ann").await;
        let refused = json!({"type": "refused", "why": "You have come in from another window."});
        assert_eq!(old.next().await, refused);
        old = new;
    }
    old.say("still me").await;
    assert_eq!(bob.next().await["text"], "still me", "nothing was heard of leaving or joining");
}

#[tokio::test]
async fn whatever_is_typed_comes_back_as_data_unaltered() {
    let server = server().await;
    let mut ann = Member::enter(&server, Transport::WebSocket, "lobby", "%3Cb%3EAnn%22%5C%3C/b%3E").await;
    let mut bob = Member::enter(&server, Transport::Events, "lobby", "Bob+%C3%A9").await;
    let mut cem = Member::enter(&server, Transport::Poll, "lobby", "Cem").await;
    for text in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        r#"",{"type":"left","name":"Bob"},""#,
        "two\nlines\r\n\r\nid: 7\n\nevent: x",
        "\\u0000 \\ \u{1}\u{7f}\u{85}\u{2028}\u{2029} \u{202e}gnol",
        "\u{1f3ad} ünï \u{200b}cödé",
    ] {
        ann.say(text).await;
        for member in [&mut ann, &mut bob, &mut cem] {
            let expected = ("<b>Ann\"\\</b>".to_owned(), text.to_owned());
            assert_eq!(member.hears().await, expected, "{member:?}");
        }
    }
    bob.say("<script>").await;
    assert_eq!(ann.hears().await, ("Bob é".to_owned(), "<script>".to_owned()));
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_words() {
    let server = server().await;
    let long = "x".repeat(25);
    for (query, why) in [
        (query("lobby", "", &key("x")), "A name has 1 to 24 letters."),
        (query("lobby", &long, &key("x")), "A name has 1 to 24 letters."),
        (query(&long, "Ann", &key("x")), "A room has 1 to 24 letters."),
        (query("lobby", "A%00nn", &key("x")), "There are signs in this name that nobody can see."),
        (query("lobby", "A%E2%80%8Bnn", &key("x")), "There are signs in this name that nobody can see."),
        (query("lobby", "Ann", "short"), "A key has 16 to 64 letters."),
        ("nothing".to_owned(), "A room has 1 to 24 letters."),
    ] {
        for by in TRANSPORTS {
            let mut member = Member::knock(&server, by, &query).await;
            assert_eq!(member.next().await, json!({"type": "refused", "why": why}), "{by:?} {query}");
        }
    }
    assert_eq!(get(&server, "/rooms").await.text, "[]", "nobody has come in");
}

#[tokio::test]
async fn a_message_that_is_not_passed_on_comes_with_the_reason() {
    let server = server().await;
    let mut ann = Socket::open(&server, &format!("/socket?{}", query("lobby", "Ann", &key("Ann")))).await;
    ann.text().await;
    let long = "é".repeat(2001);
    for (text, why) in [
        (" \n ", "There is nothing in this message."),
        (long.as_str(), "This message has more than 2000 letters."),
    ] {
        ann.send(text).await;
        let unsaid: Value = serde_json::from_str(&ann.text().await).expect("it is JSON");
        assert_eq!(unsaid, json!({"type": "unsaid", "why": why}));
    }
    ann.send_bytes(b"\xff").await;
    assert!(ann.text().await.contains("This message is no text."));
    // The same by request.
    let query = query("lobby", "Bob", &key("Bob"));
    let say = format!("/say?{query}");
    let stranger = ask(&server, "POST", &say, "hello").await;
    let expected = (410, "You have no seat in this room: please enter again.\n");
    assert_eq!((stranger.status, stranger.text.as_str()), expected);
    let _bob = Member::enter(&server, Transport::Poll, "lobby", "Bob").await;
    assert_eq!(ask(&server, "POST", &say, &b"\xff"[..]).await.status, 400);
    assert_eq!(ask(&server, "POST", &say, long).await.status, 413);
    assert_eq!(ask(&server, "POST", &say, "x".repeat(20_000)).await.status, 413);
    // Ann's seat is Ann's, whatever Bob knows of her.
    let forged = say.replace("Bob&", "Ann&");
    assert_eq!(ask(&server, "POST", &forged, "I am Ann").await.status, 410);
}

#[tokio::test]
async fn one_who_talks_too_fast_is_told_to_wait() {
    let server = server().await;
    let mut ann = Member::enter(&server, Transport::WebSocket, "lobby", "Ann").await;
    for n in 0..200 {
        ann.say(&format!("message {n}")).await;
    }
    let unsaid = ann.next_of("unsaid").await;
    assert_eq!(unsaid["why"], "You talk faster than the others can read: please wait a moment.");
}

#[tokio::test]
async fn a_member_who_reads_nothing_costs_only_itself() {
    let server = server().await;
    let mut ann = Member::enter(&server, Transport::WebSocket, "lobby", "Ann").await;
    let query = query("lobby", "deaf", &key("deaf"));
    // This one has entered, and never polls: its mailbox fills up.
    assert_eq!(ask(&server, "POST", &format!("/enter?{query}"), "").await.status, 201);
    ann.next_of("joined").await;
    let server = &server;
    let others = async move {
        for n in 0.. {
            Member::enter(server, Transport::WebSocket, "lobby", &format!("Bob{n}")).await.leave().await;
        }
    };
    tokio::select! {
        () = others => {}
        () = async { while ann.next_of("left").await["name"] != "deaf" {} } => {}
    }
    assert_eq!(get(server, &format!("/news?{query}&seat=2&seen=0")).await.status, 410);
    ann.say("still here").await;
    assert_eq!(ann.hears().await.1, "still here");
}

#[tokio::test]
async fn an_answer_that_was_lost_is_given_again() {
    let server = server().await;
    let query = query("lobby", "Ann", &key("Ann"));
    let entered = ask(&server, "POST", &format!("/enter?{query}"), "").await;
    assert_eq!((entered.status, entered.text.as_str()), (201, "1\n"));
    let target = format!("/news?{query}&seat=1&seen=0");
    let first = get(&server, &target).await;
    let again = get(&server, &target).await;
    assert!(first.text.contains(r#""number":1,"news":[{"type":"welcome""#), "{}", first.text);
    assert_eq!(first.text, again.text);
    ask(&server, "POST", &format!("/say?{query}"), "hello").await;
    let next = get(&server, &target.replace("seen=0", "seen=1")).await;
    assert!(next.text.contains(r#""number":2,"news":[{"type":"said""#), "{}", next.text);
}

#[tokio::test]
async fn a_stop_is_told_to_everybody_and_ends_clean() {
    let (hub, polled) = (example::Hub::default(), Event::new());
    let asked = polled.clone();
    let service = move |request: Request| {
        // Whoever hears it runs when the request has been polled.
        if request.uri().query().is_some_and(|query| query.ends_with("seen=1")) {
            asked.set();
        }
        example::answer(request, hub.clone())
    };
    let server = HttpServer::bind("127.0.0.1:0").start(service).await.expect("a free port");
    let mut members = Vec::new();
    for by in TRANSPORTS {
        members.push((by, Member::enter(&server, by, &format!("{by:?}"), "Ann").await));
    }
    let (_, mut polling) = members.pop().expect("there are three");
    let polling = tokio::spawn(async move { polling.next().await });
    polled.wait().await;
    let report = server.stop().await;
    assert!(report.is_clean(), "{report}");
    assert_eq!(polling.await.expect("it is answered")["type"], "leaving");
    for (by, mut member) in members {
        let last = member.next().await;
        match by {
            Transport::WebSocket => assert_eq!((&last["type"], &last["code"]), (&json!("end"), &json!(1001))),
            _ => {
                assert_eq!(last["type"], "leaving", "{by:?}");
                assert_eq!(member.next().await["type"], "end");
            }
        }
    }
}

#[tokio::test]
async fn members_left_to_the_end_are_killed_and_leave() {
    let server = server().await;
    let query = query("lobby", "Ann", &key("Ann"));
    // A client that answers no close.
    let mut ann = Client::connect(&server).await;
    ann.send(format!(
        "GET /socket?{query} HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ))
    .await;
    ann.line_with("101").await;
    while !get(&server, "/rooms").await.text.contains(r#""members":1"#) {
        tokio::task::yield_now().await;
    }
    let report = server.stop_within(Duration::ZERO).await;
    assert_eq!(report.cut_off, 0, "{report}");
}

#[tokio::test]
async fn the_page_and_its_files_come_with_a_strict_policy() {
    let server = server().await;
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/chat.css", "text/css; charset=utf-8"),
        ("/chat.js", "text/javascript; charset=utf-8"),
        ("/icon.svg", "image/svg+xml"),
        ("/rooms", "application/json"),
    ] {
        let (whole, head) = (get(&server, path).await, ask(&server, "HEAD", path, "").await);
        assert_eq!((whole.status, whole.header("content-type")), (200, kind));
        assert_eq!(
            (head.status, head.header("content-length")),
            (200, whole.text.len().to_string().as_str())
        );
        for answer in [&whole, &head] {
            let policy = answer.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
        }
    }
    let script = get(&server, "/chat.js").await.text;
    for unsafe_way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
        assert!(!script.contains(unsafe_way), "{unsafe_way}");
    }
}

#[tokio::test]
async fn other_paths_methods_and_origins_are_refused() {
    let server = server().await;
    for path in ["/nothing", "/socket/x", "/%2e%2e/main.rs"] {
        let missing = get(&server, path).await;
        assert_eq!(missing.status, 404);
        assert!(missing.header("content-security-policy").starts_with("default-src 'none'"));
    }
    for (method, path, allowed) in [
        ("POST", "/", "GET, HEAD"),
        ("DELETE", "/rooms", "GET, HEAD"),
        ("HEAD", "/events", "GET"),
        ("HEAD", "/news", "GET"),
        ("HEAD", "/socket", "GET"),
        ("GET", "/say", "POST"),
        ("GET", "/enter", "POST"),
    ] {
        let answer = ask(&server, method, path, "").await;
        assert_eq!((answer.status, answer.header("allow")), (405, allowed), "{method} {path}");
    }
    let target = format!("/socket?{}", query("lobby", "Ann", &key("Ann")));
    assert_eq!(get(&server, &target).await.status, 426, "no request for a WebSocket");
    let evil = Socket::open_from(&server, &target, Some("http://evil.example")).await;
    assert_eq!(evil.err(), Some(403));
    let mut own =
        Socket::open_from(&server, &target, Some("http://localhost")).await.expect("it is its own page");
    assert!(matches!(own.next().await, Heard::Text(welcome) if welcome.contains("welcome")));
}

#[tokio::test]
async fn the_hundredth_room_is_the_last_unless_one_is_empty() {
    let server = server().await;
    let mut members = Vec::new();
    for n in 0..100 {
        members.push(Member::enter(&server, Transport::Poll, &format!("room{n}"), "Ann").await);
    }
    let mut late = Member::knock(&server, Transport::Poll, &query("late", "Ann", &key("Ann"))).await;
    let why = "There are 100 rooms already: please enter one of them.";
    assert_eq!(late.next().await, json!({"type": "refused", "why": why}));
    members.swap_remove(42).leave().await;
    while !get(&server, "/rooms").await.text.contains(r#"{"room":"room42","members":0}"#) {
        tokio::task::yield_now().await;
    }
    Member::enter(&server, Transport::Poll, "late", "Ann").await;
    assert!(!get(&server, "/rooms").await.text.contains("room42"));
}

#[tokio::test]
async fn the_hundredth_member_is_the_last() {
    let server = server().await;
    for n in 0..100 {
        Member::enter(&server, Transport::Poll, "lobby", &format!("member{n}")).await;
    }
    let mut late = Member::knock(&server, Transport::Poll, &query("lobby", "late", &key("late"))).await;
    let why = "There are 100 people in this room: it is full.";
    assert_eq!(late.next().await, json!({"type": "refused", "why": why}));
}

const TALKERS: usize = 30;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_hears_everything_in_the_same_order_over_all_transports() {
    let server = server().await;
    let mut members = Vec::new();
    for n in 0..TALKERS {
        let by = TRANSPORTS[n % TRANSPORTS.len()];
        members.push(Member::enter(&server, by, "lobby", &format!("member{n}")).await);
    }
    let talking = members.into_iter().map(|mut member| {
        tokio::spawn(async move {
            for n in 0..5 {
                member.say(&format!("message {n}")).await;
            }
            let mut heard = Vec::new();
            while heard.len() < TALKERS * 5 {
                heard.push(member.hears().await);
            }
            (member, heard)
        })
    });
    let talking: Vec<_> = talking.collect();
    let mut first: Option<Vec<(String, String)>> = None;
    for talk in talking {
        let (_member, heard) = talk.await.expect("a member's task");
        assert_eq!(first.get_or_insert_with(|| heard.clone()), &heard);
    }
    assert_eq!(server.stats().panicked, 0);
    let report = server.stop().await;
    assert!(report.is_clean(), "{report}");
}
