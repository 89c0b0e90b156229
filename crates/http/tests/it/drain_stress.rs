//! Stopping while clients are at it: no answer that could have come to its end is cut.
//!
//! `GREENROOM_STRESS=1` stops ten times as often.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use greenroom_http::{Body, BodyWriter, HttpServer, IntoHttpService, Request, Response};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, yield_now};

use crate::http2::{request, whole};
use crate::raw::Client;

const CLIENTS: usize = 4;
/// What every answer consists of.
pub(crate) const SIZE: usize = 40_000;

pub(crate) fn trials() -> usize {
    if std::env::var_os("GREENROOM_STRESS").is_some() { 1000 } else { 100 }
}

/// At once, after a while, or piece by piece.
pub(crate) async fn service(request: Request) -> Response {
    let piece = || vec![b'x'; SIZE / 4];
    match request.uri().path() {
        "/later" => {
            for _ in 0..20 {
                yield_now().await;
            }
            Response::new(vec![b'x'; SIZE].into())
        }
        "/pieces" => Response::new(Body::produce(move |mut body: BodyWriter| async move {
            for _ in 0..4 {
                body.write(piece()).await?;
                yield_now().await;
            }
            io::Result::Ok(())
        })),
        _ => Response::new(vec![b'x'; SIZE].into()),
    }
}

fn path(n: usize) -> &'static str {
    ["/", "/later", "/pieces"][n % 3]
}

/// Asks until it is told that it was the last time, or is not answered at all.
pub(crate) async fn http1(io: TcpStream, answered: Arc<Semaphore>) {
    let mut client = Client::new(io);
    for n in 0.. {
        client.send(format!("GET {} HTTP/1.1\r\nHost: a\r\n\r\n", path(n))).await;
        // An idle connection may be closed just when a request is on its way; an answer that has begun may not.
        let Ok(mut head) = client.head().await else { return };
        assert_eq!(head.status, 200);
        let length: Option<usize> = head.header("content-length").map(|it| it.parse().unwrap());
        match length {
            Some(length) => {
                head.body = client.take(length).await.unwrap_or_else(|error| panic!("cut: {error}"))
            }
            None => loop {
                let size = client.line().await.unwrap_or_else(|error| panic!("cut: {error}"));
                let size = usize::from_str_radix(&size, 16).unwrap();
                head.body.extend(client.take(size).await.unwrap_or_else(|error| panic!("cut: {error}")));
                assert_eq!(client.line().await.unwrap_or_else(|error| panic!("cut: {error}")), "");
                if size == 0 {
                    break;
                }
            },
        }
        assert_eq!(head.body.len(), SIZE);
        answered.add_permits(1);
        if head.says_close() {
            return client.closed_for_good().await;
        }
    }
}

/// The same, three at a time.
async fn http2(io: TcpStream, answered: Arc<Semaphore>) {
    // It may be stopped before it has looked at anybody.
    let Ok((mut sender, connection)) = h2::client::handshake(io).await else { return };
    let connection = tokio::spawn(connection);
    loop {
        let mut answers = Vec::new();
        for n in 0..3 {
            if std::future::poll_fn(|context| sender.poll_ready(context)).await.is_ok()
                && let Ok((answer, _)) = sender.send_request(request("GET", path(n)), true)
            {
                answers.push(answer);
            }
        }
        if answers.is_empty() {
            break;
        }
        // All at once: a client that lets one wait for the other has no room for either in the end.
        let taken = answers.into_iter().map(async |answer| {
            // One that was not looked at may be asked for elsewhere.
            let answer = answer.await.inspect_err(|error| {
                assert!(error.is_go_away() || error.is_io() || error.is_reset(), "{error:?}");
            });
            let body = whole(answer.ok()?.into_body()).await.unwrap_or_else(|error| panic!("cut: {error}"));
            assert_eq!(body.len(), SIZE);
            answered.add_permits(1);
            Some(())
        });
        if join_all(taken).await.contains(&None) {
            break;
        }
    }
    drop(sender);
    let _ = connection.await;
}

/// Stops a server again and again, each time after another number of answers; tells how many there were in all.
pub(crate) async fn stop_again_and_again<V, S, C>(
    service: S,
    client: impl Fn(usize, TcpStream, Arc<Semaphore>) -> C,
) -> usize
where
    S: IntoHttpService<V> + Copy,
    C: Future<Output = ()> + Send + 'static,
{
    let mut total = 0;
    for trial in 0..trials() {
        let server = HttpServer::bind("127.0.0.1:0").start(service).await.unwrap();
        let address = server.local_addrs()[0].to_string();
        let answered = Arc::new(Semaphore::new(0));
        let mut clients = JoinSet::new();
        for n in 0..CLIENTS {
            clients.spawn(client(n, TcpStream::connect(&address).await.unwrap(), answered.clone()));
        }
        let few = u32::try_from(trial % 17).unwrap();
        answered.acquire_many(few).await.unwrap().forget();
        let report = server.stop_within(Duration::from_secs(60)).await;
        assert!(report.is_clean(), "trial {trial}: {report:?}");
        while let Some(client) = clients.join_next().await {
            client.unwrap();
        }
        assert_eq!(server.limits().open_connections(), 0);
        total += trial % 17 + answered.available_permits();
    }
    total
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_is_cut_by_a_stop() {
    let answers = stop_again_and_again(service, |n, io, answered| async move {
        match n % 2 {
            0 => http1(io, answered).await,
            _ => http2(io, answered).await,
        }
    })
    .await;
    println!("{answers} answers in {} trials", trials());
}
