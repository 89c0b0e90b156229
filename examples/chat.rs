//! A chat room over TCP: what one says, all read.
//!
//! Shows: a reader task and a writer task for each user, with a queue between the others and the writer; a clean-up that
//! runs however a user leaves: by `/quit`, by hanging up, by sending what is no text, or because the server stops.
//!
//! Run:    cargo run --release --example chat [address]        (default: 127.0.0.1:16001)
//! Then:   telnet 127.0.0.1 16001, or nc 127.0.0.1 16001, from several terminals
//! Type:   a name, then lines; `/quit` to leave. Ctrl-C here ends the chat for everybody.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use greenroom::{
    Connection, LineError, Queue, ReadLines, StreamServer, WithTimeout, WriteHalf, finally, spawn, terminate,
    with,
};

/// A user who is so many messages behind, or reads nothing for so long, is shown out: the others must not pay for it.
const BACKLOG: usize = 16_384;
const PATIENCE: Duration = Duration::from_secs(30);
const LONGEST_LINE: usize = 4096;
const LONGEST_NAME: usize = 32;
/// How long one who leaves may take to read what was said before.
const FAREWELL: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:16001".to_owned());
    let signal = terminate();
    let server = StreamServer::bind(address).start(with(Room::default(), chat)).await?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    eprintln!("{}", server.stop_when(signal).await);
    Ok(())
}

/// One user, from hello to goodbye.
pub(crate) async fn chat(room: Room, conn: Connection) -> io::Result<()> {
    let peer = conn.peer_addr();
    let host = peer.ip().map_or_else(|| peer.to_string(), |ip| ip.to_string());
    let (reader, mut writer) = conn.into_split();
    let mut lines = reader.into_lines().limit(LONGEST_LINE);
    let Some((name, inbox)) = check_in(&room, &mut lines, &mut writer, &host).await? else {
        return Ok(());
    };
    eprintln!("{name} joined from {peer}");

    let reading = spawn(read(lines, room.clone(), name.clone(), inbox.clone()));
    let writing = spawn(write(writer, inbox.clone()));
    let (reader_over, writer_over) = (reading.join(), writing.join());
    let either = async {
        tokio::select! {
            _ = reader_over => {}
            _ = writer_over => {}
        }
    };
    finally(either, async move {
        room.leave(&name);
        eprintln!("{name} left");
        reading.kill().await;
        // The writer sends what is left, unless nobody reads it.
        inbox.shutdown();
        if writing.join().timeout(FAREWELL).await.is_err() {
            writing.kill().await;
        }
    })
    .await;
    Ok(())
}

/// Asks for a name until it is a good one. `None`: the user went away instead.
async fn check_in(
    room: &Room,
    lines: &mut ReadLines,
    writer: &mut WriteHalf,
    from: &str,
) -> io::Result<Option<(String, Inbox)>> {
    writer.send_line("## What is your name?").await?;
    while let Some(line) = lines.next().await? {
        let name = clean(&line);
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            writer.send_line(format!("## A name has 1 to {LONGEST_NAME} letters. What is yours?")).await?;
            continue;
        }
        match room.enter(&name, from) {
            Some(inbox) => return Ok(Some((name, inbox))),
            None => writer.send_line(format!("## {name} is here already. Who are you?")).await?,
        }
    }
    Ok(None)
}

/// Tells the room what the user types, until there is no more.
async fn read(mut lines: ReadLines, room: Room, name: String, inbox: Inbox) {
    loop {
        match lines.next().await {
            Ok(Some(line)) if line.trim() == "/quit" => return,
            Ok(Some(line)) => room.say(&format!("{name}> {}", clean(&line))),
            Ok(None) => return,
            Err(error) => {
                if error.get_ref().is_some_and(|inner| inner.is::<LineError>()) {
                    // Read before the goodbye, if at all.
                    let _ = inbox.try_put(format!("## error: {error}").into());
                }
                return;
            }
        }
    }
}

/// Sends the user what comes into the inbox, until it is shut down.
async fn write(mut writer: WriteHalf, inbox: Inbox) {
    while let Ok(message) = inbox.get().await {
        // Over in time, and sent.
        let Ok(Ok(())) = writer.send_line(message.as_bytes()).timeout(PATIENCE).await else { return };
    }
}

/// Without the control characters that would do mischief in a terminal.
fn clean(line: &str) -> String {
    line.trim().chars().filter(|c| !c.is_control()).collect()
}

/// What was said, shared by all who are to read it.
type Inbox = Queue<Arc<str>>;

/// Who is there. All read the same messages in the same order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Room {
    users: Arc<Mutex<HashMap<String, Inbox>>>,
}

impl Room {
    /// The newcomer's inbox, or `None` if the name is taken.
    fn enter(&self, name: &str, from: &str) -> Option<Inbox> {
        let mut users = self.users();
        if users.contains_key(name) {
            return None;
        }
        broadcast(&users, &format!("## {name} joined from {from}."));
        let inbox = Inbox::bounded(BACKLOG);
        let _ = inbox.try_put(format!("## Welcome, {name}! {} others are here.", users.len()).into());
        users.insert(name.to_owned(), inbox.clone());
        Some(inbox)
    }

    fn say(&self, message: &str) {
        broadcast(&self.users(), message);
    }

    fn leave(&self, name: &str) {
        let mut users = self.users();
        users.remove(name);
        broadcast(&users, &format!("## {name} left the chat."));
    }

    fn users(&self) -> MutexGuard<'_, HashMap<String, Inbox>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn broadcast(users: &HashMap<String, Inbox>, message: &str) {
    let message: Arc<str> = message.into();
    for inbox in users.values() {
        if inbox.try_put(message.clone()).is_err() {
            // Full: nothing more goes in, so the writer comes to an end, and then the user leaves.
            inbox.shutdown();
        }
    }
}
