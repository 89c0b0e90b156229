//! A file kept open to be closed: what it leaves free lets an accept loop that is out of files take a client, if only to
//! close its connection. One for the whole process, for the limit on files is the process's.

mod loan;
mod rate;
mod reserve;
mod spare;

pub(crate) use reserve::Reserve;
