//! What others send.

use std::time::Duration;

use greenroom_core::{Event, Queue, spawn};
use greenroom_http::{
    Message, WebSocket, WebSocketError, WebSocketSender, WebSocketTrySendError, WebSocketUpgrade,
};
use greenroom_server::{MemoryConnector, ServerHandle};
use greenroom_testkit::until_idle;

use crate::websocket::peer::{BINARY, Peer, TEXT, assert_deserted, close, echo, serve};

struct Hall {
    server: ServerHandle,
    connector: MemoryConnector,
    senders: Queue<WebSocketSender>,
    ends: Queue<Result<(), WebSocketError>>,
}

impl Hall {
    async fn open(upgrade: WebSocketUpgrade) -> Self {
        let (senders, ends) = (Queue::unbounded(), Queue::unbounded());
        let (give, tell) = (senders.clone(), ends.clone());
        let (server, connector) = serve(upgrade, move |socket: WebSocket| {
            let (give, tell) = (give.clone(), tell.clone());
            async move {
                give.put(socket.sender()).await.unwrap();
                tell.put(echo(socket).await).await.unwrap();
            }
        })
        .await;
        Self { server, connector, senders, ends }
    }

    async fn enter(&self) -> (Peer, WebSocketSender) {
        let peer = Peer::open(&self.connector).await;
        (peer, self.senders.get().await.unwrap())
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_pushed_arrives_in_its_order_among_echoes() {
    let hall = Hall::open(WebSocketUpgrade::new()).await;
    let (mut peer, sender) = hall.enter().await;
    for n in 0..64_u8 {
        sender.push(vec![n]).unwrap();
    }
    peer.say(TEXT, b"said").await;
    let mut heard = Vec::new();
    for _ in 0..65 {
        heard.push(peer.hear().await);
    }
    heard.retain(|(first, _)| *first == BINARY);
    assert_eq!(heard, (0..64).map(|n| (BINARY, vec![n])).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn one_message_for_many_is_kept_once() {
    let hall = Hall::open(WebSocketUpgrade::new()).await;
    let mut peers = Vec::new();
    let mut senders = Vec::new();
    for _ in 0..100 {
        let (peer, sender) = hall.enter().await;
        peers.push(peer);
        senders.push(sender);
    }
    let Message::Text(news) = Message::from("news") else { panic!() };
    let clone = news.clone();
    assert_eq!(news.as_ptr(), clone.as_ptr());
    for sender in &senders {
        sender.push(news.clone()).unwrap();
    }
    for peer in &mut peers {
        assert_eq!(peer.hear().await, (TEXT, b"news".to_vec()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_costs_its_own_connection_and_nobody_waits() {
    let hall = Hall::open(WebSocketUpgrade::new().outbox(8)).await;
    let (mut slow, to_slow) = hall.enter().await;
    let (mut quick, to_quick) = hall.enter().await;
    let news = Message::from(vec![7; 16 * 1024]);
    let mut taken = 0;
    while to_slow.push(news.clone()).is_ok() {
        taken += 1;
        to_quick.push(news.clone()).unwrap();
        assert_eq!(quick.hear().await.1.len(), 16 * 1024);
        assert!(taken < 100, "nothing bounds what is kept for a slow reader");
        until_idle().await;
    }
    assert!(to_slow.is_closed() && to_slow.push("x").is_err());
    assert!(matches!(hall.ends.get().await.unwrap(), Err(WebSocketError::TooSlow)));
    // What was on its way arrives, and then the reason.
    let (last, payload) = loop {
        let (first, payload) = slow.hear().await;
        if first != BINARY {
            break (first, payload);
        }
        taken -= 1;
    };
    assert_eq!((last, &payload[..]), (0x88, &b"\x03\xF5too slow"[..]));
    assert_eq!(taken, 8, "as many as the outbox holds are lost");
    slow.hear_the_end().await;
    // The other goes on.
    quick.say(TEXT, b"and on").await;
    assert_eq!(quick.hear().await, (TEXT, b"and on".to_vec()));
    until_idle().await;
    assert_eq!(hall.server.stats().active, 1);
}

#[tokio::test(start_paused = true)]
async fn sending_waits_for_room_and_trying_does_not() {
    let hall = Hall::open(WebSocketUpgrade::new().outbox(2)).await;
    let (mut peer, sender) = hall.enter().await;
    let large = Message::from(vec![7; 100 * 1024]);
    while sender.try_send(large.clone()).is_ok() {
        until_idle().await;
    }
    assert_eq!(sender.try_send(large.clone()), Err(WebSocketTrySendError::Full(large.clone())));
    let waiting = spawn({
        let sender = sender.clone();
        async move { sender.send("at last").await }
    });
    until_idle().await;
    assert!(!waiting.is_finished());
    while peer.hear().await.0 == BINARY {}
    assert_eq!(waiting.take().await.unwrap(), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_room_learns_that_the_client_has_gone() {
    let hall = Hall::open(WebSocketUpgrade::new().outbox(1)).await;
    let (peer, sender) = hall.enter().await;
    let large = Message::from(vec![7; 100 * 1024]);
    while sender.try_send(large.clone()).is_ok() {
        until_idle().await;
    }
    let waiting = spawn({
        let sender = sender.clone();
        async move { sender.send("for nobody").await }
    });
    until_idle().await;
    drop(peer);
    assert_eq!(waiting.take().await.unwrap().unwrap_err().0, Message::from("for nobody"));
    assert_deserted(&hall.server).await;
}

#[tokio::test(start_paused = true)]
async fn others_can_close_it() {
    let hall = Hall::open(WebSocketUpgrade::new()).await;
    let (mut peer, sender) = hall.enter().await;
    sender.push("you are out").unwrap();
    sender.close(4003, "kicked");
    sender.close(4004, "too late");
    assert!(sender.is_closed() && sender.push("x").is_err());
    assert_eq!(peer.hear().await, (TEXT, b"you are out".to_vec()));
    assert_eq!(peer.hear_close().await, (4003, "kicked".into()));
    peer.write(&close(4003)).await;
    peer.hear_the_end().await;
    assert!(hall.ends.get().await.unwrap().is_ok());
    assert_deserted(&hall.server).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_in_the_outbox_of_a_handler_that_returns_is_still_sent() {
    let done = Event::new();
    let wait = done.clone();
    let (server, connector) = serve(WebSocketUpgrade::new(), move |mut socket: WebSocket| {
        let wait = wait.clone();
        async move {
            let sender = socket.sender();
            sender.push("one").unwrap();
            socket.send("two").await.unwrap();
            sender.push("three").unwrap();
            wait.wait().await;
        }
    })
    .await;
    let mut peer = Peer::open(&connector).await;
    assert_eq!(peer.hear().await.1, b"one");
    assert_eq!(peer.hear().await.1, b"two");
    // While the handler waits for something else, nothing is sent.
    let early = tokio::time::timeout(Duration::from_secs(1), peer.hear()).await;
    assert!(early.is_err(), "{early:?}");
    done.set();
    assert_eq!(peer.hear().await.1, b"three");
    assert_eq!(peer.hear_close().await.0, 1000);
    drop(server);
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_is_told_so_also_when_its_handler_was_away() {
    let senders = Queue::unbounded();
    let give = senders.clone();
    let (server, connector) = serve(WebSocketUpgrade::new().outbox(2), move |socket: WebSocket| {
        let give = give.clone();
        async move {
            give.put(socket.sender()).await.unwrap();
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    })
    .await;
    let mut peer = Peer::open(&connector).await;
    let sender = senders.get().await.unwrap();
    assert_eq!([1, 2, 3].map(|n| sender.push(vec![n]).is_ok()), [true, true, false]);
    assert_eq!(peer.hear_close().await, (1013, "too slow".into()));
    peer.write(&close(1013)).await;
    peer.hear_the_end().await;
    assert_deserted(&server).await;
}

#[test]
fn a_socket_may_go_to_another_thread_and_its_sender_to_several() {
    fn is_send<T: Send>() {}
    fn is_send_and_sync<T: Send + Sync + Clone>() {}
    is_send::<WebSocket>();
    is_send_and_sync::<WebSocketSender>();
    is_send_and_sync::<Message>();
    is_send_and_sync::<WebSocketUpgrade>();
}
