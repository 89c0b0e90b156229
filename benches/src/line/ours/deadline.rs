//! Ours, with a limit to how long a connection may be idle.

use std::time::Duration;

use greenroom::Deadlines;

use crate::line::ours::recv::echo;
use crate::line::ours::server::{serve, server};
use crate::line::serving::Serving;

pub async fn start() -> Serving {
    serve(server().deadlines(Deadlines::new().idle(Duration::from_secs(60))), echo).await
}
