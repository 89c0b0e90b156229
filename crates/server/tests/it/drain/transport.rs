//! What the matrix needs of a transport.

use std::sync::Arc;
use std::time::Duration;

use greenroom_server::{Phase, ServerEnd};

use crate::drain::stage::{Situation, Stage};

/// A server and its clients over something.
pub(crate) trait Transport: Sized {
    const NAME: &'static str;
    /// Whether the clock is paused, so that times are exact.
    const EXACT: bool;
    /// What it can be in.
    const SITUATIONS: &'static [Situation] = &Situation::ALL;
    type Client;

    async fn start(stage: &Arc<Stage>, kill_grace: Duration) -> Self;

    /// A client in this situation: back when the server's side has come so far.
    async fn client(&self, stage: &Stage, situation: Situation) -> Self::Client;

    fn stop_within(&self, grace: Duration) -> ServerEnd;

    fn phase(&self) -> Phase;

    /// The client, or its handler, does what it had left open.
    async fn go_on(&self, stage: &Stage, client: &mut Self::Client, situation: Situation);

    /// How many bytes the client gets before the end.
    async fn hear(&self, client: Self::Client) -> usize;
}
