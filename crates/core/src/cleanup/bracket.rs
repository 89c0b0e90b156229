//! A resource, its use, and its release.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

use super::finally::finally;
use super::report::CleanupOutput;

/// Lends `resource` to `body`, and hands it to `release` however the body ends: with a value or an error, by a panic, a
/// kill, a timeout, or by being dropped.
///
/// `release` may run when whoever called is gone already, so it owns all it needs: what it is to name, or to tell others, belongs into
/// the resource, a tuple if need be. `body` may borrow from around it.
///
/// The recommended form of clean-up: what is released is what was used, with no second handle to it. Everything that
/// [`finally`](crate::finally) promises holds.
///
/// # Cancel safety
///
/// Dropped after its first poll, it hands the resource and its release to the nearest enclosing scope. Never polled, it
/// drops the resource.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::{Queue, bracket, spawn};
///
/// struct Seat(Queue<&'static str>);
/// impl Seat {
///     async fn chat(&mut self) {
///         self.0.put("chatting").await.unwrap();
///         std::future::pending::<()>().await
///     }
///     async fn leave(self) {
///         self.0.put("left").await.unwrap();
///     }
/// }
///
/// let said = Queue::unbounded();
/// let ann = spawn(bracket(Seat(said.clone()), Seat::chat, Seat::leave));
/// assert_eq!(said.get().await.unwrap(), "chatting");
/// ann.kill().await; // returns after `leave`
/// assert_eq!(said.try_get().unwrap(), "left");
/// # }
/// ```
pub fn bracket<R, T, B, L, C>(resource: R, body: B, release: L) -> impl Future<Output = T>
where
    R: Send + 'static,
    B: AsyncFnOnce(&mut R) -> T,
    L: FnOnce(R) -> C + Send + 'static,
    C: Future<Output: CleanupOutput> + Send + 'static,
{
    let home = Arc::new(Mutex::new(None));
    let mut loan = Loan { resource: Some(resource), home: home.clone() };
    finally(async move { body(&mut loan).await }, async move {
        let resource = home.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(resource) = resource {
            release(resource).await.report();
        }
    })
}

/// A resource on loan: it goes home when the body that uses it is dropped, which is before the clean-up starts.
struct Loan<R> {
    resource: Option<R>,
    home: Arc<Mutex<Option<R>>>,
}

impl<R> Deref for Loan<R> {
    type Target = R;

    fn deref(&self) -> &R {
        match &self.resource {
            Some(resource) => resource,
            None => unreachable!("a loan holds its resource until it is dropped"),
        }
    }
}

impl<R> DerefMut for Loan<R> {
    fn deref_mut(&mut self) -> &mut R {
        match &mut self.resource {
            Some(resource) => resource,
            None => unreachable!("a loan holds its resource until it is dropped"),
        }
    }
}

impl<R> Drop for Loan<R> {
    fn drop(&mut self) {
        *self.home.lock().unwrap_or_else(PoisonError::into_inner) = self.resource.take();
    }
}
