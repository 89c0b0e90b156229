//! rustls as it comes, blocking.

use std::io;
use std::sync::Arc;

use rustls::{ServerConnection, StreamOwned};

use crate::line::raw::tls::config;
use crate::line::serving::Serving;
use crate::line::threads::accept::accept;
use crate::line::threads::echo::echo;

pub async fn start() -> Serving {
    let config = config();
    accept(move |stream| {
        let session = ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
        echo(StreamOwned::new(session, stream))
    })
}
