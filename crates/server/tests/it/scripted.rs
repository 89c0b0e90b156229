//! Servers on a listener that answers by a script.

use greenroom_server::{Backoff, Handler, ServerHandle, StreamServer};
pub(crate) use greenroom_testkit::{ScriptedAnswer as Answer, ScriptedListener, Stagehand};
use tokio::io::DuplexStream;

/// A server on a script, with delays that do not stray.
pub(crate) fn server<S>(script: S) -> (StreamServer, Stagehand)
where
    S: IntoIterator<Item = Answer, IntoIter: Send + 'static>,
{
    let (listener, stagehand) = ScriptedListener::new(script);
    (StreamServer::on(listener).backoff(Backoff::new(1).jitter(0.0)), stagehand)
}

/// A server with this handler, and one client.
pub(crate) async fn one_client(handler: impl Handler) -> (ServerHandle, DuplexStream) {
    let (server, stagehand) = server([]);
    let server = server.start(handler).await.unwrap();
    let client = stagehand.connect(64 * 1024);
    (server, client)
}

/// When accept was asked, in milliseconds since the start.
pub(crate) fn call_times(stagehand: &Stagehand) -> Vec<u128> {
    stagehand.call_times().iter().map(std::time::Duration::as_millis).collect()
}

/// Lets everything that can run, run.
pub(crate) async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}
