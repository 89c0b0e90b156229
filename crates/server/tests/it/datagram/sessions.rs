//! Peers that have a handler each.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use greenroom_core::Event;
use greenroom_server::{DatagramHandle, DatagramServer, Limits, ReplyError, Session, Sessions};

use super::client::{Client, stranger, until};

/// Numbers what comes in.
async fn count(mut session: Session) -> Result<(), ReplyError> {
    let mut n = 0;
    while let Some(packet) = session.recv().await {
        n += 1;
        packet.reply(format!("{n}: {}", String::from_utf8_lossy(&packet))).await?;
    }
    session.send("over").await
}

async fn server(sessions: Sessions) -> DatagramHandle {
    DatagramServer::bind("127.0.0.1:0").sessions(sessions).start(count).await.unwrap()
}

/// With handlers that read nothing until the event is set.
async fn held(sessions: Sessions, event: &Event) -> DatagramHandle {
    let event = event.clone();
    let handler = move |session: Session| {
        let event = event.clone();
        async move {
            event.wait().await;
            count(session).await
        }
    };
    DatagramServer::bind("127.0.0.1:0").sessions(sessions).start(handler).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_peer_has_its_own_and_all_that_it_sends_in_order() {
    let server = server(Sessions::new()).await;
    // As many as the kernel's buffer has room for.
    let clients: Vec<_> = (0..10)
        .map(|client| {
            let server = server.clone();
            tokio::spawn(async move {
                let socket = Client::new(&server).await;
                for n in 0..10 {
                    socket.send(format!("{client}.{n}")).await;
                }
                for n in 0..10 {
                    assert_eq!(socket.text().await, format!("{}: {client}.{n}", n + 1));
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    let stats = server.stats();
    assert_eq!((stats.sessions_started, stats.active, stats.dropped()), (10, 10, 0));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_falls_silent_expires_and_may_come_back() {
    let server = server(Sessions::new().idle(Duration::from_secs(5))).await;
    let client = Client::new(&server).await;
    for round in 1..=3 {
        client.send("hello").await;
        assert_eq!(client.text().await, "1: hello");
        assert_eq!(client.text().await, "over");
        until(|| server.stats().active == 0).await;
        let stats = server.stats();
        assert_eq!((stats.sessions_started, stats.sessions_expired), (round, round));
    }
}

#[tokio::test]
async fn after_its_handler_has_returned_a_peer_begins_anew() {
    let once = async |mut session: Session| {
        let packet = session.recv().await.unwrap();
        packet.reply("once").await
    };
    let server = DatagramServer::bind("127.0.0.1:0").sessions(Sessions::new()).start(once).await.unwrap();
    let client = Client::new(&server).await;
    for round in 1..=5 {
        client.send("hello").await;
        assert_eq!(client.text().await, "once");
        until(|| server.stats().active == 0).await;
        assert_eq!(server.stats().sessions_started, round);
    }
}

#[tokio::test]
async fn what_a_handler_did_not_read_is_counted() {
    let event = Event::new();
    let handler = {
        let event = event.clone();
        move |session: Session| {
            let event = event.clone();
            async move {
                event.wait().await;
                drop(session);
            }
        }
    };
    let server = DatagramServer::bind("127.0.0.1:0").sessions(Sessions::new()).start(handler).await.unwrap();
    let client = Client::new(&server).await;
    for _ in 0..3 {
        client.send("unread").await;
    }
    until(|| server.stats().received == 3).await;
    event.set();
    until(|| server.stats().active == 0).await;
    assert_eq!(server.stats().dropped_unread, 3);
}

#[tokio::test]
async fn a_full_queue_drops_the_newest_of_its_own_peer_alone() {
    let event = Event::new();
    let server = held(Sessions::new().queue(4), &event).await;
    let (client, other) = (Client::new(&server).await, Client::new(&server).await);
    for n in 0..10 {
        client.send(format!("{n}")).await;
    }
    other.send("hello").await;
    until(|| server.stats().received == 11).await;
    assert_eq!(server.stats().dropped_queue_full, 6);
    event.set();
    for n in 0..4 {
        assert_eq!(client.text().await, format!("{}: {n}", n + 1));
    }
    assert_eq!(other.text().await, "1: hello");
    assert_eq!(server.stats().dropped(), 6);
}

#[tokio::test]
async fn all_queues_together_hold_no_more_bytes_than_they_may() {
    let event = Event::new();
    let server = held(Sessions::new().queued_bytes(1000), &event).await;
    let clients = [Client::new(&server).await, Client::new(&server).await];
    for client in clients.iter().cycle().take(10) {
        client.send([b'x'; 300]).await;
    }
    until(|| server.stats().received == 10).await;
    assert_eq!(server.stats().dropped_memory, 7);
    event.set();
    until(|| server.stats().sent == 3).await;
    for n in 1..=10 {
        clients[0].send([b'x'; 900]).await;
        until(|| server.stats().sent == 3 + n).await;
    }
    assert_eq!(server.stats().dropped_memory, 7, "what is read makes room");
}

#[tokio::test]
async fn new_peers_beyond_the_bound_are_dropped_and_old_ones_are_not() {
    let server = server(Sessions::new().most(2)).await;
    let clients = [Client::new(&server).await, Client::new(&server).await, Client::new(&server).await];
    for client in &clients {
        client.send("hello").await;
    }
    until(|| server.stats().received == 3).await;
    let stats = server.stats();
    assert_eq!((stats.sessions_started, stats.dropped_sessions_full), (2, 1));
    for (n, client) in clients[..2].iter().enumerate() {
        assert_eq!(client.text().await, "1: hello", "{n}");
        client.send("again").await;
        assert_eq!(client.text().await, "2: again", "{n}");
    }
}

#[tokio::test]
async fn sessions_draw_on_limits_that_others_may_share() {
    let limits = Limits::new().connections(1);
    let server = DatagramServer::bind("127.0.0.1:0").limits(limits.clone());
    let server = server.sessions(Sessions::new()).start(count).await.unwrap();
    let clients = [Client::new(&server).await, Client::new(&server).await];
    for client in &clients {
        client.send("hello").await;
    }
    until(|| server.stats().received == 2).await;
    assert_eq!((limits.open_connections(), server.stats().dropped_sessions_full), (1, 1));
    limits.set_connections(2);
    clients[1].send("now?").await;
    assert_eq!(clients[1].text().await, "1: now?");
    server.stop().await;
    assert_eq!(limits.open_connections(), 0);
}

#[tokio::test(start_paused = true)]
async fn row_42_peers_without_number_begin_no_more_sessions_than_may_be() {
    let event = Event::new();
    let server = held(Sessions::new().most(50).new_per_second(80), &event).await;
    // Each a peer of its own, as with forged addresses.
    let mut strangers = Vec::new();
    for n in 1..=200 {
        strangers.push(stranger(&server));
        until(|| server.stats().received == n).await;
    }
    let stats = server.stats();
    assert_eq!((stats.active, stats.sessions_started), (50, 50));
    assert_eq!(stats.dropped_sessions_full, 150);
    event.set();
}

#[tokio::test(start_paused = true)]
async fn new_sessions_come_no_faster_than_they_may() {
    let server = server(Sessions::new().new_per_second(5).idle(Duration::from_secs(3600))).await;
    let mut strangers = Vec::new();
    for n in 1..=20 {
        strangers.push(stranger(&server));
        until(|| server.stats().received == n).await;
    }
    let stats = server.stats();
    assert_eq!((stats.sessions_started, stats.dropped_session_rate), (5, 15));
    tokio::time::advance(Duration::from_millis(1000)).await;
    let late = Client::new(&server).await;
    late.send("hello").await;
    assert_eq!(late.text().await, "1: hello");
}

#[tokio::test]
async fn row_44_a_session_earns_what_it_is_sent() {
    let handler = async |mut session: Session| {
        let mut refused = 0;
        while let Some(packet) = session.recv().await {
            if session.send(vec![b'x'; 2 * packet.len()]).await.is_err() {
                refused += 1;
            }
        }
        assert_eq!(refused, 2);
    };
    let server = DatagramServer::bind("127.0.0.1:0").reply_ratio(1).sessions(Sessions::new());
    let server = server.start(handler).await.unwrap();
    let client = Client::new(&server).await;
    for _ in 0..4 {
        client.send([0; 10]).await;
    }
    // The allowance of two pays for one: 10 (no), 20 (yes), 10 (no), 20 (yes), unless all had come in first.
    until(|| server.stats().replies_over_ratio + server.stats().sent == 4).await;
    assert_eq!(server.stats().sent, 2);
    assert_eq!(server.stats().replies_over_ratio, 2);
    server.stop().await;
    assert_eq!(server.stats().panicked, 0);
}

#[tokio::test]
async fn a_session_that_panics_takes_nobody_along_and_its_peer_begins_anew() {
    let rounds = Arc::new(AtomicUsize::new(0));
    let handler = {
        let rounds = Arc::clone(&rounds);
        move |session: Session| {
            let round = rounds.fetch_add(1, Ordering::Relaxed);
            async move {
                assert!(round > 0, "the first one panics");
                count(session).await
            }
        }
    };
    let server = DatagramServer::bind("127.0.0.1:0").sessions(Sessions::new()).start(handler).await.unwrap();
    let client = Client::new(&server).await;
    client.send("lost").await;
    until(|| server.stats().panicked == 1 && server.stats().active == 0).await;
    client.send("hello").await;
    assert_eq!(client.text().await, "1: hello");
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_sessions_when_what_they_had_received_is_read() {
    let event = Event::new();
    let server = held(Sessions::new(), &event).await;
    let client = Client::new(&server).await;
    for n in 0..3 {
        client.send(format!("{n}")).await;
    }
    until(|| server.stats().received == 3).await;
    let stop = server.stop();
    event.set();
    let report = stop.await;
    assert_eq!(report.to_string(), "stopped in 0.0 s: 1 session drained, 0 killed, 0 cut off");
    for expected in ["1: 0", "2: 1", "3: 2", "over"] {
        assert_eq!(client.text().await, expected);
    }
}
