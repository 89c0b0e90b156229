//! Bytes, in a buffer of 4 KiB for each connection.

use crate::line::actix::server::serve;
use crate::line::raw;
use crate::line::serving::Serving;

pub async fn start() -> Serving {
    serve(raw::echo::echo)
}
