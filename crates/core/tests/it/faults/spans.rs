//! What of tracing's context a new task inherits.

use greenroom_core::spawn;
use greenroom_testkit::LogCapture;
use tracing::{Instrument, info, info_span};

#[tokio::test]
async fn a_span_goes_along_to_a_new_task_only_where_it_is_told_to() {
    let log = LogCapture::of(module_path!());
    let span = info_span!("outer");
    async {
        info!("outside");
        spawn(async { info!("bare") }).take().await.unwrap();
        spawn(async { info!("told") }.instrument(span.clone())).take().await.unwrap();
    }
    .instrument(span.clone())
    .await;
    let depths: Vec<_> = log.take().iter().map(|line| line.spans.len()).collect();
    assert_eq!(depths, [1, 0, 1]);
}
