//! The file of a Unix socket: when it may be replaced, and when it goes.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use tokio::time::Instant;

/// How long to wait for another server that binds in the same directory, and how often to look.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);
const LOCK_INTERVAL: Duration = Duration::from_millis(5);

/// The file of a socket that we have bound. It is removed when this is dropped, unless another has taken its place.
#[derive(Debug)]
pub(super) struct UnixFile {
    /// Absolute, for the working directory may change.
    path: PathBuf,
    identity: (u64, u64),
}

impl UnixFile {
    /// Removes what a server that is no more has left. Whatever else is there stays, and is the error.
    pub(super) fn clear(path: &Path) -> io::Result<()> {
        let found = match fs::symlink_metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            found => found?,
        };
        if !found.file_type().is_socket() {
            return Err(io::Error::new(ErrorKind::AlreadyExists, format!("{} is there", kind(&found))));
        }
        match knock(path) {
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => fs::remove_file(path),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => Err(error),
            // Connected, a full queue, another type of socket: somebody is there.
            _ => Err(io::Error::new(ErrorKind::AddrInUse, "a live socket is there")),
        }
    }

    /// Notes which file it is, and gives it its mode where bind has not.
    pub(super) fn just_made(path: &Path, mode: u32) -> io::Result<Self> {
        let path = std::path::absolute(path)?;
        let found = fs::symlink_metadata(&path)?;
        let file = Self { path, identity: identity(&found) };
        if found.mode() & 0o7777 != mode {
            fs::set_permissions(&file.path, fs::Permissions::from_mode(mode))?;
        }
        Ok(file)
    }

    fn remove(&self) -> io::Result<()> {
        match fs::symlink_metadata(&self.path) {
            Ok(found) if identity(&found) == self.identity => fs::remove_file(&self.path),
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for UnixFile {
    fn drop(&mut self) {
        if let Err(error) = self.remove() {
            tracing::warn!(path = ?self.path, %error, "the socket's file stays");
        }
    }
}

/// While our socket is open its inode is not given to another file.
fn identity(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

fn kind(file: &Metadata) -> &'static str {
    let kind = file.file_type();
    if kind.is_symlink() {
        "a symbolic link"
    } else if kind.is_dir() {
        "a directory"
    } else if kind.is_file() {
        "a regular file"
    } else {
        "a special file"
    }
}

/// Connects, without waiting for anybody.
fn knock(path: &Path) -> io::Result<()> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.connect(&socket2::SockAddr::unix(path)?)
}

/// A directory in which sockets are bound. Its lock keeps servers apart that start at the same time; it leaves nothing behind, also
/// after a crash.
#[derive(Debug)]
pub(super) struct Directory(PathBuf);

impl Directory {
    pub(super) fn of(file: &Path) -> Self {
        let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty());
        Self(directory.unwrap_or_else(|| Path::new(".")).to_owned())
    }

    /// Locked until the file is dropped.
    pub(super) async fn lock(&self) -> io::Result<File> {
        let directory = File::open(&self.0)?;
        let since = Instant::now();
        loop {
            match directory.try_lock() {
                Err(TryLockError::WouldBlock) if since.elapsed() < LOCK_PATIENCE => {
                    tokio::time::sleep(LOCK_INTERVAL).await;
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(io::Error::new(ErrorKind::ResourceBusy, "its directory stays locked"));
                }
                // Not every file system has locks; then there are none.
                Ok(()) | Err(TryLockError::Error(_)) => return Ok(directory),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_directory_that_stays_locked_is_an_error_and_no_hang() {
        let path = std::env::temp_dir().join(format!("greenroom-lock-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        let directory = Directory::of(&path.join("socket"));
        let held = directory.lock().await.unwrap();
        assert_eq!(directory.lock().await.unwrap_err().kind(), ErrorKind::ResourceBusy);
        drop(held);
        directory.lock().await.unwrap();
        fs::remove_dir(&path).unwrap();
    }

    #[test]
    fn a_bare_name_lies_in_the_working_directory() {
        assert_eq!(Directory::of(Path::new("app.sock")).0, Path::new("."));
        assert_eq!(Directory::of(Path::new("/run/app.sock")).0, Path::new("/run"));
    }
}
