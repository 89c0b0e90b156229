//! What the log says when accept fails.

use std::fmt::{Debug, Write};
use std::iter::repeat_n;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use greenroom_server::Connection;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::listening::listen;
use crate::scripted::{Answer, server, settle};
use Answer::{Connection as Accepted, Error};

/// Collects warnings, as `message field=value ...`.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.0.insert_str(0, &format!("{value:?}")),
            name => write!(self.0, " {name}={value:?}").unwrap(),
        }
    }
}

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("greenroom") && *metadata.level() == Level::WARN
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Warnings {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_error_is_told_at_once_and_the_others_in_a_line_for_ten_seconds() {
    let warnings = Warnings::default();
    let _guard = listen(warnings.clone());
    let script =
        repeat_n(Error(libc::ECONNABORTED), 60).chain(repeat_n(Error(libc::EMFILE), 8)).chain([Accepted]);
    let (server, mut stagehand) = server(script);
    let server = server.start(async |_: Connection| {}).await.unwrap();
    let _client = stagehand.client().await;
    let first = warnings.take();
    assert_eq!(first.len(), 1, "{first:?}");
    for part in
        ["accept failed", "address=192.0.2.2:7000", &format!("os error {}", libc::ECONNABORTED), "Retry"]
    {
        assert!(first[0].contains(part), "{first:?}");
    }
    // All is well again, and nobody comes; the summary comes all the same.
    tokio::time::sleep(Duration::from_millis(9_990) - stagehand.elapsed()).await;
    assert_eq!(warnings.take(), [""; 0]);
    tokio::time::sleep(Duration::from_millis(20)).await;
    let summary = warnings.take();
    assert_eq!(summary.len(), 1, "{summary:?}");
    for part in ["59 x ", "8 x ", &format!("(os error {})", libc::EMFILE)] {
        assert!(summary[0].contains(part), "{summary:?}");
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    server.stop().await;
    assert_eq!(warnings.take(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_tells_what_was_held_back_and_an_endless_failure_is_a_line_for_ten_seconds() {
    let warnings = Warnings::default();
    let _guard = listen(warnings.clone());
    let (server, _stagehand) = server(std::iter::repeat(Error(libc::ENOMEM)));
    let server = server.start(async |_: Connection| {}).await.unwrap();
    tokio::time::sleep(Duration::from_secs(95)).await;
    let lines = warnings.take().len();
    assert_eq!(lines, 1 + 9);
    server.stop().await;
    settle().await;
    let rest = warnings.take();
    assert_eq!(rest.len(), 1, "{rest:?}");
}
