//! What a stop tells about those who were there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use greenroom_core::finally;
use greenroom_server::{Connection, Fate, SockAddr, with};
use greenroom_testkit::until_idle;
use tokio::time::sleep;

use crate::scripted::server;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn the_ten_who_left_last_are_named_the_last_first() {
    let (server, stagehand) = server([]);
    let turns = Arc::new(AtomicU32::new(0));
    let handler = with(turns, async |turns, conn: Connection| {
        let turn = turns.fetch_add(1, Ordering::Relaxed);
        conn.stopping().await;
        sleep(turn * SECOND).await;
    });
    let server = server.start(handler).await.unwrap();
    let _clients: Vec<_> = (0..12).map(|_| stagehand.connect(64)).collect();
    sleep(60 * SECOND).await;
    let report = server.stop().await;
    assert_eq!((report.drained, report.took), (12, 11 * SECOND));
    let took: Vec<_> = report.slowest.iter().map(|straggler| straggler.took.as_secs()).collect();
    assert_eq!(took, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    let ages: Vec<_> = report.slowest.iter().map(|straggler| straggler.guest.age.as_secs()).collect();
    assert_eq!(ages, [71, 70, 69, 68, 67, 66, 65, 64, 63, 62]);
    assert!(report.slowest.iter().all(|straggler| straggler.outcome == Fate::Drained));
    assert!(report.is_clean());
}

#[tokio::test(start_paused = true)]
async fn each_straggler_has_the_end_that_it_had() {
    let (server, stagehand) = server([]);
    let turns = Arc::new(AtomicU32::new(0));
    // The first comes to an end, the second is killed, the third is cut off.
    let handler = with(turns, async |turns, conn: Connection| {
        let turn = turns.fetch_add(1, Ordering::Relaxed);
        let body = async {
            conn.stopping().await;
            if turn > 0 {
                std::future::pending::<()>().await;
            }
        };
        let clean_up = async move {
            if turn > 1 {
                std::future::pending::<()>().await;
            }
        };
        finally(body, clean_up).await;
    });
    let server = server.grace(9 * SECOND).kill_grace(2 * SECOND).start(handler).await.unwrap();
    let _clients = (stagehand.connect(64), stagehand.connect(64), stagehand.connect(64));
    until_idle().await;
    let ids: Vec<_> = server.connections().iter().map(|guest| guest.id).collect();
    let report = server.stop().await;
    assert_eq!((report.drained, report.killed, report.cut_off), (1, 1, 1));
    assert!(!report.is_clean());
    let named: Vec<_> = report.slowest.iter().map(|it| (it.guest.id, it.outcome)).collect();
    assert_eq!(named, [(ids[2], Fate::CutOff), (ids[1], Fate::Killed), (ids[0], Fate::Drained)]);
    let line = report.slowest[1].to_string();
    let expected = format!("192.0.2.1:5000 (number {}, here for 9 s) killed after 9.0 s", ids[1]);
    assert_eq!(line, expected);
}

#[tokio::test(start_paused = true)]
async fn those_who_are_served_can_be_listed() {
    let (server, stagehand) = server([]);
    let server = server
        .start(async |mut conn: Connection| {
            conn.lines().next().await.unwrap();
        })
        .await
        .unwrap();
    let first = stagehand.connect(64);
    sleep(5 * SECOND).await;
    let _second = stagehand.connect(64);
    until_idle().await;
    let mut ages: Vec<_> = server.connections().iter().map(|guest| guest.age.as_secs()).collect();
    ages.sort_unstable();
    assert_eq!(ages, [0, 5]);
    assert!(server.connections().iter().all(|guest| guest.peer.port() == Some(5000)));
    assert!(server.connections().iter().all(|guest| matches!(guest.peer, SockAddr::Ip(_))));
    drop(first);
    until_idle().await;
    assert_eq!(server.connections().len(), 1);
}
