//! What an error of accept means. Errors in, verdict out; no socket.

mod class;
mod classes;
mod errno;
mod error;
mod judge;

pub use class::ErrorClass;
pub(crate) use classes::Classes;
pub(crate) use errno::out_of_files;
pub use error::AcceptError;
pub(crate) use judge::Judge;
