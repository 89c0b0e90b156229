//! A connection that somebody has.

use std::fmt;
use std::time::Duration;

use greenroom::{Queue, Task, TaskBuilder, WithTimeout};
use tokio::runtime::Handle;
use tokio_postgres::{Client, NoTls};

/// So long the database may take to stop what nobody waits for any more.
const PATIENCE: Duration = Duration::from_secs(5);
const AGAIN: Duration = Duration::from_millis(200);

/// A connection, and the task that drives it: it ends when the client is dropped, or the database goes away.
pub(crate) struct Link {
    pub(crate) client: Client,
    pub(crate) driver: Task<()>,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("driver", &self.driver).finish_non_exhaustive()
    }
}

/// One of the pool's places, on loan. It goes home when it is dropped, with its connection if it has one.
#[derive(Debug)]
pub(crate) struct Place {
    link: Option<Link>,
    home: Queue<Option<Link>>,
}

impl Place {
    pub(crate) fn new(link: Option<Link>, home: Queue<Option<Link>>) -> Self {
        Self { link, home }
    }

    /// Whether it has a connection, and that is in order. A round trip: that a connection is broken shows when it is used, and it is
    /// better that we use it.
    pub(crate) async fn is_connected(&self) -> bool {
        let Some(link) = &self.link else { return false };
        link.client.check_connection().await.is_ok()
    }

    pub(crate) fn put(&mut self, link: Link) {
        self.link = Some(link);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // There is room: nobody else puts anything there, and this place is missing.
        let _ = self.home.try_put(self.link.take());
    }
}

/// A connection on loan from a [`ConnectionPool`](crate::ConnectionPool); dropping it gives it back.
#[derive(Debug)]
pub struct Lent {
    /// Nobody but its drop takes it out.
    place: Option<Place>,
    at_work: bool,
}

impl Lent {
    pub(crate) fn new(place: Place) -> Self {
        Self { place: Some(place), at_work: false }
    }

    /// Lends the connection to `work`.
    ///
    /// A transaction that `work` leaves open is to be begun by `Client::transaction`, which rolls it back.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped before `work` is over, nobody knows what the connection is in the middle of: the database is
    /// told to stop that, and the connection is replaced. The place is free when this is done.
    pub async fn run<T>(&mut self, work: impl AsyncFnOnce(&mut Client) -> T) -> T {
        let Some(link) = self.place.as_mut().and_then(|place| place.link.as_mut()) else {
            unreachable!("a connection is lent with its place, until it is dropped");
        };
        self.at_work = true;
        let done = work(&mut link.client).await;
        self.at_work = false;
        done
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // Without a runtime nothing can be called off: the connection just closes.
        if let Some(mut place) = self.place.take_if(|_| self.at_work)
            && let Some(link) = place.link.take()
            && Handle::try_current().is_ok()
        {
            TaskBuilder::new().name("calling off").spawn(call_off(link, place));
        }
    }
}

/// Keeps the place until the connection is gone, so that there are never more of them than places.
async fn call_off(Link { client, driver }: Link, place: Place) {
    let cancel = client.cancel_token();
    // Now the driver ends as soon as the database has answered what it was asked.
    drop(client);
    let over = async {
        // A word that overtakes the query is not heard, so it is said again.
        while cancel.cancel_query(NoTls).await.is_ok() && driver.join().timeout(AGAIN).await.is_err() {}
    };
    let _ = over.timeout(PATIENCE).await;
    driver.kill().await;
    drop(place);
}
