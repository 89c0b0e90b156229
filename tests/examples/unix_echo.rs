//! The `unix_echo` example.

#[path = "../../examples/unix_echo.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use greenroom::{StreamServer, connect};

use crate::client::Client;

#[tokio::test]
async fn it_echoes_over_a_file_that_goes_with_it() {
    let path = std::env::temp_dir().join(format!("greenroom-unix-echo-{}.sock", std::process::id()));
    let address = format!("unix:{}", path.display());
    let server = StreamServer::bind(&address).start(example::echo).await.expect("nothing is there");
    assert_eq!(server.local_addrs()[0].to_string(), address);
    let mut client = Client::over(connect(&address).await.expect("it listens"));
    client.send("hello\r\nQuit\r\n").await;
    assert_eq!(client.end().await, ["Welcome to the echo server! Type quit to exit.", "hello"]);
    server.stop().await;
    assert!(!path.exists());
}
