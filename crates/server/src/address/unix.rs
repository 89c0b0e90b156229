//! What only Unix systems can listen on.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use socket2::Socket;

use crate::address::{Address, AddressError, Form, UnixPath};

impl From<&Path> for Address {
    fn from(path: &Path) -> Self {
        let form = UnixPath::new(path).map(Form::Unix);
        Self::new(form.map_err(|fault| AddressError::new(&format!("unix:{}", path.display()), fault)))
    }
}

impl From<PathBuf> for Address {
    fn from(path: PathBuf) -> Self {
        Self::from(&*path)
    }
}

impl From<&PathBuf> for Address {
    fn from(path: &PathBuf) -> Self {
        Self::from(&**path)
    }
}

impl From<OwnedFd> for Address {
    fn from(descriptor: OwnedFd) -> Self {
        Self::of(Form::Given(Socket::from(descriptor)))
    }
}

impl From<std::os::unix::net::UnixListener> for Address {
    fn from(listener: std::os::unix::net::UnixListener) -> Self {
        Self::from(OwnedFd::from(listener))
    }
}

impl From<tokio::net::UnixListener> for Address {
    fn from(listener: tokio::net::UnixListener) -> Self {
        Self::of(Form::GivenUnix(listener))
    }
}
