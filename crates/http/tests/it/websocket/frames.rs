//! Clients that break the protocol, and what they are told.

use greenroom_core::Queue;
use greenroom_http::{WebSocket, WebSocketError, WebSocketUpgrade};
use greenroom_server::ServerHandle;
use greenroom_testkit::until_idle;
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};

use crate::websocket::peer::{
    BINARY, CLOSE, PING, PONG, Peer, TEXT, assert_deserted, close, echo, frame, open,
};

/// An echo that tells how it ended.
async fn told(upgrade: WebSocketUpgrade) -> (ServerHandle, Peer, Queue<String>) {
    let ends = Queue::unbounded();
    let tell = ends.clone();
    let (server, peer) = open(upgrade, move |socket: WebSocket| {
        let tell = tell.clone();
        async move {
            let end = match echo(socket).await {
                Ok(()) => "ended".to_owned(),
                Err(error) => error.to_string(),
            };
            tell.put(end).await.unwrap();
        }
    })
    .await;
    (server, peer, ends)
}

/// What a client is told that sends these bytes, and what its handler.
async fn after(bytes: &[u8]) -> (u16, String) {
    let (server, mut peer, ends) = told(WebSocketUpgrade::new()).await;
    peer.write(bytes).await;
    let (code, _) = peer.hear_close().await;
    // Also without an answer.
    peer.hear_the_end().await;
    assert_deserted(&server).await;
    (code, ends.get().await.unwrap())
}

#[tokio::test(start_paused = true)]
async fn who_breaks_the_protocol_is_told_so_by_1002() {
    let mut unmasked = frame(TEXT, b"");
    unmasked.truncate(2);
    unmasked[1] = 0;
    let long_ping = frame(PING, &[0; 126]);
    for (bytes, words) in [
        (unmasked, "a frame that is not masked"),
        (frame(TEXT | 0x40, b"x"), "a reserved bit"),
        (frame(TEXT | 0x20, b"x"), "a reserved bit"),
        (frame(TEXT | 0x10, b"x"), "a reserved bit"),
        (frame(0x83, b"x"), "an unknown kind of frame"),
        (frame(0x87, b"x"), "an unknown kind of frame"),
        (frame(0x8B, b"x"), "an unknown kind of frame"),
        (frame(0x8F, b"x"), "an unknown kind of frame"),
        (long_ping, "a control frame of more than 125 bytes"),
        (frame(0x09, b"x"), "a control frame in fragments"),
        (frame(0x08, &1000_u16.to_be_bytes()), "a control frame in fragments"),
        (frame(0x80, b"x"), "a continuation of nothing"),
        (frame(0x00, b"x"), "a continuation of nothing"),
        ([frame(0x01, b"x"), frame(TEXT, b"y")].concat(), "a message within a message"),
        (frame(CLOSE, b"x"), "a close without a whole code"),
    ] {
        let (code, end) = after(&bytes).await;
        assert_eq!(code, 1002, "{words}");
        assert_eq!(end, format!("the client broke the WebSocket protocol: {words}"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_code_that_nobody_may_send_is_answered_with_1002() {
    for code in [0, 999, 1004, 1005, 1006, 1014, 1015, 1016, 2999, 5000, 65535] {
        let (answer, end) = after(&close(code)).await;
        assert_eq!((answer, &*end), (1002, "ended"), "{code}");
    }
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 4999] {
        let (answer, end) = after(&close(code)).await;
        assert_eq!((answer, &*end), (code, "ended"));
    }
}

#[tokio::test(start_paused = true)]
async fn text_that_is_not_utf8_is_answered_with_1007() {
    let bad: [Vec<u8>; 6] = [
        frame(TEXT, b"\xFF"),
        frame(TEXT, b"a\xC3"),
        // A surrogate, and an overlong slash.
        frame(TEXT, b"\xED\xA0\x80"),
        frame(TEXT, b"\xC0\xAF"),
        [frame(0x01, b"\xE2\x82"), frame(0x80, b"x")].concat(),
        frame(CLOSE, b"\x03\xE8\xFF"),
    ];
    for bytes in bad {
        assert_eq!(after(&bytes).await, (1007, "the client sent text that is not UTF-8".into()));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_above_the_limit_is_answered_with_1009_from_its_header_on() {
    const END: &str = "the client sent a message above the limit";
    // 2^63 bytes, and 2^63 - 1: there is no memory for them, and none is asked for.
    for length in [1_u64 << 63, (1 << 63) - 1, 1024 * 1024 + 1] {
        let header = [&[BINARY, 0x80 | 127][..], &length.to_be_bytes(), &[1, 2, 3, 4]].concat();
        assert_eq!(after(&header).await, (1009, END.into()), "{length}");
    }
    let part = frame(0x02, &[7; 600 * 1024]);
    let (server, mut peer, ends) = told(WebSocketUpgrade::new()).await;
    peer.write(&[&part[..], &frame(0x80, &[7; 600 * 1024])].concat()).await;
    assert_eq!(peer.hear_close().await, (1009, "the message is too large".into()));
    assert_eq!(ends.get().await.unwrap(), END);
    drop(server);
}

#[tokio::test(start_paused = true)]
async fn a_message_may_have_as_many_bytes_as_the_limit_says() {
    let (_server, mut peer, _ends) = told(WebSocketUpgrade::new().max_message(1000)).await;
    peer.say(BINARY, &[1; 1000]).await;
    assert_eq!(peer.hear().await, (BINARY, vec![1; 1000]));
    peer.write(&[frame(0x02, &[1; 400]), frame(0x00, &[1; 400]), frame(0x80, &[1; 200])].concat()).await;
    assert_eq!(peer.hear().await, (BINARY, vec![1; 1000]));
    peer.say(BINARY, &[1; 1001]).await;
    assert_eq!(peer.hear_close().await.0, 1009);
}

#[tokio::test(start_paused = true)]
async fn fragments_without_end_and_content_come_to_an_end() {
    let (server, mut peer, ends) = told(WebSocketUpgrade::new().max_message(1000)).await;
    peer.say(0x01, b"").await;
    let empty = frame(0x00, b"").repeat(1000);
    let mut sent = 0;
    // Pings between them do not help.
    while ends.is_empty() && sent < 100 {
        peer.write(&empty).await;
        peer.say(PONG, b"").await;
        until_idle().await;
        sent += 1;
    }
    assert_eq!(sent, 12);
    assert_eq!(peer.hear_close().await, (1009, "the message has too many frames".into()));
    assert_eq!(ends.get().await.unwrap(), "the client sent a message above the limit");
    peer.hear_the_end().await;
    assert_deserted(&server).await;
}

#[tokio::test(start_paused = true)]
async fn pings_are_answered_between_the_fragments_of_a_message() {
    let (_server, mut peer, _ends) = told(WebSocketUpgrade::new()).await;
    peer.write(&[frame(0x01, b"hel"), frame(PING, b"there?"), frame(0x80, b"lo")].concat()).await;
    assert_eq!(peer.hear().await, (PONG, b"there?".to_vec()));
    assert_eq!(peer.hear().await, (TEXT, b"hello".to_vec()));
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_pings_is_answered_with_1008() {
    for kind in [PING, PONG] {
        let (server, mut peer, ends) = told(WebSocketUpgrade::new().max_control_frames(100)).await;
        peer.write(&frame(kind, b"").repeat(100)).await;
        peer.say(TEXT, b"still here").await;
        while peer.hear().await.0 == PONG {}
        peer.write(&frame(kind, b"").repeat(10)).await;
        let farewell = loop {
            let (first, payload) = peer.hear().await;
            if first == CLOSE {
                break payload;
            }
        };
        assert_eq!(farewell, b"\x03\xF0too many pings and pongs");
        assert_eq!(ends.get().await.unwrap(), "the client sent too many pings and pongs");
        peer.hear_the_end().await;
        assert_deserted(&server).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_no_pongs_makes_its_pings_wait() {
    let (server, mut peer) =
        open(WebSocketUpgrade::new().max_control_frames(u32::MAX), async |mut socket: WebSocket| {
            // More than lies between the two.
            socket.sender().push(vec![0; 200 * 1024]).unwrap();
            while socket.next().await?.is_some() {}
            Ok::<_, WebSocketError>(())
        })
        .await;
    let pings = frame(PING, &[7; 125]).repeat(100);
    let mut taken = 0;
    loop {
        let write = tokio::io::AsyncWriteExt::write(&mut peer.0, &pings);
        match tokio::time::timeout(std::time::Duration::from_secs(1), write).await {
            Ok(n) => taken += n.unwrap(),
            Err(_) => break,
        }
    }
    // What lies between, what was read, and nothing like all of it.
    assert!(taken < 100 * 1024, "{taken} bytes of pings were taken, and no pong");
    drop((server, peer));
}

/// The room for a large message is given back behind it: nothing may be in it then that is still needed.
#[tokio::test(start_paused = true)]
async fn a_large_message_does_no_harm_to_what_comes_after_it() {
    let (_server, mut peer, _ends) = told(WebSocketUpgrade::new()).await;
    let large = frame(BINARY, &[7; 200 * 1024]);
    let behind: [&[Vec<u8>]; 5] = [
        &[],
        &[frame(TEXT, b"next")],
        &[frame(PING, b"p"), frame(TEXT, b"next")],
        &[frame(0x01, b"ne"), frame(0x80, b"xt")],
        &[frame(0x01, b"ne"), frame(PING, b"p"), frame(0x80, b"xt")],
    ];
    for behind in behind {
        let rest = behind.concat();
        for cut in 0..=rest.len() {
            peer.write(&[&large[..], &rest[..cut]].concat()).await;
            assert_eq!(peer.hear().await, (BINARY, vec![7; 200 * 1024]));
            until_idle().await;
            peer.write(&rest[cut..]).await;
            for frame in behind.iter().filter(|frame| frame[0] == PING || frame[0] & 0x80 != 0) {
                let expected =
                    if frame[0] == PING { (PONG, b"p".to_vec()) } else { (TEXT, b"next".to_vec()) };
                assert_eq!(peer.hear().await, expected, "{cut}");
            }
            until_idle().await;
            tokio::time::advance(std::time::Duration::from_secs(1)).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_comes_after_a_close_is_passed_over() {
    let (server, mut peer, ends) = told(WebSocketUpgrade::new()).await;
    peer.write(&[close(1000), frame(TEXT, b"more"), frame(PING, b"more"), close(1001)].concat()).await;
    assert_eq!(peer.hear_close().await, (1000, String::new()));
    peer.hear_the_end().await;
    assert_eq!(ends.get().await.unwrap(), "ended");
    assert_deserted(&server).await;
}

#[tokio::test(start_paused = true)]
async fn a_close_without_a_code_is_answered_without_one() {
    let (server, mut peer, ends) = told(WebSocketUpgrade::new()).await;
    peer.say(CLOSE, b"").await;
    assert_eq!(peer.hear().await, (CLOSE, Vec::new()));
    peer.hear_the_end().await;
    assert_eq!(ends.get().await.unwrap(), "ended");
    assert_deserted(&server).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn text_is_the_same_however_it_is_cut(text in "\\PC{0,20}", cuts in proptest::collection::vec(any::<u16>(), 0..5)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let heard = runtime.block_on(async {
            let (_server, mut peer) = open(WebSocketUpgrade::new(), echo).await;
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| usize::from(*cut) % (text.len() + 1)).collect();
            cuts.sort_unstable();
            let mut bytes = Vec::new();
            let mut from = 0;
            for cut in &cuts {
                // The first has the kind, and none of these is the last.
                bytes.extend(frame(u8::from(bytes.is_empty()), &text.as_bytes()[from..*cut]));
                from = *cut;
            }
            bytes.extend(frame(0x80 | u8::from(bytes.is_empty()), &text.as_bytes()[from..]));
            peer.write(&bytes).await;
            peer.hear().await
        });
        prop_assert_eq!(heard, (TEXT, text.into_bytes()));
    }
}
