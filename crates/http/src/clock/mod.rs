//! How long a connection may take.

mod clock;

pub(crate) use clock::{Clock, Overdue, spread};
