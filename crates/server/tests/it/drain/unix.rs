//! Unix sockets as a transport of the matrix.

use greenroom_server::{ServerHandle, StreamServer};
use tokio::net::UnixStream;

use crate::drain::matrix::all;
use crate::drain::streams::{Dial, Streams};
use crate::folder::Folder;

const SOCKET: &str = "app.sock";

struct Unix(Folder);

impl Dial for Unix {
    const NAME: &'static str = "Unix";
    const EXACT: bool = false;
    type Stream = UnixStream;

    fn listen() -> (StreamServer, Self) {
        let folder = Folder::new();
        (StreamServer::bind(folder.path(SOCKET)), Self(folder))
    }

    async fn dial(&self, _server: &ServerHandle) -> UnixStream {
        UnixStream::connect(self.0.path(SOCKET)).await.unwrap()
    }
}

#[tokio::test]
async fn every_client_on_a_unix_socket_meets_the_end_that_the_table_says() {
    all::<Streams<Unix>>().await;
}
