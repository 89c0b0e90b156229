//! Listening on a Unix socket.

use std::io;
use std::path::Path;

use rustix::fs::Mode;
use socket2::{Domain, SockRef, Socket, Type};
use tokio::net::{UnixListener, UnixStream};

use crate::address::{SockAddr, UnixPath};
use crate::stream::listener::unix_file::{Directory, UnixFile};
use crate::stream::listener::{Listener, SocketOptions};

/// A Unix socket that accepts.
#[derive(Debug)]
pub(crate) struct UnixDoor {
    /// Before the listener, as fields are dropped in their order: the file goes while somebody still listens behind it, so
    /// nobody can have taken it for a dead one and put another in its place.
    _file: Option<UnixFile>,
    listener: UnixListener,
    options: SocketOptions,
}

impl Listener for UnixDoor {
    type Io = UnixStream;

    async fn accept(&mut self) -> io::Result<(UnixStream, SockAddr)> {
        let (stream, peer) = self.listener.accept().await?;
        // Sockets of Unix inherit nothing. It fails only where the system has no such option, and harms nobody.
        let _ = self.options.buffers(&SockRef::from(&stream));
        Ok((stream, peer.into()))
    }

    fn local_addr(&self) -> io::Result<SockAddr> {
        self.listener.local_addr().map(SockAddr::from)
    }
}

impl UnixDoor {
    /// A path that nobody listens on is taken, also when a dead socket lies there; and of two that want it at once one gets it.
    pub(super) async fn listen(path: &UnixPath, options: &SocketOptions) -> io::Result<Self> {
        let Some(file) = path.file() else {
            let socket = bind(path, options)?;
            return Self::open(socket, None, options);
        };
        // Between bind and listen a socket looks dead to others: they wait.
        let directory = Directory::of(file).lock().await?;
        UnixFile::clear(file)?;
        let socket = bind(path, options)?;
        let made = UnixFile::just_made(file, options.unix_mode)?;
        let door = Self::open(socket, Some(made), options);
        drop(directory);
        door
    }

    fn open(socket: Socket, file: Option<UnixFile>, options: &SocketOptions) -> io::Result<Self> {
        socket.listen(options.backlog.try_into().unwrap_or(i32::MAX))?;
        let listener = UnixListener::from_std(socket.into())?;
        Ok(Self { _file: file, listener, options: options.clone() })
    }

    /// A socket that listens already. Its file is not ours, and stays.
    pub(super) fn given(socket: Socket, options: &SocketOptions) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let listener = UnixListener::from_std(socket.into())?;
        Ok(Self { _file: None, listener, options: options.clone() })
    }
}

fn bind(path: &UnixPath, options: &SocketOptions) -> io::Result<Socket> {
    let path: &Path = path.as_path();
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    // Linux gives the file the mode of its socket. Elsewhere it fails, and the mode is set after bind; before listen nobody can
    // connect in any case.
    let _ = rustix::fs::fchmod(&socket, Mode::from_raw_mode(options.unix_mode as _));
    socket.bind(&socket2::SockAddr::unix(path)?)?;
    Ok(socket)
}
