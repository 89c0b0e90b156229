//! Replies are gathered, and never held back.

use std::future::{Future, pending};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use greenroom_core::{Queue, spawn};
use greenroom_server::{Connection, WriteHalf, with};
use greenroom_testkit::until_idle;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::{Instant, sleep};

use crate::counted::{Counts, counted};

async fn echo(mut conn: Connection) -> io::Result<()> {
    let mut lines = conn.lines();
    while let Some(line) = lines.next().await? {
        lines.send(line).await?;
    }
    Ok(())
}

async fn expect(client: &mut DuplexStream, text: &str) {
    let mut answer = vec![0; text.len()];
    client.read_exact(&mut answer).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&answer), text);
}

#[tokio::test(start_paused = true)]
async fn sixteen_requests_at_once_are_answered_by_one_write() {
    let (_server, stagehand, counts) = counted(echo).await;
    let mut client = stagehand.connect(64 * 1024);
    let requests: String = (0..16).map(|n| format!("request {n}\n")).collect();
    for round in 1..=10 {
        client.write_all(requests.as_bytes()).await.unwrap();
        expect(&mut client, &requests).await;
        assert_eq!(counts.writes(), round);
    }
}

#[tokio::test(start_paused = true)]
async fn requests_one_after_the_other_are_answered_by_a_write_each() {
    let (_server, stagehand, counts) = counted(echo).await;
    let mut client = stagehand.connect(64 * 1024);
    for n in 1..=16 {
        client.write_all(b"request\n").await.unwrap();
        expect(&mut client, "request\n").await;
        assert_eq!(counts.writes(), n);
    }
}

/// Something that a handler waits for.
type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Begins to wait.
type Begin = fn() -> Wait;

/// Waits of every kind. None of them knows of the connection.
fn waits() -> Vec<(&'static str, Begin)> {
    vec![
        ("sleep", || Box::pin(sleep(Duration::from_secs(3600)))),
        ("yield", || Box::pin(tokio::task::yield_now())),
        ("channel", || {
            Box::pin(async {
                let (sender, mut receiver) = mpsc::channel::<()>(1);
                tokio::spawn(async move {
                    until_idle().await;
                    sender.send(()).await
                });
                receiver.recv().await.unwrap();
            })
        }),
        ("lock", || {
            Box::pin(async {
                let lock = Arc::new(Mutex::new(()));
                let guard = Arc::clone(&lock).lock_owned().await;
                tokio::spawn(async move {
                    until_idle().await;
                    drop(guard);
                });
                drop(lock.lock().await);
            })
        }),
        ("another task", || Box::pin(async { drop(spawn(until_idle()).join().await) })),
        ("a queue", || {
            Box::pin(async {
                let queue = Queue::bounded(1);
                let other = queue.clone();
                spawn(async move {
                    until_idle().await;
                    other.put(()).await.unwrap();
                });
                queue.get().await.unwrap();
            })
        }),
    ]
}

#[tokio::test(start_paused = true)]
async fn no_reply_waits_past_the_next_suspension_of_the_handler() {
    for (name, wait) in waits() {
        let (tell, mut told) = mpsc::unbounded_channel();
        let counts = Arc::new(std::sync::OnceLock::<Counts>::new());
        let state = (tell, Arc::clone(&counts));
        let (_server, stagehand, its_counts) =
            counted(with(state, move |(tell, counts), mut conn: Connection| {
                let (tell, counts): (mpsc::UnboundedSender<_>, Arc<std::sync::OnceLock<Counts>>) =
                    (tell, counts);
                async move {
                    let written = || counts.get().unwrap().written();
                    conn.send_line("one").await?;
                    conn.lines().send("two").await?;
                    let before = written();
                    wait().await;
                    tell.send((before, written())).unwrap();
                    pending::<io::Result<()>>().await
                }
            }))
            .await;
        counts.set(its_counts).unwrap();
        let start = Instant::now();
        let mut client = stagehand.connect(64);
        expect(&mut client, "one\ntwo\n").await;
        assert_eq!(start.elapsed(), Duration::ZERO, "{name}");
        assert_eq!(told.recv().await.unwrap(), (0, 8), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn replies_of_a_writer_in_another_task_are_not_held_back_either() {
    for (name, wait) in waits() {
        let (_server, stagehand, counts) = counted(move |conn: Connection| async move {
            let (reader, mut writer) = conn.into_split();
            let task = spawn(async move {
                writer.send_line("one").await.unwrap();
                writer.send_line("two").await.unwrap();
                wait().await;
                writer.send_line("three").await.unwrap();
                pending::<()>().await;
            });
            assert_eq!(reader.into_lines().next().await.unwrap(), None);
            task.kill().await;
        })
        .await;
        let mut client = stagehand.connect(64);
        let start = Instant::now();
        expect(&mut client, "one\ntwo\n").await;
        assert_eq!((start.elapsed(), counts.writes()), (Duration::ZERO, 1), "{name}");
        expect(&mut client, "three\n").await;
        assert_eq!(counts.writes(), 2, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn outside_of_a_greenroom_task_writes_go_straight_through() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let (_server, stagehand, counts) =
        counted(with(tell, async |tell: mpsc::UnboundedSender<_>, conn: Connection| {
            let (reader, writer) = conn.into_split();
            tell.send(writer).unwrap();
            drop(reader);
            pending::<()>().await;
        }))
        .await;
    let mut client = stagehand.connect(64);
    let mut writer: WriteHalf = told.recv().await.unwrap();
    let counter = counts.clone();
    tokio::spawn(async move {
        for n in 1..=3 {
            writer.send_line("reply").await.unwrap();
            assert_eq!(counter.writes(), n, "it is sent when `send_line` is over");
        }
        drop(writer);
    })
    .await
    .unwrap();
    let mut all = String::new();
    client.read_to_string(&mut all).await.unwrap();
    assert_eq!(all, "reply\nreply\nreply\n");
}

#[tokio::test(start_paused = true)]
async fn replies_of_a_writer_that_moves_between_tasks_come_in_order_and_in_time() {
    let (_server, stagehand, _) = counted(async |conn: Connection| {
        let (reader, writer) = conn.into_split();
        let (ping, pong) = (Queue::<(WriteHalf, u32)>::bounded(1), Queue::<(WriteHalf, u32)>::bounded(1));
        for (from, to) in [(ping.clone(), pong.clone()), (pong, ping.clone())] {
            spawn(async move {
                while let Ok((mut writer, round)) = from.get().await {
                    writer.send_line(format!("round {round}")).await.unwrap();
                    to.put((writer, round + 1)).await.unwrap();
                    if round == 1000 {
                        return;
                    }
                }
            });
        }
        ping.put((writer, 0)).await.unwrap();
        let mut lines = reader.into_lines();
        while lines.next().await.unwrap().is_some() {}
    })
    .await;
    for room in [5, 64 * 1024] {
        let mut client = stagehand.connect(room);
        for round in 0..=1000 {
            // Something comes in between, so that the reader is at it too.
            if round % 7 == 0 {
                client.write_all(b"\n").await.unwrap();
            }
            expect(&mut client, &format!("round {round}\n")).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_is_not_held_back_by_the_end_of_the_task_that_sent_it() {
    let (_server, stagehand, _) = counted(async |conn: Connection| {
        let (reader, writer) = conn.into_split();
        let (give, mut take) = mpsc::unbounded_channel();
        spawn(async move {
            let mut writer = writer;
            writer.send_line("one").await.unwrap();
            give.send(writer).unwrap();
        });
        // It is somebody's, who does not write.
        let _writer = take.recv().await.unwrap();
        let mut lines = reader.into_lines();
        while lines.next().await.unwrap().is_some() {}
    })
    .await;
    // Fewer bytes than the reply has fit on the way: what is left goes on beside.
    let mut client = stagehand.connect(2);
    expect(&mut client, "one\n").await;
}

#[tokio::test(start_paused = true)]
async fn a_reply_before_the_connection_is_detached_is_not_held_back() {
    let lobby = Queue::bounded(1);
    let (server, stagehand, _) =
        counted(with(lobby.clone(), async |lobby: Queue<Connection>, mut conn: Connection| {
            conn.send_line("welcome").await.unwrap();
            lobby.put(conn.detach()).await.unwrap();
        }))
        .await;
    let mut client = stagehand.connect(4);
    expect(&mut client, "welcome\n").await;
    until_idle().await;
    assert_eq!(server.limits().open_connections(), 1);
    drop(lobby.get().await.unwrap());
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
    until_idle().await;
    assert_eq!(server.limits().open_connections(), 0);
}

#[tokio::test(start_paused = true)]
async fn sixty_four_kibibytes_are_sent_without_waiting_for_more() {
    let (_server, stagehand, counts) = counted(async |mut conn: Connection| {
        let line = [b'x'; 1023];
        for _ in 0..640 {
            conn.send_line(line).await?;
        }
        conn.send_line("end").await
    })
    .await;
    let mut client = stagehand.connect(1024 * 1024);
    let mut all = Vec::new();
    client.read_to_end(&mut all).await.unwrap();
    assert_eq!(all.len(), 640 * 1024 + 4);
    assert_eq!(counts.writes(), 11, "64 KiB at a time, and the rest");
}

#[tokio::test(start_paused = true)]
async fn replies_are_sent_on_flush_and_at_the_end_and_on_drop() {
    let (done, wait) = oneshot::channel::<()>();
    let wait = Arc::new(Mutex::new(Some(wait)));
    let (tell, mut told) = mpsc::unbounded_channel();
    let counts = Arc::new(std::sync::OnceLock::<Counts>::new());
    let state = (tell, Arc::clone(&counts), wait);
    type State = (
        mpsc::UnboundedSender<usize>,
        Arc<std::sync::OnceLock<Counts>>,
        Arc<Mutex<Option<oneshot::Receiver<()>>>>,
    );
    let (_server, stagehand, its_counts) =
        counted(with(state, async |(tell, counts, wait): State, mut conn: Connection| {
            let writes = || counts.get().unwrap().writes();
            conn.send_line("one").await?;
            tell.send(writes()).unwrap();
            conn.flush().await?;
            tell.send(writes()).unwrap();
            conn.send_line("two").await?;
            drop(conn);
            tell.send(writes()).unwrap();
            let waiting = wait.lock().await.take();
            let _ = waiting.unwrap().await;
            io::Result::Ok(())
        }))
        .await;
    counts.set(its_counts.clone()).unwrap();
    let mut client = stagehand.connect(64);
    let mut all = String::new();
    client.read_to_string(&mut all).await.unwrap();
    assert_eq!(all, "one\ntwo\n");
    assert_eq!([told.recv().await, told.recv().await, told.recv().await], [Some(0), Some(1), Some(2)]);
    drop(done);

    let (_server, stagehand, counts) = counted(async |mut conn: Connection| {
        conn.send_line("one").await?;
        conn.send_line("two").await
    })
    .await;
    let mut all = String::new();
    stagehand.connect(64).read_to_string(&mut all).await.unwrap();
    assert_eq!((all.as_str(), counts.writes()), ("one\ntwo\n", 1));
}

#[tokio::test(start_paused = true)]
async fn what_goes_wrong_while_nobody_waits_appears_at_the_next_read_or_write() {
    async fn kind(conn: &mut Connection, reading: bool) -> io::ErrorKind {
        conn.send_line("lost").await.unwrap();
        sleep(Duration::from_secs(1)).await;
        let error = if reading {
            conn.lines().next().await.unwrap_err()
        } else {
            conn.send_line("next").await.unwrap_err()
        };
        error.kind()
    }
    for reading in [true, false] {
        let (tell, mut told) = mpsc::unbounded_channel();
        let (_server, stagehand, _) = counted(with(
            (tell, reading),
            async |(tell, reading): (mpsc::UnboundedSender<_>, _), mut conn: Connection| {
                tell.send(kind(&mut conn, reading).await).unwrap();
            },
        ))
        .await;
        let mut client = stagehand.connect_through(64, |io| io.write_error_at(0, io::ErrorKind::BrokenPipe));
        client.write_all(b"a line is there\n").await.unwrap();
        assert_eq!(told.recv().await.unwrap(), io::ErrorKind::BrokenPipe, "reading: {reading}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_reply_goes_out_after_what_was_gathered_before_it() {
    let (_server, stagehand, _) = counted(async |mut conn: Connection| {
        conn.send_line("short").await?;
        conn.send_line(vec![b'l'; 100_000]).await?;
        conn.send_line("short").await?;
        conn.write_all(b"raw\n").await
    })
    .await;
    for room in [7, 1024 * 1024] {
        let mut all = String::new();
        stagehand.connect(room).read_to_string(&mut all).await.unwrap();
        assert_eq!(all, format!("short\n{}\nshort\nraw\n", "l".repeat(100_000)));
    }
}
