//! What the log says of a stop.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use greenroom_server::Connection;
use greenroom_testkit::until_idle;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::listening::listen;
use crate::scripted::one_client;

/// Collects what this thread logs as `LEVEL message field=value`.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.0 = format!("{} {value:?}", self.0),
            name => write!(self.0, " {name}={value:?}").unwrap(),
        }
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("greenroom_server::drain") && *metadata.level() <= Level::INFO
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(event.metadata().level().to_string());
        event.record(&mut text);
        self.0.lock().unwrap().push(text.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

async fn logged(handler: impl greenroom_server::Handler) -> String {
    let log = Log::default();
    let _guard = listen(log.clone());
    let (server, _client) = one_client(handler).await;
    until_idle().await;
    server.stop_within(Duration::from_secs(2)).await;
    drop(server.stop());
    until_idle().await;
    let lines = log.0.lock().unwrap().clone();
    let [line] = &lines[..] else { panic!("one line for one stop: {lines:?}") };
    line.clone()
}

#[tokio::test(start_paused = true)]
async fn a_clean_stop_is_one_line_of_information() {
    let line = logged(async |conn: Connection| conn.stopping().await).await;
    let expected = "INFO stopped in 0.0 s: 1 connection drained, 0 killed, 0 cut off";
    assert!(line.starts_with(expected) && line.contains("server 192.0.2.2:7000"), "{line}");
    assert!(!line.contains("slowest"), "{line}");
}

#[tokio::test(start_paused = true)]
async fn a_stop_that_killed_is_one_warning_that_names_the_slowest() {
    let line = logged(async |_conn: Connection| std::future::pending::<()>().await).await;
    let expected = "WARN stopped in 2.0 s: 0 connections drained, 1 killed, 0 cut off";
    assert!(line.starts_with(expected), "{line}");
    assert!(line.contains("slowest=192.0.2.1:5000 (number "), "{line}");
    assert!(line.contains("here for 2 s) killed after 2.0 s"), "{line}");
}
