//! Every situation in which a stop may find a client, and every way the stop may go.

use std::time::Duration;

use greenroom_server::{Fate, Phase, StopReport};

use crate::drain::stage::{Situation, Stage};
use crate::drain::streams::{Memory, Streams, Tcp};
use crate::drain::transport::Transport;

/// Never over in a test.
const LONG: Duration = Duration::from_secs(25);
const SHORT: Duration = Duration::from_millis(20);
/// How long a connection with bytes unread is looked after once it is closed.
const LINGER: Duration = Duration::from_millis(500);

/// How the stop goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The client goes on, and there is time enough for it.
    InBudget,
    /// Nobody goes on, and the time is over.
    OverBudget,
    /// Nobody goes on, and somebody is in a hurry.
    SecondStop,
}

/// What becomes of the client, and whether it gets its whole reply.
const SERVED: (Fate, bool) = (Fate::Drained, true);
const KILLED: (Fate, bool) = (Fate::Killed, false);

/// The last column: how long the stop takes, on a paused clock.
const TABLE: &[(Situation, Way, (Fate, bool), Duration)] = &[
    (Situation::Idle, Way::InBudget, SERVED, Duration::ZERO),
    (Situation::Idle, Way::OverBudget, SERVED, Duration::ZERO),
    (Situation::Idle, Way::SecondStop, SERVED, Duration::ZERO),
    (Situation::Busy, Way::InBudget, SERVED, Duration::ZERO),
    (Situation::Busy, Way::OverBudget, KILLED, SHORT),
    (Situation::Busy, Way::SecondStop, KILLED, Duration::ZERO),
    // It is killed in any case: in budget is here, whose clean-up ends in time, over budget whose does not.
    (Situation::Stuck, Way::InBudget, (Fate::Killed, true), SHORT),
    (Situation::Stuck, Way::OverBudget, (Fate::CutOff, true), SHORT.saturating_mul(2)),
    (Situation::Stuck, Way::SecondStop, (Fate::Killed, true), Duration::ZERO),
    (Situation::Half, Way::InBudget, SERVED, Duration::ZERO),
    // What it had sent was read by nobody: the closing lingers, so that our last words are not lost.
    (Situation::Half, Way::OverBudget, KILLED, SHORT.saturating_add(LINGER)),
    (Situation::Half, Way::SecondStop, KILLED, LINGER),
    (Situation::SlowReader, Way::InBudget, SERVED, Duration::ZERO),
    (Situation::SlowReader, Way::OverBudget, KILLED, SHORT),
    (Situation::SlowReader, Way::SecondStop, KILLED, Duration::ZERO),
];

#[tokio::test(start_paused = true)]
async fn every_client_in_memory_meets_the_end_that_the_table_says() {
    all::<Streams<Memory>>().await;
}

#[tokio::test]
async fn every_client_on_tcp_meets_the_end_that_the_table_says() {
    all::<Streams<Tcp>>().await;
}

pub(crate) async fn all<T: Transport>() {
    let rows: Vec<_> = TABLE.iter().filter(|row| T::SITUATIONS.contains(&row.0)).collect();
    assert_eq!(rows.len(), 3 * T::SITUATIONS.len(), "each situation goes each way");
    for &&(situation, way, (fate, whole), took) in &rows {
        let (report, heard) = play::<T>(situation, way).await;
        let case = format!("{} {situation:?} {way:?}: {report}, {heard} bytes", T::NAME);
        let expected = |what| usize::from(fate == what);
        assert_eq!(report.drained, expected(Fate::Drained), "{case}");
        assert_eq!(report.killed, expected(Fate::Killed), "{case}");
        assert_eq!(report.cut_off, expected(Fate::CutOff), "{case}");
        assert_eq!(report.slowest.len(), 1, "{case}");
        assert_eq!(report.slowest[0].outcome, fate, "{case}");
        assert_eq!(heard == situation.reply(), whole, "{case}");
        if T::EXACT {
            assert_eq!(report.took, took, "{case}");
        }
    }
}

/// One server, one client, one stop: the report, and what the client got to hear.
async fn play<T: Transport>(situation: Situation, way: Way) -> (StopReport, usize) {
    let stuck = situation == Situation::Stuck;
    let cut_off = stuck && way == Way::OverBudget;
    let stage = Stage::new(!cut_off);
    let transport = T::start(&stage, if cut_off { SHORT } else { LONG }).await;
    let mut client = transport.client(&stage, situation).await;
    let patient = way == Way::SecondStop || (way == Way::InBudget && !stuck);
    let end = transport.stop_within(if patient { LONG } else { SHORT });
    match way {
        Way::InBudget => {
            draining(&transport).await;
            transport.go_on(&stage, &mut client, situation).await;
            tokio::join!(end, transport.hear(client))
        }
        Way::OverBudget => (end.await, transport.hear(client).await),
        Way::SecondStop => {
            draining(&transport).await;
            if situation == Situation::Idle {
                // It needs a few turns to find out, and is gone before anybody can be in a hurry.
                let heard = transport.hear(client).await;
                drop(transport.stop_within(Duration::ZERO));
                return (end.await, heard);
            }
            drop(transport.stop_within(Duration::ZERO));
            (end.await, transport.hear(client).await)
        }
    }
}

async fn draining<T: Transport>(transport: &T) {
    while transport.phase() < Phase::Draining {
        tokio::task::yield_now().await;
    }
}
