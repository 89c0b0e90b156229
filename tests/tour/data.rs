//! Data between tasks: the second part of the tour.

use crate::program::run;

#[tokio::test]
async fn event_wakes_everybody_who_waits_and_whoever_comes_later_goes_on_at_once() {
    assert_eq!(
        run("event").await,
        [
            "Ann waits",
            "Ben waits",
            "Cleo waits",
            "the curtain goes up",
            "Ann goes on",
            "Ben goes on",
            "Cleo goes on",
            "Dan comes late and goes on at once",
            "the curtain is down: timed out after 100ms",
            "it was up for a moment, and is it still? false",
        ]
    );
}
