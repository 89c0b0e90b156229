//! Budgets and pools that servers share.

use std::future::pending;
use std::time::Duration;

use greenroom_core::{Pool, WithTimeout};
use greenroom_server::{Connection, Limits, StreamServer};
use tokio::io::AsyncReadExt;

use greenroom_testkit::ScriptedListener;

use crate::scripted::settle;

/// Serves until the client closes.
async fn listen(mut conn: Connection) {
    let _ = conn.read_to_end(&mut Vec::new()).await;
}

#[tokio::test(start_paused = true)]
async fn two_servers_share_the_size_of_a_pool_whose_members_their_connections_are() {
    let pool = Pool::new(2);
    let ((one, first), (other, second)) = (ScriptedListener::new([]), ScriptedListener::new([]));
    let one = StreamServer::on(one).limits(pool.clone()).start(listen).await.unwrap();
    let other = StreamServer::on(other).limits(pool.clone()).start(listen).await.unwrap();
    let mut clients = Vec::new();
    for stagehand in [&first, &second, &first, &second] {
        clients.push(stagehand.connect(64));
        settle().await;
    }
    assert_eq!((one.stats().active, other.stats().active, pool.len()), (1, 1, 2));
    assert_eq!((one.stats().accepted, other.stats().accepted), (1, 1), "two clients wait unaccepted");

    clients.remove(0);
    settle().await;
    let accepted = (one.stats().accepted, other.stats().accepted);
    assert_eq!((accepted, pool.len()), ((1, 2), 2), "the other was first in line");
    pool.resize(3);
    settle().await;
    assert_eq!((one.stats().active, other.stats().active, pool.len()), (1, 2, 3));

    drop(clients);
    settle().await;
    assert_eq!((pool.len(), pool.free()), (0, 3), "servers that wait for clients hold no slot");
    assert_eq!((one.limits().open_connections(), other.limits().open_connections()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_killed_pool_ends_its_connections_and_the_server_says_why() {
    let pool = Pool::new(1);
    let (listener, stagehand) = ScriptedListener::new([]);
    let server = StreamServer::on(listener)
        .limits(Limits::from(pool.clone()))
        .start(async |_: Connection| pending::<()>().await)
        .await
        .unwrap();
    let mut served = stagehand.connect(64);
    settle().await;
    assert_eq!(server.stats().active, 1);
    pool.kill().reason("closing time").await;
    let report = server.wait().timeout(Duration::from_secs(60)).await.unwrap();
    assert!(report.ended_by_itself && stagehand.is_closed());
    assert!(
        report
            .to_string()
            .ends_with("no longer listening on 192.0.2.2:7000: the pool was killed: closing time")
    );
    assert_eq!(served.read(&mut [0]).await.unwrap(), 0, "its connection is closed");
    assert_eq!((server.limits().open_connections(), pool.len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_pool_of_no_slots_accepts_nobody_until_it_has_one() {
    let pool = Pool::new(0);
    let (listener, stagehand) = ScriptedListener::new([]);
    let server = StreamServer::on(listener).limits(pool.clone()).start(listen).await.unwrap();
    let _client = stagehand.connect(64);
    settle().await;
    assert_eq!((stagehand.calls(), server.stats().accepted), (0, 0));
    pool.resize(1);
    settle().await;
    assert_eq!((stagehand.calls(), server.stats().active), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_flood_at_a_limit_that_moves_is_served_whole_and_never_above_it() {
    const CLIENTS: usize = 500;
    let limits = Limits::from(10);
    let (listener, stagehand) = ScriptedListener::new([]);
    let server = StreamServer::on(listener).limits(limits.clone()).start(listen).await.unwrap();
    let mut clients: Vec<_> = (0..CLIENTS).map(|_| stagehand.connect(64)).collect();
    for max in [10, 3, 25, 1, 0, 10].into_iter().cycle() {
        limits.set_connections(max);
        let before = limits.open_connections();
        settle().await;
        assert!(limits.open_connections() <= max.max(before));
        assert_eq!(limits.open_connections() as u64, server.stats().active);
        if clients.is_empty() && max > 0 {
            break;
        }
        // Those that were accepted first go first.
        clients.drain(..clients.len().min(7));
    }
    settle().await;
    assert_eq!(server.stats().accepted, CLIENTS as u64);
    assert_eq!((server.stats().active, limits.open_connections()), (0, 0));
}
