//! Four jobs of one second each, over two connections; and a fifth that is killed while it has one.
//!
//! Run:    cargo run --release [database]     (default: $DATABASE_URL, or host=localhost user=postgres), here in its folder
//! Then:   read. Where there is no database it says so.

use std::io;
use std::time::Duration;

use database_pool::ConnectionPool;
use greenroom::{Event, Pool, spawn};
use tokio::time::Instant;
use tokio_postgres::Config;

const CONNECTIONS: usize = 2;
const JOBS: usize = 4;
const PATIENCE: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> io::Result<()> {
    let written = std::env::args().nth(1).or_else(|| std::env::var("DATABASE_URL").ok());
    let written = written.unwrap_or_else(|| "host=localhost user=postgres".to_owned());
    let mut config: Config = written.parse().map_err(io::Error::other)?;
    config.application_name("database_pool").connect_timeout(PATIENCE);
    let connections = ConnectionPool::new(CONNECTIONS, config);
    if let Err(error) = connections.check_out().await {
        println!(
            "skipped: there is no PostgreSQL to be had ({error}); say where it is, in DATABASE_URL or as an argument"
        );
        return Ok(());
    }

    let began = Instant::now();
    let of_all = connections.clone();
    Pool::new(JOBS).try_map(1..=JOBS, move |number| job(number, of_all.clone())).await?;
    println!("{JOBS} jobs of 1 s with {CONNECTIONS} connections: {} s", began.elapsed().as_secs());

    kill(&connections).await
}

async fn job(number: usize, connections: ConnectionPool) -> io::Result<()> {
    let mut connection = connections.check_out().await?;
    let process = connection.run(async |client| {
        client.execute("select pg_sleep(1)", &[]).await?;
        client.query_one("select pg_backend_pid()", &[]).await?.try_get::<_, i32>(0)
    });
    let process = process.await.map_err(io::Error::other)?;
    println!("job {number} is done, by process {process}");
    Ok(())
}

async fn kill(connections: &ConnectionPool) -> io::Result<()> {
    let mut connection = connections.check_out().await?;
    let begun = Event::new();
    let begin = begun.clone();
    let sleeper = spawn(async move {
        let work = connection.run(async |client| {
            begin.set();
            client.execute("select pg_sleep(60)", &[]).await
        });
        work.await
    });
    begun.wait().await;
    println!("a sleeper was {}", sleeper.kill().await);
    let mut lent = Vec::new();
    for _ in 0..CONNECTIONS {
        lent.push(connections.check_out().await?);
    }
    println!("all {} connections can be had again", lent.len());
    Ok(())
}
