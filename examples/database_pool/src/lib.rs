//! A bounded pool of connections to PostgreSQL.
//!
//! Shows: a pool of anything, made of a [`Queue`](greenroom::Queue): its items are places, each with a connection or without one
//!        yet. Whoever takes a place gives it back by drop, so the number of places is kept whatever happens: an error, a
//!        kill, a connection that breaks, or one that cannot be made.
//! gevent: its `psycopg2_pool`.

mod connection_pool;
mod lent;

pub use connection_pool::ConnectionPool;
pub use lent::Lent;
