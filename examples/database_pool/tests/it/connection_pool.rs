//! The pool keeps its size.

use std::future::pending;

use database_pool::{ConnectionPool, Lent};
use greenroom::{Event, Group, spawn};
use tokio_postgres::{Client, Error};

use crate::cluster::Cluster;

/// The number of the process that serves a connection.
async fn process(lent: &mut Lent) -> i32 {
    let row = lent.run(async |client| client.query_one("select pg_backend_pid()", &[]).await).await;
    row.expect("the database answers").get(0)
}

/// How many sleep there.
async fn at_work(lent: &mut Lent) -> i64 {
    const OTHERS: &str = "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(600)%' and pid <> pg_backend_pid()";
    let row = lent.run(async |client| client.query_one(OTHERS, &[]).await).await;
    row.expect("the database answers").get(0)
}

#[tokio::test]
async fn what_was_given_back_is_lent_again() {
    let Some(cluster) = Cluster::start() else { return };
    let pool = ConnectionPool::new(2, cluster.config());
    let first = process(&mut pool.check_out().await.unwrap()).await;
    let mut one = pool.check_out().await.unwrap();
    let mut other = pool.check_out().await.unwrap();
    assert_eq!(process(&mut one).await, first, "no connection is made without need");
    assert_ne!(process(&mut other).await, first);
    assert_eq!(pool.free(), 0);
    drop((one, other));
    assert_eq!(pool.free(), 2);
}

#[tokio::test]
async fn who_waits_gets_what_is_given_back() {
    let Some(cluster) = Cluster::start() else { return };
    let pool = ConnectionPool::new(1, cluster.config());
    let mut lent = pool.check_out().await.unwrap();
    let first = process(&mut lent).await;
    let waiting = spawn({
        let pool = pool.clone();
        async move { process(&mut pool.check_out().await.unwrap()).await }
    });
    drop(lent);
    assert_eq!(waiting.get().await.unwrap(), first);
}

#[tokio::test]
async fn a_broken_connection_is_replaced() {
    let Some(cluster) = Cluster::start() else { return };
    let pool = ConnectionPool::new(2, cluster.config());
    let mut one = pool.check_out().await.unwrap();
    let mut other = pool.check_out().await.unwrap();
    let broken = process(&mut one).await;
    other
        .run(async |client| client.execute("select pg_terminate_backend($1)", &[&broken]).await)
        .await
        .unwrap();
    // It learns of it at the latest when it wants something.
    while one.run(async |client| client.query_one("select 1", &[]).await).await.is_ok() {}
    drop(one);
    let mut fresh = pool.check_out().await.unwrap();
    assert_ne!(process(&mut fresh).await, broken);
    drop((fresh, other));
    assert_eq!(pool.free(), 2);
}

#[tokio::test]
async fn a_connection_that_breaks_while_nobody_has_it_is_replaced_before_it_is_lent() {
    let Some(cluster) = Cluster::start() else { return };
    let pool = ConnectionPool::new(2, cluster.config());
    let (mut one, mut other) = (pool.check_out().await.unwrap(), pool.check_out().await.unwrap());
    let broken = process(&mut one).await;
    drop(one);
    // With a time to wait, it says whether that process is gone.
    let gone = other
        .run(async |client| client.query_one("select pg_terminate_backend($1, 60000)", &[&broken]).await)
        .await;
    assert!(gone.unwrap().get::<_, bool>(0));
    let mut fresh = pool.check_out().await.unwrap();
    assert_ne!(process(&mut fresh).await, broken);
}

#[tokio::test]
async fn a_kill_in_the_middle_of_a_query_calls_the_query_off_and_keeps_the_size() {
    let Some(cluster) = Cluster::start() else { return };
    let pool = ConnectionPool::new(2, cluster.config());
    let mut watcher = pool.check_out().await.unwrap();
    for _ in 0..3 {
        let mut lent = pool.check_out().await.unwrap();
        let killed = process(&mut lent).await;
        let sleeper = spawn(async move {
            lent.run(async |client| client.execute("select pg_sleep(600)", &[]).await).await
        });
        while at_work(&mut watcher).await == 0 {}
        assert_eq!(pool.free(), 0);
        sleeper.kill().await;
        // The place is free when the query is over, and no earlier.
        let mut fresh = pool.check_out().await.unwrap();
        assert_eq!(at_work(&mut watcher).await, 0);
        assert_ne!(process(&mut fresh).await, killed);
    }
    assert_eq!(pool.free(), 1);
}

#[tokio::test]
async fn a_kill_between_queries_gives_the_connection_back_as_it_is() {
    let Some(cluster) = Cluster::start() else { return };
    let pool = ConnectionPool::new(1, cluster.config());
    let mut lent = pool.check_out().await.unwrap();
    let first = process(&mut lent).await;
    let begun = Event::new();
    let holder = spawn({
        let begun = begun.clone();
        async move {
            let _lent = lent;
            begun.set();
            pending::<()>().await
        }
    });
    begun.wait().await;
    holder.kill().await;
    assert_eq!(pool.free(), 1);
    assert_eq!(process(&mut pool.check_out().await.unwrap()).await, first);
}

#[tokio::test]
async fn who_is_killed_while_it_waits_or_connects_keeps_nothing() {
    let Some(cluster) = Cluster::start() else { return };
    let pool = ConnectionPool::new(2, cluster.config());
    for round in 0..20 {
        let crew = Group::new();
        for _ in 0..6 {
            let pool = pool.clone();
            crew.spawn(async move { drop(pool.check_out().await) });
        }
        // So many steps into it, each time others: some wait, some connect, some have it.
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        crew.kill().await;
        assert_eq!(pool.free(), 2);
    }
}

#[tokio::test]
async fn a_transaction_that_is_left_open_is_rolled_back() {
    let Some(cluster) = Cluster::start() else { return };
    let pool = ConnectionPool::new(1, cluster.config());
    let mut lent = pool.check_out().await.unwrap();
    let half = async |client: &mut Client| {
        client.batch_execute("create table notes (note text)").await?;
        let transaction = client.transaction().await?;
        transaction.execute("insert into notes values ('never')", &[]).await?;
        Ok::<_, Error>(())
    };
    lent.run(half).await.unwrap();
    drop(lent);
    let mut lent = pool.check_out().await.unwrap();
    let count = lent.run(async |client| client.query_one("select count(*) from notes", &[]).await).await;
    assert_eq!(count.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn no_database_is_an_error_and_costs_no_place() {
    let pool = ConnectionPool::new(1, "host=/nowhere user=postgres".parse().unwrap());
    for _ in 0..3 {
        assert!(pool.check_out().await.is_err());
        assert_eq!(pool.free(), 1);
    }
}
