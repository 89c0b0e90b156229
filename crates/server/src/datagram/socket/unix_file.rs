//! Unix datagram sockets, and the files they have.

use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use socket2::SockRef;
use tokio::net::UnixDatagram;

use crate::address::UnixPath;
use crate::datagram::socket::bind::{Options, set};
use crate::datagram::socket::socket::Socket;

/// The file of a socket that we made. It goes when the socket does, if it is still ours.
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    device: u64,
    inode: u64,
}

/// Takes a socket as it is. Its file is its maker's.
pub(super) fn take(socket: std::os::unix::net::UnixDatagram, options: &Options) -> io::Result<Socket> {
    set(&SockRef::from(&socket), options)?;
    socket.set_nonblocking(true)?;
    Ok(Socket::unix(UnixDatagram::from_std(socket)?, None))
}

/// Binds to a path, or to an abstract name.
///
/// A socket that somebody still has is not taken away, a stale one is replaced, and any other file is left alone.
pub(super) fn bind(path: &UnixPath, options: &Options) -> io::Result<Socket> {
    path.file().map_or(Ok(()), remove_stale)?;
    let socket = UnixDatagram::bind(path.as_path())?;
    let file = path.file().map(|file| SocketFile::own(file, options.unix_mode)).transpose()?;
    set(&SockRef::from(&socket), options)?;
    Ok(Socket::unix(socket, file))
}

fn remove_stale(path: &Path) -> io::Result<()> {
    let Ok(metadata) = path.symlink_metadata() else { return Ok(()) };
    if !metadata.file_type().is_socket() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, "there is a file, and it is no socket"));
    }
    let probe = std::os::unix::net::UnixDatagram::unbound()?;
    match probe.connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => std::fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        // A stream socket that somebody listens on refuses in another way.
        _ => Err(io::Error::new(io::ErrorKind::AddrInUse, "another process has this socket")),
    }
}

impl SocketFile {
    fn own(path: &Path, mode: u32) -> io::Result<Self> {
        let metadata = path.symlink_metadata()?;
        // From here on it is removed, also when the mode cannot be set.
        let file = Self { path: path.to_owned(), device: metadata.dev(), inode: metadata.ino() };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
        Ok(file)
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let ours = self.path.symlink_metadata();
        if ours.is_ok_and(|found| (found.dev(), found.ino()) == (self.device, self.inode)) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::{Address, Form};

    /// A directory of this test alone.
    struct Directory(PathBuf);

    impl Directory {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("greenroom-{name}-{}", std::process::id()));
            std::fs::create_dir(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[tokio::test]
    async fn a_live_socket_stays_a_stale_one_is_replaced_and_other_files_are_left_alone() {
        let directory = Directory::new("datagram-files");
        let path = directory.0.join("socket");
        let options = Options::default();
        let bind_to = |path: &Path, options: &Options| match Address::from(path).into_form() {
            Ok(Form::Unix(path)) => bind(&path, options),
            other => panic!("{other:?}"),
        };

        let first = bind_to(&path, &options).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(bind_to(&path, &options).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        drop(first);
        assert!(!path.exists(), "its own file goes with it");

        drop(std::os::unix::net::UnixDatagram::bind(&path).unwrap());
        assert!(path.exists(), "stale");
        let second = bind_to(&path, &options).unwrap();
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "somebody's").unwrap();
        drop(second);
        assert_eq!(std::fs::read(&path).unwrap(), b"somebody's", "no longer its own");
        assert_eq!(bind_to(&path, &options).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    }
}
