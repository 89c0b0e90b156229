//! From an address to what accepts there.

use std::io;

use crate::address::Form;
#[cfg(unix)]
use crate::stream::listener::UnixDoor;
use crate::stream::listener::bind_error::{BindError, Place};
use crate::stream::listener::{Bound, Listener, SocketOptions, TcpDoor, given, name, system};

/// Binds all that the address names, or nothing.
///
/// # Cancel safety
///
/// Dropping the future closes what is bound already.
pub(crate) async fn open(form: Form, options: &SocketOptions) -> Result<Vec<Bound>, BindError> {
    let written = form.to_string();
    let tcp = |door: io::Result<TcpDoor>| {
        door.map(|door| vec![Bound::Tcp(door)])
            .map_err(|error| BindError::new(Place::Tcp, written.clone(), error))
    };
    let given = |socket: io::Result<_>| {
        let bound = socket.and_then(|socket| given::accept_from(socket, options));
        bound.map(|bound| vec![bound]).map_err(BindError::given)
    };
    let bound = match form {
        Form::Exact(exact) => tcp(TcpDoor::listen(exact, options))?,
        Form::AnyInterface { port } => tcp(TcpDoor::listen_anywhere(port, options))?,
        Form::Name { host, port } => {
            name::open(host, port, options).await?.into_iter().map(Bound::Tcp).collect()
        }
        #[cfg(unix)]
        Form::Unix(path) => match UnixDoor::listen(&path, options).await {
            Ok(door) => vec![Bound::Unix(door)],
            Err(error) => return Err(BindError::new(Place::Unix, written, error)),
        },
        Form::Given(socket) => return given(Ok(socket)),
        Form::GivenTcp(listener) => return given(listener.into_std().map(Into::into)),
        #[cfg(unix)]
        Form::GivenUnix(listener) => return given(listener.into_std().map(Into::into)),
    };
    let backlog = system::effective_backlog(options.backlog);
    for one in &bound {
        let address = one.local_addr().map_err(|error| BindError::new(Place::Tcp, written.clone(), error))?;
        tracing::info!(%address, backlog, asked = options.backlog, "bound");
    }
    Ok(bound)
}
