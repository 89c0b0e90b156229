//! The handle.

use std::io;

use greenroom::{Queue, spawn};
use tokio_postgres::{Config, NoTls};

use crate::lent::{Lent, Link, Place};

/// At most so many connections to one database; a cheap handle, to be cloned.
#[derive(Clone, Debug)]
pub struct ConnectionPool {
    config: Config,
    places: Queue<Option<Link>>,
}

impl ConnectionPool {
    /// A pool for so many connections, each of which is made when it is first needed.
    pub fn new(size: usize, config: Config) -> Self {
        // Last in, first out: what was used last is taken first, and no more connections are made than are needed at once.
        let places = Queue::bounded_lifo(size);
        for _ in 0..size {
            // There is room for each of them.
            let _ = places.try_put(None);
        }
        Self { config, places }
    }

    /// Waits for a place, and for its connection if that is still to be made, or has broken.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the wait, or the place.
    ///
    /// # Errors
    ///
    /// When there is no connection to be had. The place stays, for whoever tries next.
    pub async fn check_out(&self) -> io::Result<Lent> {
        let link = self.places.get().await?;
        let mut place = Place::new(link, self.places.clone());
        if !place.is_connected().await {
            place.put(self.connect().await?);
        }
        Ok(Lent::new(place))
    }

    /// How many places are free.
    pub fn free(&self) -> usize {
        self.places.len()
    }

    async fn connect(&self) -> io::Result<Link> {
        let (client, connection) = self.config.connect(NoTls).await.map_err(io::Error::other)?;
        let driver = spawn(async move {
            if let Err(error) = connection.await {
                eprintln!("a connection to the database is over: {error}");
            }
        });
        Ok(Link { client, driver })
    }
}
