//! Clients of HTTP/2 that mean no good.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use greenroom_http::{Http, Request, Response};
use tokio::time::sleep;

use crate::frames::{
    ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, FLOW_CONTROL_ERROR, Frames, GET,
    GOAWAY, HEADERS, PING, POST, PRIORITY, RST_STREAM, SETTINGS, WINDOW_UPDATE, frame, get, hello,
};
use crate::stage::{Stage, settle};

/// Counts the requests that reach it, and answers them.
async fn counting(http: Http) -> (Stage, Arc<AtomicUsize>) {
    let served = Arc::new(AtomicUsize::new(0));
    let count = served.clone();
    let stage = Stage::with(http, move |request: Request| {
        count.fetch_add(1, Ordering::SeqCst);
        async move {
            let _ = request.into_body().bytes().await;
            Response::new("hello".into())
        }
    })
    .await;
    (stage, served)
}

async fn attack(stage: &Stage, settings: &[(u16, u32)]) -> Frames {
    let mut frames = Frames::new(stage.connector.connect().await.unwrap());
    frames.send(hello(settings)).await;
    frames
}

/// The stream that is the client's nth.
fn nth(n: usize) -> u32 {
    u32::try_from(n).unwrap() * 2 + 1
}

#[tokio::test(start_paused = true)]
async fn row_124_requests_that_are_taken_back_at_once_end_the_connection() {
    let (stage, served) = counting(Http::new()).await;
    let mut client = attack(&stage, &[]).await;
    client.flood(100_000, |n| {
        let stream = nth(n);
        [get(stream), frame(RST_STREAM, 0, stream, 8_u32.to_be_bytes())].concat().to_vec()
    });
    assert_eq!(client.end().await, Some(ENHANCE_YOUR_CALM));
    let sent = client.sent().await;
    assert!(sent < 20_000, "{sent} were taken");
    let served = served.load(Ordering::SeqCst);
    assert!(served < 2000, "{served} were begun");
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_124_requests_that_the_server_is_made_to_take_back_end_the_connection() {
    let (stage, served) = counting(Http::new()).await;
    let mut client = attack(&stage, &[]).await;
    // A window that overflows is an error of the stream.
    client.flood(100_000, |n| {
        let stream = nth(n);
        [frame(HEADERS, END_HEADERS, stream, POST), window(stream, u32::MAX >> 1)].concat()
    });
    assert_eq!(client.end().await, Some(ENHANCE_YOUR_CALM));
    let served = served.load(Ordering::SeqCst);
    assert!(served < 2000, "{served} were begun");
    client.sent().await;
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_125_floods_of_frames_that_carry_nothing_end_the_connection() {
    for (name, opening, flood) in [
        ("pings", vec![], frame(PING, 0, 0, [0; 8])),
        ("answers to pings", vec![], frame(PING, ACK, 0, [0; 8])),
        ("settings", vec![], frame(SETTINGS, 0, 0, [])),
        ("settings that say something", vec![], frame(SETTINGS, 0, 0, [0, 4, 0, 0, 255, 255])),
        ("priorities", vec![], frame(PRIORITY, 0, 1, [0, 0, 0, 0, 1])),
        ("priorities of nothing", vec![], frame(PRIORITY, 0, 99, [0, 0, 0, 0, 1])),
        ("resets", get(1), frame(RST_STREAM, 0, 1, 8_u32.to_be_bytes())),
        ("empty data", frame(HEADERS, END_HEADERS, 1, POST), frame(DATA, 0, 1, [])),
        ("data that is padding", frame(HEADERS, END_HEADERS, 1, POST), frame(DATA, 8, 1, [0])),
        ("a head without end", frame(HEADERS, 0, 1, GET), frame(CONTINUATION, 0, 1, [])),
        ("a long head without end", frame(HEADERS, 0, 1, GET), frame(CONTINUATION, 0, 1, [b'x'; 1000])),
        ("frames that nobody knows", vec![], frame(99, 0, 0, [0; 8])),
    ] {
        let (stage, _) = counting(Http::new()).await;
        let mut client = attack(&stage, &[]).await;
        client.send(opening).await;
        client.flood(200_000, move |_| flood.clone());
        client.end().await;
        let sent = client.sent().await;
        assert!(sent < 50_000, "{name}: {sent} were taken");
        assert!(client.came < 200_000, "{name}: they were answered with {} bytes", client.came);
        drop(client);
        stage.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn row_125_a_client_that_does_not_read_its_acknowledgements_is_not_read_from_without_end() {
    let (stage, _) = counting(Http::new().max_control_frames(u32::MAX)).await;
    let mut client = attack(&stage, &[]).await;
    client.flood(1_000_000, |_| frame(PING, 0, 0, [0; 8]));
    sleep(Duration::from_secs(5)).await;
    settle().await;
    assert!(!client.is_sent(), "somebody takes what nobody can answer");
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_125_frames_of_that_kind_in_a_measure_do_no_harm() {
    let (stage, _) = counting(Http::new()).await;
    let mut client = attack(&stage, &[]).await;
    for n in 0..20 {
        for _ in 0..40 {
            client.send(frame(PING, 0, 0, [7; 8])).await;
            assert_eq!(client.next_of(PING).await.unwrap().payload, [7; 8]);
        }
        client.send(get(nth(n))).await;
        assert_eq!(client.next_of(DATA).await.unwrap().payload, b"hello");
        sleep(Duration::from_secs(1)).await;
    }
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_126_headers_that_unfold_to_far_more_than_may_be_end_the_connection() {
    let (stage, served) = counting(Http::new()).await;
    let mut client = attack(&stage, &[]).await;
    // A header of 4000 bytes goes into the table, and is then named by one byte, a thousand times.
    let mut block = [GET, &[0x40, 1, b'x', 0x7f, 0xa1, 0x1e]].concat();
    block.extend([b'y'; 4000]);
    block.extend([0xbe; 1000]);
    client.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, &block)).await;
    assert_eq!(client.end().await, Some(ENHANCE_YOUR_CALM));
    assert_eq!(served.load(Ordering::SeqCst), 0);
    drop(client);
    stage.close().await;
}

const NO_WINDOW: &[(u16, u32)] = &[(4, 0)];

fn window(stream: u32, bytes: u32) -> Vec<u8> {
    frame(WINDOW_UPDATE, 0, stream, bytes.to_be_bytes())
}

/// Frames until one is of this kind; pings are answered.
async fn until(client: &mut Frames, kind: u8) -> crate::frames::Frame {
    loop {
        let frame_in = client.next().await.unwrap();
        if frame_in.kind == PING && frame_in.flags & ACK == 0 {
            client.send(frame(PING, ACK, 0, &frame_in.payload)).await;
        }
        if frame_in.kind == kind {
            return frame_in;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn row_127_a_stream_whose_window_stays_shut_is_reset_and_the_others_go_on() {
    for size in [5, 100, 1_000_000] {
        let stage = Stage::new(move |_: Request| async move { Response::new(vec![b'x'; size].into()) }).await;
        let mut client = attack(&stage, NO_WINDOW).await;
        client.send([get(1), get(3), window(3, 5)].concat()).await;
        let data = until(&mut client, DATA).await;
        assert_eq!((data.stream, data.payload.len()), (3, 5));
        let reset = until(&mut client, RST_STREAM).await;
        assert_eq!(reset.stream, 1);
        assert_eq!(client.began.elapsed().as_secs(), 30, "{size} bytes");
        client.send([get(5), window(5, 5)].concat()).await;
        loop {
            let data = until(&mut client, DATA).await;
            if data.stream == 5 {
                assert_eq!(data.payload.len(), 5);
                break;
            }
        }
        drop(client);
        stage.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn row_127_a_stream_that_takes_little_and_goes_on_is_not_reset() {
    const SIZE: usize = 200_000;
    let stage = Stage::new(async |_: Request| Response::new(vec![b'x'; SIZE].into())).await;
    let mut client = attack(&stage, NO_WINDOW).await;
    client.send([get(1), window(0, 1_000_000)].concat()).await;
    let mut came = 0;
    while came < SIZE {
        client.send(window(1, 16 * 1024)).await;
        let mut part = 0;
        while part < 16 * 1024 && came < SIZE {
            let data = until(&mut client, DATA).await;
            part += data.payload.len();
            came += data.payload.len();
        }
        sleep(Duration::from_secs(15)).await;
    }
    assert!(client.began.elapsed() > Duration::from_secs(120));
    drop(client);
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn row_127_a_window_that_overflows_is_an_error_of_its_stream_or_of_the_connection() {
    let stage = Stage::new(async |_: Request| Response::new(vec![b'x'; 1_000_000].into())).await;
    let mut client = attack(&stage, &[]).await;
    client.send([get(1), window(1, u32::MAX >> 1)].concat()).await;
    let reset = until(&mut client, RST_STREAM).await;
    assert_eq!((reset.stream, reset.reason()), (1, Some(FLOW_CONTROL_ERROR)));
    client.send(window(0, u32::MAX >> 1)).await;
    let last = until(&mut client, GOAWAY).await;
    assert_eq!(last.reason(), Some(FLOW_CONTROL_ERROR));
    client.end().await;
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_says_hello_and_no_more_is_closed_when_its_first_request_is_overdue() {
    let (stage, _) = counting(Http::new()).await;
    for hello in [&hello(&[])[..], crate::frames::PREFACE, &hello(&[])[..30]] {
        let mut client = Frames::new(stage.connector.connect().await.unwrap());
        client.send(hello).await;
        client.end().await;
        assert_eq!(client.began.elapsed(), Duration::from_secs(10));
    }
    stage.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_gives_no_sign_of_life_is_disconnected() {
    let stage = Stage::new(async |_: Request| {
        sleep(Duration::from_secs(1000)).await;
        Response::new("hello".into())
    })
    .await;
    let mut client = attack(&stage, &[]).await;
    client.send(get(1)).await;
    client.end().await;
    assert_eq!(client.began.elapsed().as_secs(), 40);
    let mut client = attack(&stage, &[]).await;
    client.send(get(1)).await;
    assert_eq!(until(&mut client, DATA).await.payload, b"hello", "one that does may wait");
    drop(client);
    stage.close().await;
}
