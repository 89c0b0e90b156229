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

#[tokio::test]
async fn async_result_tells_a_value_or_an_error_to_everybody_and_once() {
    assert_eq!(
        run("async_result").await,
        [
            "known so far: false",
            "Ann hears: Hortense has won",
            "Ben hears: Hortense has won",
            "Cleo hears: Hortense has won",
            "the result is already set; Gaston came too late",
            "it stays Hortense",
            "Ann hears: it rains, there is no race",
            "Ben hears: it rains, there is no race",
            "Cleo hears: it rains, there is no race",
            "nobody told: timed out after 100ms",
        ]
    );
}
