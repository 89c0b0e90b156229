//! The subscribers.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};

use tracing::callsite::rebuild_interest_cache;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, Interest, set_default, set_global_default};
use tracing::{Event, Metadata, Subscriber};

use crate::log::log_line::LogLine;

/// What was logged.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) lines: Vec<LogLine>,
    /// Each span as the path to it, its own name last. A span's id is its place here, counted from 1.
    pub(super) spans: Vec<Vec<String>>,
    entered: Vec<u64>,
}

impl Heard {
    fn path(&self, id: Option<u64>) -> Vec<String> {
        id.and_then(|id| self.spans.get(id as usize - 1)).cloned().unwrap_or_default()
    }
}

pub(super) fn listen(target: &'static str, heard: &Arc<Mutex<Heard>>) -> DefaultGuard {
    static FLOOR: Once = Once::new();
    // Whoever has set another has one that is asked, or does not care to be heard.
    FLOOR.call_once(|| drop(set_global_default(Floor)));
    let guard = set_default(Ear { target, heard: Arc::clone(heard) });
    rebuild_interest_cache();
    guard
}

/// Message first, and then the fields, in whatever order they come.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.0.insert_str(0, &format!("{value:?}")),
            name => {
                let space = if self.0.is_empty() { "" } else { " " };
                // A string takes every text.
                let _ = write!(self.0, "{space}{name}={value:?}");
            }
        }
    }
}

/// Hears one thread.
struct Ear {
    target: &'static str,
    heard: Arc<Mutex<Heard>>,
}

impl Ear {
    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for Ear {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with(self.target)
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut fields = Text::default();
        attributes.record(&mut fields);
        let mut heard = self.heard();
        let parent = match attributes.parent() {
            Some(id) => Some(id.into_u64()),
            None if attributes.is_root() => None,
            None => heard.entered.last().copied(),
        };
        let mut path = heard.path(parent);
        path.push(format!("{}{{{}}}", attributes.metadata().name(), fields.0));
        heard.spans.push(path);
        Id::from_u64(heard.spans.len() as u64)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text::default();
        event.record(&mut text);
        let metadata = event.metadata();
        let mut heard = self.heard();
        let spans = heard.path(heard.entered.last().copied());
        heard.lines.push(LogLine {
            level: *metadata.level(),
            target: metadata.target().to_owned(),
            text: text.0,
            spans,
        });
    }

    fn enter(&self, id: &Id) {
        self.heard().entered.push(id.into_u64());
    }

    fn exit(&self, id: &Id) {
        let mut heard = self.heard();
        if let Some(at) = heard.entered.iter().rposition(|entered| *entered == id.into_u64()) {
            heard.entered.remove(at);
        }
    }
}

/// Wants nothing, and to be asked each time: tracing remembers who wants to hear of a line when it is first written, and on a thread
/// without any subscriber that is nobody, for other threads too.
struct Floor;

impl Subscriber for Floor {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        false
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
