//! A process that may open 64 files, and a hundred clients. The limit concerns a whole process, so each test here runs its
//! server in a process of its own: this same binary, told by an environment variable what to be.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use greenroom_server::{AcceptPolicy, Backoff, Connection, Listener, SockAddr, StreamServer};
use greenroom_testkit::ScriptedListener;
use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

const ROLE: &str = "GREENROOM_TEST_ROLE";
const FILES: u64 = 64;
const CLIENTS: usize = 100;
const AN_HOUR: Duration = Duration::from_secs(3600);

/// How often accept was called, and how often it was polled: a poll beyond the calls is a wake-up.
#[derive(Debug, Default)]
struct Counts {
    calls: AtomicU64,
    polls: AtomicU64,
}

struct Counting {
    listener: TcpListener,
    counts: Arc<Counts>,
}

impl Listener for Counting {
    type Io = TcpStream;

    async fn accept(&mut self) -> io::Result<(TcpStream, SockAddr)> {
        self.counts.calls.fetch_add(1, Ordering::SeqCst);
        let mut accepting = pin!(self.listener.accept());
        let (stream, peer) = poll_fn(|context| {
            self.counts.polls.fetch_add(1, Ordering::SeqCst);
            accepting.as_mut().poll(context)
        })
        .await?;
        Ok((stream, peer.into()))
    }

    fn local_addr(&self) -> io::Result<SockAddr> {
        self.listener.local_addr().map(SockAddr::from)
    }
}

async fn hello(mut conn: Connection) -> io::Result<()> {
    conn.send_line("hello").await?;
    conn.read_to_end(&mut Vec::new()).await.map(drop)
}

/// What the child process runs; in the parent it does nothing.
#[tokio::test]
async fn role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    setrlimit(Resource::Nofile, Rlimit { current: Some(FILES), maximum: Some(FILES) }).unwrap();
    let others = spare_files();
    let counts = Arc::new(Counts::default());
    let counting = async || {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        StreamServer::on(Counting { listener, counts: counts.clone() })
    };
    let server = match &*role {
        // Only a file that is closed can end such a back-off.
        "patient" => counting().await.backoff(Backoff::new(1).min(AN_HOUR).max(AN_HOUR)),
        "stuck" => counting().await,
        "shedding" => StreamServer::bind("127.0.0.1:0"),
        "barely shedding" => {
            counting().await.accept_policy(AcceptPolicy::new().reserve_file(true).sheds_per_second(3))
        }
        _ => panic!("no such role: {role}"),
    };
    let server = server.max_connections(1000).start(hello).await.unwrap();
    let (other, stagehand) = ScriptedListener::new([]);
    let _other = StreamServer::on(other).start(hello).await.unwrap();
    println!("listening on {}", server.local_addrs()[0]);

    let mut words = BufReader::new(tokio::io::stdin()).lines();
    let mut began = Instant::now();
    while let Some(word) = words.next_line().await.unwrap() {
        match &*word {
            "pause" => server.stop_accepting(),
            "go" => server.start_accepting(),
            "other" => {
                let mut answer = [0; 6];
                stagehand.connect(16).read_exact(&mut answer).await.unwrap();
                assert_eq!(&answer, b"hello\n");
            }
            "stop" => break,
            _ => {}
        }
        let now = Instant::now();
        let stats = server.stats();
        if stats.accept_errors == 0 {
            began = now;
        }
        println!(
            "now accepted={} active={} errors={} shed={} calls={} polls={} spare={} millis={}",
            stats.accepted,
            stats.active,
            stats.accept_errors,
            stats.shed,
            counts.calls.load(Ordering::SeqCst),
            counts.polls.load(Ordering::SeqCst),
            spare_files() - others,
            // Since a moment before the first error.
            began.elapsed().as_millis(),
        );
    }
    println!("{}", server.stop().await);
    println!("now spare={}", spare_files() - others);
}

/// How many files of this process look like the spare one. Out of files it cannot look.
fn spare_files() -> isize {
    let Ok(entries) = std::fs::read_dir("/proc/self/fd") else { return 0 };
    let links = entries.flatten().flat_map(|entry| std::fs::read_link(entry.path()));
    links.filter(|link| link.as_os_str() == "/dev/null").count().cast_signed()
}

struct Process {
    child: Child,
    words: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    address: String,
}

type Numbers = HashMap<String, i64>;

impl Process {
    async fn start(role: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "role", "--nocapture"])
            .env(ROLE, role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let words = child.stdin.take().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = line_after(&mut lines, "listening on ").await;
        Self { child, words, lines, address }
    }

    /// Says a word, and hears what is counted after it.
    async fn say(&mut self, word: &str) -> Numbers {
        self.words.write_all(format!("{word}\n").as_bytes()).await.unwrap();
        self.numbers().await
    }

    async fn numbers(&mut self) -> Numbers {
        let line = line_after(&mut self.lines, "now ").await;
        let pairs = line.split(' ').filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, number)| (name.to_owned(), number.parse().unwrap())).collect()
    }

    /// Asks until it is so.
    async fn until(&mut self, is_so: impl Fn(&Numbers) -> bool) -> Numbers {
        loop {
            let numbers = self.say("?").await;
            if is_so(&numbers) {
                return numbers;
            }
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).await.unwrap()
    }

    /// Clients, all of them connected as far as the kernel is concerned.
    async fn crowd(&self) -> Vec<TcpStream> {
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            clients.push(self.connect().await);
        }
        clients
    }

    async fn stop(mut self) -> (Numbers, ExitStatus) {
        self.words.write_all(b"stop\n").await.unwrap();
        line_after(&mut self.lines, "stopped in ").await;
        let numbers = self.numbers().await;
        (numbers, self.child.wait().await.unwrap())
    }
}

/// The rest of the first line that begins so.
async fn line_after(lines: &mut Lines<BufReader<ChildStdout>>, beginning: &str) -> String {
    loop {
        let line = lines.next_line().await.unwrap().expect("the process still speaks");
        // The test harness may have begun the line.
        if let Some((_, rest)) = line.split_once(beginning) {
            return rest.to_owned();
        }
    }
}

/// Whether the client is greeted; if not, its connection has been closed, and cleanly.
async fn is_greeted(client: &mut TcpStream) -> bool {
    let mut answer = [0; 6];
    match client.read_exact(&mut answer).await {
        Ok(_) => answer == *b"hello\n",
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => false,
        Err(error) => panic!("no clean end: {error}"),
    }
}

#[tokio::test]
async fn out_of_files_the_next_client_is_served_when_the_first_file_is_free() {
    let mut process = Process::start("patient").await;
    let mut clients = process.crowd().await;
    let stuck = process.until(|now| now["errors"] > 0).await;
    let accepted = stuck["accepted"] as usize;
    assert!((20..FILES as usize).contains(&accepted), "{accepted} accepted");
    for client in &mut clients[..accepted] {
        assert!(is_greeted(client).await);
    }
    // Servers that need no file go on.
    process.say("other").await;
    // In the order in which they came; each of them finds its file in the one that was closed.
    for next in accepted..CLIENTS {
        drop(clients.remove(0));
        assert!(is_greeted(&mut clients[next - (next - accepted) - 1]).await, "client {next}");
    }
    let numbers = process.say("?").await;
    assert_eq!(numbers["accepted"] as usize, CLIENTS);
    // One call for each client, one for each back-off, and one that waits.
    assert!(numbers["calls"] <= CLIENTS as i64 + numbers["errors"] + 1, "{numbers:?}");
    assert!(numbers["errors"] as usize <= CLIENTS - accepted + 1, "{numbers:?}");
    drop(clients);
    let (_, status) = process.stop().await;
    assert!(status.success());
}

#[tokio::test]
async fn a_stop_and_a_pause_are_heard_while_out_of_files() {
    let mut process = Process::start("patient").await;
    let clients = process.crowd().await;
    let stuck = process.until(|now| now["errors"] > 0).await;
    let paused = process.say("pause").await;
    assert_eq!(paused["calls"], stuck["calls"]);
    process.say("go").await;
    // Resumed, it asks again, and is told the same again.
    process.until(|now| now["errors"] == stuck["errors"] + 1).await;
    drop(clients);
    let (_, status) = process.stop().await;
    assert!(status.success());
}

#[tokio::test]
async fn out_of_files_accept_is_called_seldom_and_nothing_spins() {
    let mut process = Process::start("stuck").await;
    let clients = process.crowd().await;
    let first = process.until(|now| now["errors"] > 0).await;
    let later = process.until(|now| now["errors"] >= 7).await;
    assert_eq!(first["accepted"], later["accepted"]);
    // Each call is one that fails, and is answered by its first poll.
    let since = |name: &str| later[name] - first[name];
    assert!(since("calls") <= since("errors") + 1, "{first:?} {later:?}");
    assert!(since("polls") <= since("errors") + 1, "{first:?} {later:?}");
    // So many delays fit into the time that has passed, each of them a fifth shorter than it might be.
    let mut room = later["millis"] as f64 + 1.0;
    let mut most = 1;
    let mut delay = 10.0_f64;
    while room >= 0.8 * delay {
        room -= 0.8 * delay;
        delay = (2.0 * delay).min(1000.0);
        most += 1;
    }
    assert!(later["errors"] <= most, "at most {most}: {later:?}");
    process.say("other").await;
    drop(clients);
    let (_, status) = process.stop().await;
    assert!(status.success());
}

#[tokio::test]
async fn out_of_files_who_cannot_be_served_is_closed_cleanly_and_the_spare_file_stays() {
    let mut process = Process::start("shedding").await;
    // They have all come, and have said something, before the first is accepted.
    process.say("pause").await;
    let mut clients = process.crowd().await;
    for client in &mut clients {
        client.write_all(b"hello?\n").await.unwrap();
    }
    process.say("go").await;
    let mut greeted = Vec::new();
    for mut client in clients {
        if is_greeted(&mut client).await {
            greeted.push(client);
        }
    }
    let numbers = process.until(|now| now["accepted"] + now["shed"] == CLIENTS as i64).await;
    assert_eq!(numbers["accepted"] as usize, greeted.len());
    assert!(greeted.len() < FILES as usize && numbers["shed"] > 30, "{numbers:?}");

    // Nobody waits in the backlog any more, so the first file that is free is the next client's.
    drop(greeted.pop());
    process.until(|now| now["active"] as usize == greeted.len()).await;
    let mut next = process.connect().await;
    assert!(is_greeted(&mut next).await);
    let mut another = process.connect().await;
    assert!(!is_greeted(&mut another).await, "and then the files are all in use again");

    let count = greeted.len();
    greeted.truncate(count / 2);
    drop(next);
    let numbers = process.until(|now| now["active"] as usize == greeted.len()).await;
    assert_eq!(numbers["spare"], 1);
    drop(greeted);
    let (numbers, status) = process.stop().await;
    assert_eq!(numbers["spare"], 0, "the last server closes it");
    assert!(status.success());
}

#[tokio::test]
async fn out_of_files_and_of_sheds_clients_wait_as_ever() {
    let mut process = Process::start("barely shedding").await;
    let clients = process.crowd().await;
    // More errors than sheds: beyond those it backs off.
    let numbers = process.until(|now| now["errors"] >= now["shed"] + 5).await;
    let (shed, accepted) = (numbers["shed"], numbers["accepted"]);
    assert!(accepted + shed < CLIENTS as i64, "{numbers:?}");
    assert!(shed <= 3 * (1 + numbers["millis"] / 1000 + 1), "{numbers:?}");
    // A call for each accept, for each error and for each shed.
    assert!(numbers["calls"] <= accepted + numbers["errors"] + 2 * shed + 2, "{numbers:?}");
    drop(clients);
    process.until(|now| now["active"] == 0).await;
    let mut fresh = process.connect().await;
    assert!(is_greeted(&mut fresh).await);
    drop(fresh);
    let (_, status) = process.stop().await;
    assert!(status.success());
}
