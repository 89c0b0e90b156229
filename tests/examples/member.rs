//! A member of the `chatroom` example, over any of its transports.

use std::collections::VecDeque;

use greenroom::ServerHandle;
use serde_json::Value;

use crate::browser::{ask, get};
use crate::client::Client;
use crate::websocket::{Heard, Socket};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    WebSocket,
    Events,
    Poll,
}

pub(crate) const TRANSPORTS: [Transport; 3] = [Transport::WebSocket, Transport::Events, Transport::Poll];

#[derive(Debug)]
pub(crate) struct Member {
    server: ServerHandle,
    query: String,
    link: Link,
}

#[derive(Debug)]
enum Link {
    Socket(Box<Socket>),
    Events(Client),
    Poll { seat: String, seen: u64, unread: VecDeque<Value> },
}

impl Member {
    /// Comes in, and has heard the welcome.
    pub(crate) async fn enter(server: &ServerHandle, by: Transport, room: &str, name: &str) -> Self {
        let mut member = Self::knock(server, by, &query(room, name, &key(name))).await;
        let welcome = member.next().await;
        assert_eq!(welcome["type"], "welcome", "{welcome}");
        member
    }

    /// Wants in, by whatever query.
    pub(crate) async fn knock(server: &ServerHandle, by: Transport, query: &str) -> Self {
        let link = match by {
            Transport::WebSocket => {
                Link::Socket(Box::new(Socket::open(server, &format!("/socket?{query}")).await))
            }
            Transport::Events => {
                let mut client = Client::connect(server).await;
                client.send(format!("GET /events?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n")).await;
                Link::Events(client)
            }
            Transport::Poll => {
                let answer = ask(server, "POST", &format!("/enter?{query}"), "").await;
                let mut unread = VecDeque::new();
                if answer.status != 201 {
                    // As the page does it.
                    unread.push_back(serde_json::json!({"type": "refused", "why": answer.text.trim_end()}));
                }
                Link::Poll { seat: answer.text.trim_end().to_owned(), seen: 0, unread }
            }
        };
        Self { server: server.clone(), query: query.to_owned(), link }
    }

    /// The next that is heard; `{"type":"end"}` at the end.
    pub(crate) async fn next(&mut self) -> Value {
        match &mut self.link {
            Link::Socket(socket) => match socket.next().await {
                Heard::Text(text) => serde_json::from_str(&text).expect("it is JSON"),
                Heard::Closed(code, why) => serde_json::json!({"type": "end", "code": code, "why": why}),
                Heard::Gone => serde_json::json!({"type": "end"}),
            },
            Link::Events(client) => loop {
                let Some(line) = client.line().await else { return serde_json::json!({"type": "end"}) };
                if let Some(data) = line.strip_prefix("data: ") {
                    return serde_json::from_str(data).expect("it is JSON");
                }
            },
            Link::Poll { seat, seen, unread } => loop {
                if let Some(news) = unread.pop_front() {
                    return news;
                }
                let answer =
                    get(&self.server, &format!("/news?{}&seat={seat}&seen={seen}", self.query)).await;
                match answer.status {
                    200 => {
                        let answer: Value = serde_json::from_str(&answer.text).expect("it is JSON");
                        *seen = answer["number"].as_u64().expect("it has a number");
                        unread.extend(answer["news"].as_array().expect("it has news").iter().cloned());
                    }
                    204 => {}
                    status => {
                        let kind = if status == 409 { "refused" } else { "end" };
                        return serde_json::json!({"type": kind, "why": answer.text.trim_end()});
                    }
                }
            },
        }
    }

    /// Passes over what is of another kind.
    pub(crate) async fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let news = self.next().await;
            if news["type"] == kind {
                return news;
            }
            assert_ne!(news["type"], "end", "the end came before {kind:?}: {news}");
        }
    }

    /// Who said what next.
    pub(crate) async fn hears(&mut self) -> (String, String) {
        let said = self.next_of("said").await;
        let part = |name: &str| said[name].as_str().expect("it is text").to_owned();
        (part("from"), part("text"))
    }

    pub(crate) async fn say(&mut self, text: &str) {
        if let Link::Socket(socket) = &mut self.link {
            return socket.send(text).await;
        }
        let answer = ask(&self.server, "POST", &format!("/say?{}", self.query), text.to_owned()).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
    }

    /// Closes the page.
    pub(crate) async fn leave(self) {
        match self.link {
            Link::Socket(socket) => socket.close().await,
            Link::Events(client) => drop(client),
            Link::Poll { seat, .. } => {
                let target = format!("/leave?{}&seat={seat}", self.query);
                let answer = ask(&self.server, "POST", &target, "").await;
                assert_eq!(answer.status, 202);
            }
        }
    }

    /// Its connection breaks, where it has one.
    pub(crate) fn reset(self) {
        match self.link {
            Link::Socket(socket) => socket.reset(),
            Link::Events(client) => client.reset(),
            Link::Poll { .. } => {}
        }
    }
}

/// Each has one that nobody else knows.
pub(crate) fn key(name: &str) -> String {
    format!("the-key-of-{name}-is-long")
}

pub(crate) fn query(room: &str, name: &str, key: &str) -> String {
    format!("room={room}&name={name}&key={key}")
}
