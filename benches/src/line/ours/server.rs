//! What our contenders have in common.

use greenroom::{Handler, StreamServer};

use crate::line::serving::Serving;

/// Above the default, for those who hold many idle connections.
pub const CONNECTIONS: usize = 19_800;

pub fn server() -> StreamServer {
    StreamServer::bind("127.0.0.1:0").max_connections(CONNECTIONS)
}

pub async fn serve(server: StreamServer, handler: impl Handler) -> Serving {
    let server = server.start(handler).await.expect("started");
    Serving::new(&server.local_addrs()[0], server.clone())
}
