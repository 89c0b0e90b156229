//! What comes on a connection that speaks HTTP: answered the same wherever it is cut.

use std::cell::RefCell;
use std::time::Duration;

use greenroom::{BodyError, HttpServer, MemoryListener, Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{sleep, timeout};

/// What HTTP/2 begins with.
const PREFACE: &[u8] = b"PRI ";
/// After a piece, so that all can be done that can be with it. The clock stands still while anybody can go on.
const PAUSE: Duration = Duration::from_millis(1);
/// No connection takes as long, whatever its client does.
const FOR_EVER: Duration = Duration::from_secs(600);

/// The first byte says how the rest is cut in pieces, which is what the client sends.
pub fn http(bytes: &[u8]) {
    thread_local! {
        static RUNTIME: RefCell<Option<Runtime>> = const { RefCell::new(None) };
    }
    let Some((pieces, stream)) = bytes.split_first() else { return };
    RUNTIME.with_borrow_mut(|runtime| {
        let runtime = runtime.get_or_insert_with(|| {
            let mut builder = Builder::new_current_thread();
            builder.enable_all().start_paused(true).build().expect("a runtime can be made")
        });
        let size = 1 + usize::from(*pieces);
        let cut = runtime.block_on(answers(stream.chunks(size)));
        // The frames of HTTP/2 may be answered in any order.
        if !stream.starts_with(PREFACE) {
            let whole = runtime.block_on(answers([stream].into_iter()));
            assert_eq!(cut, whole, "in pieces of {size}");
        }
    });
}

async fn echo(request: Request) -> Result<Response, BodyError> {
    let said = format!("{} {}\n", request.method(), request.uri());
    let body = request.into_body().bytes().await?;
    Ok(Response::new([said.as_bytes(), &body].concat().into()))
}

/// All that comes back, without the dates.
async fn answers(pieces: impl Iterator<Item = &[u8]>) -> String {
    let listener = MemoryListener::new();
    let connector = listener.connector();
    let server = HttpServer::on(listener).start(echo).await.expect("it can be started");
    let client = connector.connect().await.expect("it listens");
    let (mut read, mut write) = tokio::io::split(client);
    let sending = async {
        for piece in pieces {
            if write.write_all(piece).await.is_err() {
                break;
            }
            sleep(PAUSE).await;
        }
        // One that has closed already is no error.
        let _ = write.shutdown().await;
    };
    let mut said = Vec::new();
    let reading = timeout(FOR_EVER, read.read_to_end(&mut said));
    let (ended, ()) = tokio::join!(reading, sending);
    assert!(ended.is_ok(), "it goes on for ever");
    drop((read, write));
    let report = server.stop().await;
    assert!(report.is_clean(), "{report:?}");
    let said = said.escape_ascii().to_string().replace("\\r\\n", "\n");
    said.lines().filter(|line| !line.starts_with("date: ")).collect::<Vec<_>>().join("\n")
}
