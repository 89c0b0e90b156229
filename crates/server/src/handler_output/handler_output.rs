//! What a handler comes to: nothing, or an error for the log.

use std::fmt;

/// What a handler may return: `()`, `Result<(), E>` with an error that can be displayed, or nothing ever (`!`).
///
/// # Examples
///
/// ```
/// use greenroom_server::{Connection, Handler};
///
/// async fn nothing(_: Connection) {}
/// async fn a_result(mut conn: Connection) -> std::io::Result<()> {
///     conn.send_line("hello").await
/// }
/// async fn any_error(mut conn: Connection) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
///     let Some(line) = conn.lines().next().await? else { return Ok(()) };
///     let number: u32 = line.parse()?;
///     Ok(conn.send_line(format!("{}", number * 2)).await?)
/// }
/// # fn are_handlers(_: impl Handler, _: impl Handler, _: impl Handler) {}
/// # are_handlers(nothing, a_result, any_error);
/// ```
#[diagnostic::on_unimplemented(
    message = "a handler cannot return `{Self}`",
    label = "a handler returns this",
    note = "a handler returns `()`, or a `Result<(), E>` whose `E` implements `Display` and `Send`: it is logged"
)]
pub trait HandlerOutput: Send {
    /// What went wrong, if something did, for the log.
    fn failure(self) -> Option<String>;
}

impl HandlerOutput for () {
    fn failure(self) -> Option<String> {
        None
    }
}

impl<T: HandlerOutput, E: fmt::Display + Send> HandlerOutput for Result<T, E> {
    fn failure(self) -> Option<String> {
        match self {
            Ok(output) => output.failure(),
            Err(error) => Some(error.to_string()),
        }
    }
}

/// Names `!`, which stable Rust lets be the output of a function but not be written elsewhere.
#[expect(unnameable_types, reason = "nobody needs to name it: it only helps to write the next impl")]
pub trait Returns {
    /// What the function returns.
    type Output;
}

impl<T> Returns for fn() -> T {
    type Output = T;
}

impl HandlerOutput for <fn() -> ! as Returns>::Output {
    fn failure(self) -> Option<String> {
        self
    }
}
