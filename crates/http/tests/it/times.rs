//! How long a client may take, on a clock that passes only when everybody waits.

use std::time::Duration;

use greenroom_http::{Http, Request, Response};
use tokio::time::Instant;

use crate::stage::{Stage, deaf, echo};

const HEAD: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn part_of_a_next_head_that_came_with_a_request_has_the_time_of_a_head() {
    for first in
        ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"]
    {
        let stage = Stage::new(echo).await;
        let mut client = stage.connect().await;
        client.send(format!("{first}GET /next HT")).await;
        assert_eq!(client.answer().await.status, 200);
        let began = Instant::now();
        let answer = client.answer().await;
        assert_eq!((answer.status, began.elapsed()), (408, HEAD), "{answer:?}");
        client.closed_at_once().await;
        stage.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn empty_lines_are_no_head() {
    let stage = Stage::new(deaf).await;
    let mut client = stage.connect().await;
    assert_eq!(client.get("/").await.status, 200);
    client.send("\r\n").await;
    assert_eq!(client.closed().await, IDLE);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn who_says_nothing_is_closed_without_a_word() {
    let stage = Stage::new(deaf).await;
    let mut client = stage.connect().await;
    assert_eq!(client.closed().await, HEAD);
    let mut client = stage.connect().await;
    client.send("\r\n\r\n").await;
    assert_eq!(client.closed().await, HEAD, "empty lines are no word");
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn the_first_head_is_due_after_ten_seconds_however_slowly_it_comes() {
    let request = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(100));
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    for (name, bytes, pause, said) in [
        ("one byte", "G", 1, true),
        ("a byte a second", &*request, 1000, true),
        ("ten bytes a second", &request, 100, true),
        ("what may be either", "P", 1, true),
        ("what may still be either", "PR", 4000, true),
        ("a preface", preface, 1000, false),
    ] {
        let stage = Stage::new(deaf).await;
        let client = stage.connect().await;
        let began = Instant::now();
        let (read, write) = tokio::io::split(client.io);
        let bytes = bytes.to_owned();
        let sending = tokio::spawn(async move {
            let mut writer = crate::raw::Client::new(tokio::io::join(tokio::io::empty(), write));
            writer.drip(bytes.as_bytes(), 1, Duration::from_millis(pause)).await;
            std::future::pending::<()>().await;
            drop(writer);
        });
        let mut reader = crate::raw::Client::new(tokio::io::join(read, tokio::io::sink()));
        if said {
            let answer = reader.answer().await;
            assert_eq!((answer.status, answer.says_close()), (408, true), "{name}");
            assert_eq!(answer.text(), "the request took too long to arrive\n");
            reader.closed_at_once().await;
        } else {
            let _ = reader.rest().await;
        }
        assert_eq!(began.elapsed(), HEAD, "{name}");
        sending.abort();
        drop(reader);
        let _ = sending.await;
        stage.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_that_comes_just_in_time_is_served() {
    let stage = Stage::new(deaf).await;
    let mut client = stage.connect().await;
    client.send("GET / HTTP/1.1\r\n").await;
    tokio::time::sleep(HEAD - Duration::from_millis(2)).await;
    client.send("Host: a\r\n\r\n").await;
    assert_eq!(client.answer().await.status, 200);
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn every_further_head_has_its_time_from_its_first_byte() {
    let stage = Stage::new(deaf).await;
    let mut client = stage.connect().await;
    for _ in 0..3 {
        assert_eq!(client.get("/").await.status, 200);
        tokio::time::sleep(IDLE - Duration::from_secs(1)).await;
    }
    client.send("GET / HTTP").await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    client.send("/1.1\r\n").await;
    let began = Instant::now();
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.says_close()), (408, true));
    assert_eq!(began.elapsed(), Duration::from_secs(5));
    client.closed_at_once().await;
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_after_a_minute() {
    let stage = Stage::new(deaf).await;
    let mut client = stage.connect().await;
    assert_eq!(client.get("/").await.status, 200);
    assert_eq!(client.closed().await, IDLE);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_service_may_take_its_time() {
    let stage = Stage::new(async |request: Request| {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        deaf(request).await
    })
    .await;
    let mut client = stage.connect().await;
    let began = Instant::now();
    assert_eq!(client.get("/").await.status, 200);
    assert_eq!(began.elapsed(), Duration::from_secs(3600));
    assert_eq!(client.closed().await, IDLE);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn times_are_those_that_were_set() {
    let second = Duration::from_secs(1);
    let http = Http::new().head_deadline(second).keep_alive(second * 2).progress(second * 3);
    let stage = Stage::with(http, async |request: Request| {
        let body = request.into_body().bytes().await;
        Response::new(vec![b'x'; if body.is_ok() { 1_000_000 } else { 1 }].into())
    })
    .await;
    let mut client = stage.connect().await;
    assert_eq!(client.closed().await, second);
    let mut client = stage.connect().await;
    assert_eq!(client.get("/").await.body.len(), 1_000_000);
    assert_eq!(client.closed().await, second * 2);
    let mut client = stage.connect().await;
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n").await;
    let began = Instant::now();
    assert_eq!(client.answer().await.status, 408);
    assert_eq!(began.elapsed(), second * 3);
    let mut client = stage.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    tokio::time::sleep(second * 3 + Duration::from_millis(5)).await;
    assert_eq!(stage.server.limits().open_connections(), 0, "it takes nothing of its answer");
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn so_many_requests_give_or_take_a_tenth_and_the_last_says_so() {
    let stage = Stage::with(Http::new().max_requests(20), deaf).await;
    let mut counts = Vec::new();
    for _ in 0..20 {
        let mut client = stage.connect().await;
        let mut count = 1;
        while !client.get("/").await.says_close() {
            count += 1;
        }
        client.closed_at_once().await;
        counts.push(count);
    }
    assert!(counts.iter().all(|count| (18..=22).contains(count)), "{counts:?}");
    counts.dedup();
    assert!(counts.len() > 3, "they do not all end at once: {counts:?}");
    // Those that were sent in a row are no exception.
    let mut client = stage.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(30)).await;
    let mut count = 1;
    while !client.answer().await.says_close() {
        count += 1;
    }
    assert!((18..=22).contains(&count), "{count}");
    client.closed_at_once().await;
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn so_old_give_or_take_a_tenth_a_connection_takes_no_more_requests() {
    let age = Duration::from_secs(100);
    let stage = Stage::with(Http::new().max_age(age), deaf).await;
    let mut ages = Vec::new();
    for _ in 0..10 {
        let mut client = stage.connect().await;
        let began = Instant::now();
        while began.elapsed() < age * 2 {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
            let Ok(answer) = client.answer_to("GET").await else { break };
            tokio::time::sleep(Duration::from_secs(1)).await;
            if answer.says_close() {
                break;
            }
        }
        ages.push(began.elapsed());
    }
    assert!(
        ages.iter().all(|it| (age.mul_f64(0.9)..age.mul_f64(1.1) + Duration::from_secs(2)).contains(it)),
        "{ages:?}"
    );
    ages.dedup();
    assert!(ages.len() > 3, "they do not all end at once: {ages:?}");
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_old_and_busy_says_so_with_its_answer() {
    let stage = Stage::with(Http::new().max_age(Duration::from_secs(10)), async |request: Request| {
        tokio::time::sleep(Duration::from_secs(20)).await;
        deaf(request).await
    })
    .await;
    let mut client = stage.connect().await;
    assert!(client.get("/").await.says_close());
    client.closed_at_once().await;
    stage.close().await;
}
