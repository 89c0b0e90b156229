use std::sync::Arc;
use std::time::Duration;

use greenroom_testkit::{Outcome, cancel_at_every_poll};
use tokio::io::AsyncReadExt;
use tokio::sync::Mutex;

use super::Lobby;
use crate::secured::{certificate, shake_hands};

rows! {
    "Connection::start_tls" => start_tls,
}

async fn start_tls() -> usize {
    let (tls, connector) = certificate();
    cancel_at_every_poll(
        async || {
            let mut lobby = Lobby::new().await;
            let (conn, client) = lobby.connect(300).await;
            let connector = connector.clone();
            let client = tokio::spawn(async move {
                let mut client = shake_hands(&connector, client).await?;
                client.read_to_end(&mut Vec::new()).await
            });
            let conn = Arc::new(Mutex::new(conn));
            let start = {
                let (conn, tls) = (Arc::clone(&conn), tls.clone());
                async move { conn.lock().await.start_tls(&tls).await.unwrap() }
            };
            ((lobby, conn, client), start)
        },
        async |(lobby, conn, client), outcome| {
            match &outcome {
                Outcome::Completed(()) => assert!(conn.lock().await.tls().is_some()),
                Outcome::Dropped { polls: 0, .. } => {}
                Outcome::Dropped { .. } => {
                    conn.lock().await.send_line("x").await.expect_err("it is closed");
                    assert_eq!(lobby.server.limits().open_connections(), 0);
                }
            }
            drop(conn);
            let clean = client.await.unwrap().is_ok();
            assert_eq!(clean, outcome.is_completed());
            tokio::time::sleep(Duration::from_secs(5)).await;
            assert_eq!(lobby.server.limits().open_connections(), 0);
        },
    )
    .await
}
