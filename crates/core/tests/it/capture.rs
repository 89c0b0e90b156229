//! Log lines of this thread.

use std::fmt::{Debug, Write};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::journal::Journal;

/// Collects log lines as `LEVEL message field=value ...`.
struct Collector(Journal);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let written = match field.name() {
            "message" => write!(self.0, " {value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
        written.expect("a string takes every text");
    }
}

impl Subscriber for Collector {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        // tokio has events of its own.
        if event.metadata().target().starts_with("greenroom") {
            let mut line = Line(event.metadata().level().to_string());
            event.record(&mut line);
            self.0.note(line.0);
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The crate's log lines on this thread, as long as the guard lives.
pub(crate) fn log_lines() -> (Journal, tracing::subscriber::DefaultGuard) {
    let lines = Journal::default();
    let guard = tracing::subscriber::set_default(Collector(lines.clone()));
    (lines, guard)
}
