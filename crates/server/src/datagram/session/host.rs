//! Receives from a socket for all its sessions.

use std::sync::Arc;

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::datagram::receive::Receiver;
use crate::datagram::session::handler::SessionHandler;
use crate::datagram::session::stage::Stage;
use crate::datagram::session::table::Table;
use crate::drain::Lost;

/// Receives, until it is time to stop or the socket is finished. One timer serves all sessions.
pub(crate) async fn host<H: SessionHandler>(
    stage: Arc<Stage<H>>,
    mut receiver: Receiver,
) -> Result<(), Lost> {
    let table = Arc::new(Table::default());
    let mut look = interval_at(Instant::now() + stage.look(), stage.look());
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let more = tokio::select! {
            biased;
            _ = look.tick(), if !table.is_empty() => {
                stage.expire(&table, Instant::now());
                continue;
            }
            more = receiver.batch() => more?,
        };
        if !more {
            return Ok(());
        }
        let outlet = Arc::clone(&receiver.outlet);
        let together = receiver.inbox.len() > 1;
        if together {
            outlet.gather();
        }
        let now = Instant::now();
        while let Some(arrival) = receiver.inbox.pop() {
            stage.route(&table, &outlet, &receiver.inbox, &arrival, now);
        }
        if together {
            // Those who were woken have their turn first, and what they reply leaves together.
            tokio::task::yield_now().await;
            outlet.release();
        }
    }
}
