//! How much of something a client may cause in a short time.

mod budget;

pub(crate) use budget::Budget;
