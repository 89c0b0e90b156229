//! The `chat` example.

#[path = "../../examples/chat.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use std::time::Duration;

use greenroom::{ServerHandle, StreamServer, with};

use crate::client::Client;

async fn server() -> ServerHandle {
    let handler = with(example::Room::default(), example::chat);
    StreamServer::bind("127.0.0.1:0").start(handler).await.expect("a free port")
}

async fn enter(server: &ServerHandle, name: &str) -> Client {
    let mut client = Client::connect(server).await;
    assert_eq!(client.line().await.as_deref(), Some("## What is your name?"));
    client.send(format!("{name}\r\n")).await;
    client.line_with("## Welcome").await;
    client
}

#[tokio::test]
async fn joins_messages_and_leaves_reach_everybody() {
    let server = server().await;
    let mut ann = enter(&server, "ann").await;
    let mut bob = enter(&server, "bob").await;
    assert_eq!(ann.line().await.as_deref(), Some("## bob joined from 127.0.0.1."));
    bob.send("hello \u{1b}[31mred\n").await;
    for client in [&mut ann, &mut bob] {
        assert_eq!(client.line().await.as_deref(), Some("bob> hello [31mred"), "nothing moves the cursor");
    }
    bob.send("/quit\n").await;
    assert!(bob.end().await.is_empty());
    assert_eq!(ann.line().await.as_deref(), Some("## bob left the chat."));
}

#[tokio::test]
async fn a_name_is_asked_for_until_it_will_do() {
    let server = server().await;
    let _ann = enter(&server, "ann").await;
    let mut client = Client::connect(&server).await;
    client.send("\nann\n").await;
    assert_eq!(client.line().await.as_deref(), Some("## What is your name?"));
    assert_eq!(client.line().await.as_deref(), Some("## A name has 1 to 32 letters. What is yours?"));
    assert_eq!(client.line().await.as_deref(), Some("## ann is here already. Who are you?"));
    client.send("bob\n").await;
    client.line_with("## Welcome, bob").await;
}

#[tokio::test]
async fn who_has_said_all_still_reads_it() {
    let server = server().await;
    let mut ann = enter(&server, "ann").await;
    ann.send("last words").await;
    ann.hang_up().await;
    assert_eq!(ann.end().await, ["ann> last words"]);
}

#[tokio::test]
async fn a_line_too_long_is_named_and_ends_that_user_only() {
    let server = server().await;
    let mut ann = enter(&server, "ann").await;
    let mut bob = enter(&server, "bob").await;
    bob.send(vec![b'x'; 100_000]).await;
    assert_eq!(bob.end().await, ["## error: line longer than 4096 bytes"]);
    ann.line_with("## bob left the chat.").await;
    ann.send("still here\n").await;
    assert_eq!(ann.line().await.as_deref(), Some("ann> still here"));
}

#[tokio::test]
async fn a_stop_lets_everybody_go() {
    let server = server().await;
    let mut ann = enter(&server, "ann").await;
    let mut bob = enter(&server, "bob").await;
    let report = server.stop().await;
    assert_eq!((report.drained, report.killed), (2, 0));
    for client in [&mut ann, &mut bob] {
        client.end().await;
    }
}

#[tokio::test]
async fn killed_users_leave_as_others_do() {
    let room = example::Room::default();
    let server = || async {
        let handler = with(room.clone(), example::chat);
        StreamServer::bind("127.0.0.1:0").start(handler).await.expect("a free port")
    };
    let (one, other) = (server().await, server().await);
    let mut ann = enter(&one, "ann").await;
    let mut bob = enter(&other, "bob").await;
    // A line begun keeps its reader from ending by itself.
    bob.send("hello\nunfinis").await;
    bob.line_with("bob> hello").await;
    let report = other.stop_within(Duration::ZERO).await;
    assert_eq!((report.killed, report.cut_off), (1, 0));
    ann.line_with("## bob left the chat.").await;
    bob.end().await;
}

const USERS: usize = 200;
const MESSAGES: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_users_read_every_message_in_the_same_order() {
    let server = server().await;
    let mut users = Vec::new();
    for user in 0..USERS {
        users.push(enter(&server, &format!("user{user}")).await);
    }
    // These disturb nobody: one goes away in the middle, one reads nothing, one sends garbage.
    let rude = enter(&server, "rude").await;
    let _deaf = enter(&server, "deaf").await;
    let mut noisy = enter(&server, "noisy").await;
    noisy.send([[0xff; 3000].as_slice(), b"\n"].concat()).await;

    let talking = users.into_iter().enumerate().map(|(user, mut client)| {
        tokio::spawn(async move {
            for message in 0..MESSAGES {
                client.send(format!("message {message}\n")).await;
                if user % 2 == 0 {
                    tokio::task::yield_now().await;
                }
            }
            let mut read = Vec::new();
            while read.len() < USERS * MESSAGES {
                read.push(client.line_with("> message ").await);
            }
            (client, read)
        })
    });
    let talking: Vec<_> = talking.collect();
    rude.reset();

    let mut clients = Vec::new();
    let mut first: Option<Vec<String>> = None;
    for user in talking {
        let (client, read) = user.await.expect("a user's task");
        clients.push(client);
        assert_eq!(first.get_or_insert_with(|| read.clone()), &read);
    }
    let read = first.expect("there are users");
    for user in 0..USERS {
        let from = format!("user{user}> ");
        let said: Vec<_> = read.iter().filter_map(|line| line.strip_prefix(&from)).collect();
        let expected: Vec<_> = (0..MESSAGES).map(|message| format!("message {message}")).collect();
        assert_eq!(said, expected, "each in order, none twice");
    }
    assert_eq!(server.stats().panicked, 0);
    assert_eq!(server.stop().await.cut_off, 0);
}
