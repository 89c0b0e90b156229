//! What may go where: everything shared goes everywhere.

use greenroom_server::{
    AcceptError, AcceptPolicy, Address, AddressError, Backoff, BindError, Chunk, ClientStream, Connect,
    ConnectError, Connection, Deadlines, Fate, Frames, Guest, Limits, Line, Lines, MemoryConnector,
    MemoryListener, Phase, ProxyEncodeError, ProxyHeader, ProxyHeaderError, ProxyNetworkError, ProxyParsed,
    ProxyProtocol, ProxySsl, ReadHalf, ReadLines, ServeError, ServerEnd, ServerHandle, SocketOptions,
    StartError, Stats, StopReport, StopSignal, Stopped, Stopper, Straggler, Terminate, WriteHalf,
};

fn everywhere<T: Send + Sync + Unpin>() {}
fn sendable<T: Send>(_: T) {}

#[test]
fn public_types_are_send_sync_and_unpin() {
    everywhere::<(AcceptError, AddressError, BindError, ServeError, StartError)>();
    everywhere::<(AcceptPolicy, Address, Backoff, Limits, Stats, StopReport)>();
    everywhere::<(ProxyEncodeError, ProxyHeaderError, ProxyNetworkError)>();
    everywhere::<(ProxyHeader, ProxyParsed, ProxyProtocol, ProxySsl<'_>)>();
    everywhere::<(Connection, Line, Lines<'_>, ReadHalf, ReadLines, WriteHalf)>();
    everywhere::<(Chunk, Deadlines, Fate, Frames<'_, u8>, Guest, Phase, Straggler)>();
    everywhere::<(ClientStream, Connect, ConnectError)>();
    everywhere::<(MemoryConnector, MemoryListener, SocketOptions)>();
    everywhere::<(ServerEnd, ServerHandle, StopSignal, Stopped, Stopper, Terminate)>();
}

#[tokio::test]
async fn futures_of_public_functions_are_send() {
    async fn uses(mut conn: Connection) -> std::io::Result<()> {
        conn.send_line("a").await?;
        let mut lines = conn.lines();
        lines.next().await?;
        lines.send("b").await
    }
    let server = greenroom_server::StreamServer::bind("127.0.0.1:0").start(uses).await.unwrap();
    sendable(server.stop_when(std::future::pending::<()>()));
    sendable(greenroom_server::connect("localhost:7000"));
    sendable(MemoryListener::new().connector().connect());
    sendable(greenroom_server::StreamServer::bind(0).serve_forever(uses));
    sendable(greenroom_server::StreamServer::bind(0).serve_until(std::future::pending::<()>(), uses));
}
