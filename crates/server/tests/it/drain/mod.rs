//! The drain, over every transport and in every way it may go.
//!
//! `matrix` holds the table; a transport joins it by implementing `Dial` (streams) or `Transport` (anything else), and
//! with one line in `matrix`.

mod detach;
mod log;
mod matrix;
mod phases;
mod report;
mod rows;
mod stage;
mod streams;
mod transport;
