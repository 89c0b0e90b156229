//! A server's own tasks are killed at random under load: it serves on with what is left, or says that it has ended.
//!
//! `GREENROOM_STRESS=1` kills ten times as many, `GREENROOM_SEED=n` draws the same numbers again.

use std::env;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use greenroom::{AnyTask, Registry, ServerHandle, StreamServer};
use greenroom_testkit::Seed;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::baseline::{ask, echo, until};

const CLIENTS: usize = 100;
const LISTENERS: usize = 3;
/// Answers between one kill and the next.
const ANSWERS: u32 = 100;

/// What the clients and the killer share.
#[derive(Default)]
struct Scene {
    addresses: Mutex<Vec<SocketAddr>>,
    answers: Answers,
}

struct Answers(Semaphore);

impl Default for Answers {
    fn default() -> Self {
        Self(Semaphore::new(0))
    }
}

impl Scene {
    async fn raise(&self) -> ServerHandle {
        let mut server = StreamServer::bind("127.0.0.1:0");
        for _ in 1..LISTENERS {
            server = server.and_bind("127.0.0.1:0");
        }
        let server = server.start(echo).await.unwrap();
        let addresses = server.local_addrs().iter().map(|address| address.as_socket().unwrap()).collect();
        *self.addresses.lock().unwrap() = addresses;
        server
    }

    fn address(&self, number: usize) -> SocketAddr {
        let addresses = self.addresses.lock().unwrap();
        addresses[number % addresses.len()]
    }

    /// Asks for ever, by another door whenever it is cut off.
    async fn ask_on(&self, first: usize) {
        for number in first.. {
            tokio::task::yield_now().await;
            let Ok(mut client) = TcpStream::connect(self.address(number)).await else { continue };
            while ask(&mut client, "hello").await {
                self.answers.0.add_permits(1);
            }
        }
    }

    /// One new client, by whichever door there is.
    async fn serves(&self, first: usize) -> bool {
        for number in first..first + LISTENERS {
            if let Ok(mut client) = TcpStream::connect(self.address(number)).await
                && ask(&mut client, "fresh").await
            {
                return true;
            }
        }
        false
    }
}

/// The tasks of a server, by what they are: the one that leads it, those that accept, those that serve.
fn tasks_of(server: &ServerHandle) -> [Vec<AnyTask>; 3] {
    let all = Registry::tasks();
    let children = |parents: &[AnyTask]| -> Vec<_> {
        let is_child = |task: &&AnyTask| parents.iter().any(|parent| task.parent() == Some(parent.id()));
        all.iter().filter(is_child).cloned().collect()
    };
    let name = format!("server {}", server.local_addrs()[0]);
    let leaders: Vec<_> = all.iter().filter(|task| task.name() == Some(&name)).cloned().collect();
    let loops = children(&leaders);
    let connections = children(&loops);
    [leaders, loops, connections]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_tasks_are_killed_at_random_serves_on_or_says_that_it_has_ended() {
    let kills = if env::var_os("GREENROOM_STRESS").is_some() { 1000 } else { 100 };
    let mut random = Seed::from_env().random();
    let scene = Arc::new(Scene::default());
    let mut server = scene.raise().await;
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let scene = Arc::clone(&scene);
        clients.spawn(async move { scene.ask_on(number).await });
    }
    let (mut killed, mut ends) = ([0; 3], 0);
    while killed.iter().sum::<usize>() < kills {
        let report = tokio::select! {
            biased;
            report = server.wait() => Some(report),
            answers = scene.answers.0.acquire_many(ANSWERS) => {
                answers.unwrap().forget();
                None
            }
        };
        if let Some(report) = report {
            assert!(report.ended_by_itself, "nobody told it to: {report}");
            assert_eq!(report.lost_listeners.len(), LISTENERS, "{report}");
            until(|| server.limits().open_connections() == 0).await;
            ends += 1;
            server = scene.raise().await;
            continue;
        }
        let kind = match random.below(100) {
            0..2 => 0,
            2..10 => 1,
            _ => 2,
        };
        let tasks = &tasks_of(&server)[kind];
        if let Some(task) = tasks.get(random.below(tasks.len().max(1) as u64) as usize) {
            task.kill().await;
            killed[kind] += 1;
        }
    }
    assert!(killed[2] > 0, "{killed:?}, {ends} ends");
    clients.shutdown().await;
    // The last kill may have ended it.
    if tasks_of(&server)[1].is_empty() {
        assert!(server.wait().await.ended_by_itself);
        server = scene.raise().await;
    }
    for number in 0..CLIENTS {
        assert!(scene.serves(number).await, "{killed:?}");
    }
    until(|| server.stats().active == 0).await;
    assert_eq!(server.limits().open_connections(), 0);
    assert_eq!(server.stats().panicked, 0);
}
