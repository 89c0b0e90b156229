//! What of tracing's context a new task inherits.

use std::num::NonZeroU64;
use std::sync::{Arc, Mutex};

use greenroom_core::spawn;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Instrument, Metadata, Subscriber, info, info_span};

/// Notes, for each of our log lines, how many spans it is in.
#[derive(Default)]
struct Depths {
    depth: Mutex<usize>,
    noted: Arc<Mutex<Vec<usize>>>,
}

impl Subscriber for Depths {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().ends_with("faults::spans")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_non_zero_u64(NonZeroU64::MIN)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        self.noted.lock().unwrap().push(*self.depth.lock().unwrap());
    }

    fn enter(&self, _: &Id) {
        *self.depth.lock().unwrap() += 1;
    }

    fn exit(&self, _: &Id) {
        *self.depth.lock().unwrap() -= 1;
    }
}

#[tokio::test]
async fn a_span_goes_along_to_a_new_task_only_where_it_is_told_to() {
    let depths = Depths::default();
    let noted = depths.noted.clone();
    let _guard = tracing::subscriber::set_default(depths);
    let span = info_span!("outer");
    async {
        info!("outside");
        spawn(async { info!("bare") }).take().await.unwrap();
        spawn(async { info!("told") }.instrument(span.clone())).take().await.unwrap();
    }
    .instrument(span.clone())
    .await;
    assert_eq!(*noted.lock().unwrap(), [1, 0, 1]);
}
