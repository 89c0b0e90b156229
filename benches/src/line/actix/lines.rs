//! Lines, through a `BufReader` and a `BufWriter`.

use crate::line::actix::server::serve;
use crate::line::raw;
use crate::line::serving::Serving;

pub async fn start() -> Serving {
    serve(raw::lines::echo)
}
