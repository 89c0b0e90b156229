//! What goes into an answer, and what comes with a request.

use greenroom_core::Queue;
use greenroom_http::{Body, Http, Incoming, Request, Response};
use greenroom_testkit::{Outcome, cancel_at_every_poll, until_idle};
use http_body_util::BodyExt;

use crate::stage::Stage;

rows! {
    "BodyWriter::write" => write,
    "BodyWriter::client_gone" => client_gone,
    "Incoming::chunk" => chunk,
}

/// A piece whose write was dropped is written whole or not at all.
async fn write() -> usize {
    cancel_at_every_poll(
        async || {
            let (mut writer, body) = Body::channel();
            writer.write("first ").await.unwrap();
            let writers = Queue::unbounded();
            let read = tokio::spawn(async move {
                until_idle().await;
                let all = body.collect().await.unwrap().to_bytes();
                String::from_utf8(all.to_vec()).unwrap()
            });
            // Whatever becomes of the future, the writer is given back.
            let mut loan = Loan { lent: Some(writer), home: writers.clone() };
            let write = async move { loan.lent.as_mut().unwrap().write("second ").await.unwrap() };
            ((writers, read), write)
        },
        async |(writers, read), outcome| {
            let mut writer = writers.try_get().unwrap();
            writer.write("last").await.unwrap();
            drop(writer);
            let turn_came =
                outcome.is_completed() || matches!(outcome, Outcome::Dropped { polls: 1.., woken: true, .. });
            let written = if turn_came { "first second last" } else { "first last" };
            assert_eq!(read.await.unwrap(), written);
        },
    )
    .await
}

async fn client_gone() -> usize {
    cancel_at_every_poll(
        async || {
            let (writer, body) = Body::channel();
            tokio::spawn(async move {
                until_idle().await;
                drop(body);
            });
            ((), async move { writer.client_gone().await })
        },
        async |(), _| until_idle().await,
    )
    .await
}

/// What comes after a read that was dropped is what it would have read.
async fn chunk() -> usize {
    cancel_at_every_poll(
        async || {
            let (lobby, bodies) = (Queue::unbounded(), Queue::unbounded());
            let give: Queue<Incoming> = lobby.clone();
            let stage = Stage::with(Http::new(), move |request: Request| {
                let give = give.clone();
                async move {
                    give.put(request.into_body()).await.unwrap();
                    std::future::pending::<Response>().await
                }
            })
            .await;
            let mut client = stage.connect().await;
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n").await;
            let body = lobby.get().await.unwrap();
            let sent = tokio::spawn(async move {
                for part in ["ab", "cd", "ef"] {
                    until_idle().await;
                    client.send(part).await;
                }
                client
            });
            let mut loan = Loan { lent: Some(body), home: bodies.clone() };
            let read = async move { loan.lent.as_mut().unwrap().chunk().await.unwrap().unwrap() };
            ((stage, bodies, sent), read)
        },
        async |(_stage, bodies, sent), outcome: Outcome<_>| {
            let _client = sent.await.unwrap();
            let mut body = bodies.get().await.unwrap();
            let mut all = outcome.completed().map(Vec::from).unwrap_or_default();
            while let Some(chunk) = body.chunk().await.unwrap() {
                all.extend(chunk);
            }
            assert_eq!(all, b"abcdef");
        },
    )
    .await
}

/// Goes home when whoever has borrowed it is gone.
pub(super) struct Loan<T> {
    pub(super) lent: Option<T>,
    pub(super) home: Queue<T>,
}

impl<T> Drop for Loan<T> {
    fn drop(&mut self) {
        if let Some(lent) = self.lent.take() {
            assert!(self.home.try_put(lent).is_ok());
        }
    }
}
