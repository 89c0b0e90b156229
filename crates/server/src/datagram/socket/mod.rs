//! A socket for datagrams: many at once in, many at once out.

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "netbsd"))]
mod batch;
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_os = "netbsd")))]
#[path = "one_by_one.rs"]
mod batch;
mod bind;
#[cfg(unix)]
mod each;
#[cfg(not(unix))]
#[path = "elsewhere.rs"]
mod each;
mod given;
mod inbox;
mod parcel;
mod socket;
#[cfg(unix)]
mod unix_file;

pub(crate) use bind::{Options, Refusal, open, take};
pub use given::DatagramSocket;
pub(crate) use inbox::{Arrival, Inbox};
pub(crate) use parcel::Parcel;
pub(crate) use socket::Socket;
