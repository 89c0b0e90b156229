//! The number of a file, which changes when another takes its place.

#[cfg(not(unix))]
mod none;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(super) use none::inode;
#[cfg(unix)]
pub(super) use unix::inode;
