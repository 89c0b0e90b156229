//! How long a client may take, on a clock that passes only when everybody waits.

use std::time::Duration;

use crate::stage::{Stage, deaf, echo};

const HEAD: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn part_of_a_next_head_that_came_with_a_request_has_the_time_of_a_head() {
    for first in
        ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"]
    {
        let stage = Stage::new(echo).await;
        let mut client = stage.connect().await;
        client.send(format!("{first}GET /next HT")).await;
        assert_eq!(client.answer().await.status, 200);
        let began = tokio::time::Instant::now();
        let answer = client.answer().await;
        assert_eq!((answer.status, began.elapsed()), (408, HEAD), "{answer:?}");
        client.closed_at_once().await;
        stage.close().await;
    }
}

#[tokio::test(start_paused = true)]
async fn empty_lines_are_no_head() {
    let stage = Stage::new(deaf).await;
    let mut client = stage.connect().await;
    assert_eq!(client.get("/").await.status, 200);
    client.send("\r\n").await;
    assert_eq!(client.closed().await, IDLE);
    stage.close().await;
}
