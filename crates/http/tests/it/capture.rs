//! Log lines and spans of this thread.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex, Once};

use tracing::callsite::rebuild_interest_cache;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, Interest, set_default, set_global_default};
use tracing::{Event, Metadata, Subscriber};

/// What was logged.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    lines: Vec<(String, String)>,
    /// Each span as the path to it.
    spans: Vec<String>,
    entered: Vec<u64>,
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.0.insert_str(0, &format!("{value:?}")),
            name => write!(self.0, " {name}={value:?}").unwrap(),
        }
    }
}

impl Log {
    /// What is logged on this thread, as long as the guard lives.
    pub(crate) fn begin() -> (Self, DefaultGuard) {
        // While one subscriber wants to be asked each time, no other thread's indifference to a line or a span is remembered for all.
        static ASKED: Once = Once::new();
        ASKED.call_once(|| set_global_default(Asked).unwrap());
        let log = Self::default();
        let guard = set_default(log.clone());
        rebuild_interest_cache();
        (log, guard)
    }

    /// The lines to a target, which are forgotten.
    pub(crate) fn take(&self, target: &str) -> Vec<String> {
        let mut lines = Vec::new();
        self.0.lock().unwrap().lines.retain(|(to, line)| {
            let other = !to.starts_with(target);
            if !other {
                lines.push(line.clone());
            }
            other
        });
        lines
    }

    /// Every span there was, as `outer{fields} > inner{fields}`.
    pub(crate) fn spans(&self) -> Vec<String> {
        self.0.lock().unwrap().spans.clone()
    }
}

/// Wants nothing, and to be asked for everything.
struct Asked;

impl Subscriber for Asked {
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

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("greenroom")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut fields = Line(String::new());
        attributes.record(&mut fields);
        let mut inner = self.0.lock().unwrap();
        let name = format!("{}{{{} }}", attributes.metadata().name(), fields.0);
        let parent = match attributes.parent() {
            Some(id) => Some(id.into_u64()),
            None if attributes.is_root() => None,
            None => inner.entered.last().copied(),
        };
        let path = match parent {
            Some(parent) => format!("{} > {name}", inner.spans[parent as usize - 1]),
            None => name,
        };
        inner.spans.push(path);
        Id::from_u64(inner.spans.len() as u64)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        let target = event.metadata().target().to_owned();
        self.0.lock().unwrap().lines.push((target, line.0));
    }

    fn enter(&self, id: &Id) {
        self.0.lock().unwrap().entered.push(id.into_u64());
    }

    fn exit(&self, id: &Id) {
        let mut inner = self.0.lock().unwrap();
        if let Some(at) = inner.entered.iter().rposition(|entered| *entered == id.into_u64()) {
            inner.entered.remove(at);
        }
    }
}
