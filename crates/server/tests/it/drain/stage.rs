//! What a handler of the matrix does, and how the test knows how far it is.

use std::io;
use std::sync::Arc;

use greenroom_core::finally;
use greenroom_server::{Connection, Stopper};
use tokio::io::AsyncWriteExt;
use tokio::sync::Semaphore;

pub(crate) const REPLY: &str = "reply";
const CHUNK: usize = 64 * 1024;
/// More than the system keeps for a client that does not read.
const CHUNKS: usize = 512;

/// In which a stop finds a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Situation {
    /// Has asked for nothing.
    Idle,
    /// Has asked, and its handler is at work.
    Busy,
    /// Its handler takes no notice of anything but a kill.
    Stuck,
    /// Has sent a part of what the server needs to begin.
    Half,
    /// Does not read its reply.
    SlowReader,
}

impl Situation {
    pub(crate) const ALL: [Self; 5] = [Self::Idle, Self::Busy, Self::Stuck, Self::Half, Self::SlowReader];

    /// How many bytes a client gets that is served to the end.
    pub(crate) fn reply(self) -> usize {
        match self {
            Self::Idle | Self::Stuck => 0,
            Self::Busy | Self::Half => REPLY.len() + 1,
            Self::SlowReader => CHUNK * CHUNKS,
        }
    }
}

/// Shared by the handlers and the test.
#[derive(Debug)]
pub(crate) struct Stage {
    reached: Semaphore,
    /// The busy have done their work.
    pub(crate) done: Stopper,
    /// Whether the clean-up of the stuck ends.
    pub(crate) cleans_up: bool,
}

impl Stage {
    pub(crate) fn new(cleans_up: bool) -> Arc<Self> {
        Arc::new(Self { reached: Semaphore::new(0), done: Stopper::new(), cleans_up })
    }

    pub(crate) fn reach(&self) {
        self.reached.add_permits(1);
    }

    /// Waits until handlers have said so often how far they are.
    pub(crate) async fn reached(&self, times: u32) {
        self.reached.acquire_many(times).await.unwrap().forget();
    }

    /// The handler of a stream: its first line says what it is to be.
    pub(crate) async fn serve(self: Arc<Self>, mut conn: Connection) -> io::Result<()> {
        self.reach();
        let Some(role) = conn.lines().next().await? else { return Ok(()) };
        match &*role {
            "busy" => {
                self.reach();
                self.done.signal().stopped().await;
                conn.send_line(REPLY).await
            }
            "half" => {
                self.reach();
                match conn.lines().next().await? {
                    Some(line) => conn.send_line(line).await,
                    None => Ok(()),
                }
            }
            "slow" => {
                let chunk = vec![b'x'; CHUNK];
                for n in 0..CHUNKS {
                    conn.write_all(&chunk).await?;
                    if n == 0 {
                        self.reach();
                    }
                }
                Ok(())
            }
            _ => {
                let cleans_up = self.cleans_up;
                let stuck = async {
                    self.reach();
                    std::future::pending().await
                };
                finally(stuck, async move {
                    if !cleans_up {
                        std::future::pending::<()>().await;
                    }
                })
                .await
            }
        }
    }
}
