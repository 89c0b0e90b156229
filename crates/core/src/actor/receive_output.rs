//! What receiving a message may return.

use std::error::Error;
use std::ops::ControlFlow;

/// What [`Actor::receive`](crate::Actor::receive) may return, as its [`Output`](crate::Actor::Output).
///
/// * nothing: the actor goes on;
/// * a `ControlFlow<()>`: it goes on, or ends;
/// * a `Result` of either of them: an error ends it, and is how its task [`Failed`](crate::Exit::Failed).
pub trait ReceiveOutput {
    /// Whether the actor goes on, and if not, how it ends.
    fn verdict(self) -> ControlFlow<Result<(), Box<dyn Error + Send + Sync>>>;
}

impl ReceiveOutput for () {
    fn verdict(self) -> ControlFlow<Result<(), Box<dyn Error + Send + Sync>>> {
        ControlFlow::Continue(())
    }
}

impl ReceiveOutput for ControlFlow<()> {
    fn verdict(self) -> ControlFlow<Result<(), Box<dyn Error + Send + Sync>>> {
        self.map_break(Ok)
    }
}

impl<T: ReceiveOutput, E: Into<Box<dyn Error + Send + Sync>>> ReceiveOutput for Result<T, E> {
    fn verdict(self) -> ControlFlow<Result<(), Box<dyn Error + Send + Sync>>> {
        match self {
            Ok(output) => output.verdict(),
            Err(error) => ControlFlow::Break(Err(error.into())),
        }
    }
}
