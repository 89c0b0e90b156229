//! Shedding with the spare file, by script and in paused time. The spare file and the bound on sheds are the process's, so
//! these tests take turns, each in an hour of its own.

use std::iter::{repeat, repeat_n};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use greenroom_server::{AcceptPolicy, Backoff, Connection};
use tokio::io::AsyncReadExt;
use tokio::sync::{Mutex, MutexGuard};

use crate::scripted::{Answer, call_times, server, settle};
use Answer::{Connection as Accepted, Error};

const EMFILE: Answer = Error(libc::EMFILE);

async fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::const_new(());
    static HOUR: AtomicU64 = AtomicU64::new(1);
    let turn = TURN.lock().await;
    tokio::time::advance(Duration::from_secs(3600 * HOUR.fetch_add(1, Ordering::SeqCst))).await;
    turn
}

fn policy() -> AcceptPolicy {
    AcceptPolicy::new().backoff(Backoff::new(1).jitter(0.0)).reserve_file(true)
}

async fn hello(mut conn: Connection) -> std::io::Result<()> {
    conn.send_line("hello").await
}

#[tokio::test(start_paused = true)]
async fn out_of_files_a_client_is_let_in_and_closed_at_once_and_the_next_is_served() {
    let _turn = turn().await;
    let (server, mut stagehand) = server([EMFILE, Accepted, Accepted]);
    let server = server.accept_policy(policy()).max_connections(1).start(hello).await.unwrap();
    let (mut shed, mut served) = (stagehand.client().await, stagehand.client().await);
    let mut answer = String::new();
    shed.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "");
    served.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "hello\n");
    assert_eq!(stagehand.elapsed(), Duration::ZERO);
    settle().await;
    let stats = server.stats();
    assert_eq!((stats.shed, stats.accepted, stats.accept_errors), (1, 1, 1));
    assert_eq!(server.limits().open_connections(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_hundred_are_shed_in_a_second_and_then_it_backs_off() {
    let _turn = turn().await;
    let script = repeat_n([EMFILE, Accepted], 100).flatten().chain(repeat(EMFILE));
    let (server, stagehand) = server(script);
    let server = server.accept_policy(policy()).start(hello).await.unwrap();
    tokio::time::sleep(Duration::from_millis(999)).await;
    let calls = call_times(&stagehand);
    assert_eq!(calls[..201], [0; 201]);
    assert_eq!(calls[201..], [10, 30, 70, 150, 310, 630]);
    assert_eq!(server.stats().shed, 100);
    tokio::time::sleep(Duration::from_secs(1)).await;
    // A second later it tries again, in vain.
    assert_eq!(call_times(&stagehand)[207..], [1270, 1270]);
    assert_eq!(server.stats().shed, 100);
}

#[tokio::test(start_paused = true)]
async fn the_bound_is_the_policy_s_and_counts_for_all_listeners_of_the_process() {
    let _turn = turn().await;
    let script = || repeat([EMFILE, Accepted]).flatten();
    let (one, mut one_stagehand) = server(script());
    let (two, _two_stagehand) = server(script());
    let one = one.accept_policy(policy().sheds_per_second(3)).start(hello).await.unwrap();
    let mut shed = one_stagehand.client().await;
    assert_eq!(shed.read(&mut [0]).await.unwrap(), 0);
    settle().await;
    let two = two.accept_policy(policy().sheds_per_second(3)).start(hello).await.unwrap();
    settle().await;
    assert_eq!(one.stats().shed + two.stats().shed, 3);
    assert_eq!(two.stats().accepted, 0, "it backs off at once");
}

#[tokio::test(start_paused = true)]
async fn who_is_shed_counts_against_the_limit() {
    let _turn = turn().await;
    let (server, mut stagehand) = server([Accepted, EMFILE, Accepted]);
    let listen = async |mut conn: Connection| drop(conn.read_to_end(&mut Vec::new()).await);
    let server = server.accept_policy(policy()).max_connections(1).start(listen).await.unwrap();
    let first = stagehand.client().await;
    settle().await;
    assert_eq!((stagehand.calls(), server.stats().shed), (1, 0), "at the limit nobody is let in to be shed");
    drop(first);
    settle().await;
    assert_eq!(server.stats().shed, 1);
}

#[tokio::test(start_paused = true)]
async fn nobody_to_shed_is_no_reason_to_wait() {
    let _turn = turn().await;
    let (server, stagehand) = server([EMFILE]);
    let server = server.accept_policy(policy()).start(hello).await.unwrap();
    settle().await;
    let mut client = stagehand.connect(16);
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "hello\n");
    assert_eq!(call_times(&stagehand)[..3], [0, 0, 0]);
    assert_eq!(server.stats().shed, 0);
}

#[tokio::test(start_paused = true)]
async fn when_the_room_is_taken_by_another_it_backs_off_and_both_errors_count() {
    let _turn = turn().await;
    let (server, mut stagehand) = server([EMFILE, Error(libc::ENFILE), Accepted]);
    let server = server.accept_policy(policy()).start(hello).await.unwrap();
    let _client = stagehand.client().await;
    assert_eq!(call_times(&stagehand)[..3], [0, 0, 10]);
    let stats = server.stats();
    assert_eq!(stats.accept_errors_by_number, [(libc::EMFILE, 1), (libc::ENFILE, 1)].into());
    assert_eq!(stats.shed, 0);
}

#[tokio::test(start_paused = true)]
async fn only_emfile_sheds_and_only_where_the_policy_has_it() {
    let _turn = turn().await;
    for number in [libc::ENFILE, libc::ENOBUFS, libc::ENOMEM] {
        let (server, mut stagehand) = server([Error(number), Accepted]);
        let server = server.accept_policy(policy()).start(hello).await.unwrap();
        let _client = stagehand.client().await;
        assert_eq!(call_times(&stagehand)[..2], [0, 10], "errno {number}");
        assert_eq!(server.stats().shed, 0);
    }
    // A listener of one's own opens no files, as far as the server knows.
    for policy in [policy().reserve_file(false), AcceptPolicy::new(), policy().sheds_per_second(0)] {
        let (server, mut stagehand) = server([EMFILE, Accepted]);
        let server = server.accept_policy(policy).start(hello).await.unwrap();
        let _client = stagehand.client().await;
        assert_eq!(server.stats().shed, 0);
        assert_eq!(server.stats().accepted, 1);
    }
}
