//! Subscribers that hear one thread, while others log.

use std::sync::Once;

use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, Interest};
use tracing::{Event, Metadata, Subscriber};

/// Hears what this thread logs, as long as the guard lives.
pub(crate) fn listen(subscriber: impl Subscriber + Send + Sync + 'static) -> DefaultGuard {
    static FLOOR: Once = Once::new();
    FLOOR.call_once(|| tracing::subscriber::set_global_default(Floor).unwrap());
    tracing::subscriber::set_default(subscriber)
}

/// Hears nothing, but is asked every time. tracing remembers who wants to hear of a line when it is first written; on a
/// thread without any subscriber that is nobody, and then nobody hears it on other threads either.
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
