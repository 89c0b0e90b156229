//! A future under a limit.

use std::fmt;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::task::coop;
use tokio::time::{Sleep, sleep, sleep_until};

use super::elapsed::Elapsed;
use super::timeout::Timeout;
use crate::exit::{contain, drop_then};
use crate::scope::{Ending, Place, Scope, discard, enter_vacant, leave_vacant};
use crate::task::rehome;
use crate::waiter::Ticket;

/// Runs `future` for at most `limit`, counted from its first suspension.
///
/// When the limit has passed, everything inside is cancelled as by a kill: clean-ups run, innermost first, and only
/// after them the result is [`Elapsed`]. A future that is ready at the same moment wins. A limit of zero passes at the
/// first suspension; `None` never passes. A future that never suspends is never interrupted, and pays next to nothing:
/// the timer is made at its first suspension.
///
/// Unlike `tokio::time::timeout`, which drops what it runs, this waits for its clean-ups. Also as a method:
/// [`WithTimeout::timeout`](crate::WithTimeout::timeout).
///
/// gevent: `with gevent.Timeout(seconds):`, `gevent.with_timeout`.
///
/// # Errors
///
/// [`Elapsed`] when the limit has passed.
///
/// # Cancel safety
///
/// That of `future`.
///
/// # Panics
///
/// When polled after its end; when it first suspends outside of a tokio runtime with a timer.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
/// use greenroom_core::{WithTimeout, timeout};
/// use tokio::time::sleep;
///
/// assert!(timeout(Duration::from_secs(1), sleep(Duration::from_secs(5))).await.is_err());
/// assert!(sleep(Duration::from_secs(1)).timeout(Duration::from_secs(5)).await.is_ok());
/// # }
/// ```
#[doc(alias("with_timeout", "gevent.Timeout"))]
pub fn timeout<F: Future>(limit: impl Into<Option<Duration>>, future: F) -> Timed<F> {
    Timed::new(Limit::Own(limit.into()), future)
}

pin_project! {
    /// A future under a limit; made by [`timeout`] and [`Timeout::run`].
    ///
    /// # Cancel safety
    ///
    /// That of the future inside.
    #[must_use = "a future does nothing unless it is awaited"]
    pub struct Timed<F>
    where
        F: Future,
    {
        limit: Limit,
        // Absent after its end.
        #[pin]
        body: Option<F>,
        // Made at the first suspension: what never suspends does not carry it.
        rest: Option<Pin<Box<Rest<F::Output>>>>,
    }

    impl<F: Future> PinnedDrop for Timed<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if let Limit::Shared(timeout, ticket) = this.limit
                && let Some(ticket) = ticket.take()
            {
                timeout.leave(ticket);
            }
            if let Some(rest) = this.rest {
                drop_then(|| this.body.set(None), || rehome(rest.as_mut().project().scope.leave(None)));
            }
        }
    }
}

pin_project! {
    /// What a limit needs once its body has suspended.
    struct Rest<T> {
        scope: Scope,
        #[pin]
        timer: Option<Sleep>,
        ending: Option<Ending<T>>,
        elapsed: bool,
        // The scope around it, once this one was cancelled from there.
        parked: Option<Place>,
    }
}

#[derive(Debug)]
enum Limit {
    Own(Option<Duration>),
    Shared(Timeout, Option<Ticket>),
}

impl<F: Future> Timed<F> {
    fn new(limit: Limit, body: F) -> Self {
        Self { limit, body: Some(body), rest: None }
    }

    pub(crate) fn shared(timeout: Timeout, body: F) -> Self {
        Self::new(Limit::Shared(timeout, None), body)
    }
}

impl Limit {
    fn elapsed(&self) -> Elapsed {
        match self {
            Self::Own(limit) => Elapsed::new(*limit, None),
            Self::Shared(timeout, _) => Elapsed::new(timeout.limit(), Some(timeout.clone())),
        }
    }
}

/// Whether the limit has passed.
fn poll_limit(limit: &mut Limit, mut timer: Pin<&mut Option<Sleep>>, cx: &mut Context<'_>) -> Poll<()> {
    match limit {
        Limit::Own(None) => Poll::Pending,
        // tokio's timer would take a millisecond.
        Limit::Own(Some(limit)) if limit.is_zero() => Poll::Ready(()),
        Limit::Own(Some(limit)) => {
            if timer.is_none() {
                timer.set(Some(sleep(*limit)));
            }
            timer.as_pin_mut().map_or(Poll::Pending, |timer| timer.poll(cx))
        }
        Limit::Shared(timeout, ticket) => loop {
            let Some(deadline) = timeout.deadline() else {
                // Lifted, or without a limit: `start` wakes.
                timeout.park(ticket, cx.waker());
                if timeout.deadline().is_none() {
                    return Poll::Pending;
                }
                continue;
            };
            if deadline <= tokio::time::Instant::now() {
                return Poll::Ready(());
            }
            match timer.as_mut().as_pin_mut() {
                None => timer.set(Some(sleep_until(deadline))),
                Some(timer) if timer.deadline() != deadline => timer.reset(deadline),
                Some(_) => {}
            }
            let Some(timer) = timer.as_mut().as_pin_mut() else { return Poll::Pending };
            ready!(timer.poll(cx));
            // It may have been lifted meanwhile: ask again.
        },
    }
}

impl<F: Future> Future for Timed<F> {
    type Output = Result<F::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if this.rest.is_none() {
            assert!(this.body.is_some(), "a timeout was polled after its end");
            if let Limit::Shared(timeout, _) = this.limit {
                timeout.begin();
            }
            let Some(body) = this.body.as_mut().as_pin_mut() else { return Poll::Pending };
            enter_vacant();
            let polled = contain(|| body.poll(cx));
            let place = leave_vacant();
            let mut ending = match polled {
                Ok(Poll::Ready(value)) if place.is_none() => {
                    this.body.set(None);
                    return Poll::Ready(Ok(value));
                }
                Ok(Poll::Ready(value)) => Some(discard(this.body.as_mut(), Ending::Value(value))),
                Err(payload) => Some(discard(this.body.as_mut(), Ending::Panicked(payload))),
                Ok(Poll::Pending) => None,
            };
            let polled = ending.is_none();
            let mut scope = Scope::with_place(place);
            // It got its place inside this poll: it may be cancelled already.
            if polled && scope.judge(None, false, cx) {
                ending = Some(discard(this.body.as_mut(), Ending::Cancelled));
            }
            *this.rest = Some(Box::pin(Rest { scope, timer: None, ending, elapsed: false, parked: None }));
            return poll_rest(this.limit, this.body, this.rest, polled, cx);
        }
        poll_rest(this.limit, this.body, this.rest, false, cx)
    }
}

/// Cancelled from around it, it waits to be dropped by that scope. If that is over, the future has been kept beyond
/// it: there is nothing to wait for, and nothing to return.
fn park<T>(above: &Place) -> Poll<T> {
    assert!(above.tree.is_cancelled(above.node), "a timeout was polled after it had been cancelled");
    Poll::Pending
}

/// Goes on after the first suspension. `polled`: the body has been polled by this call.
fn poll_rest<F: Future>(
    limit: &mut Limit,
    mut body: Pin<&mut Option<F>>,
    rest: &mut Option<Pin<Box<Rest<F::Output>>>>,
    mut polled: bool,
    cx: &mut Context<'_>,
) -> Poll<Result<F::Output, Elapsed>> {
    let Some(kept) = rest else { return Poll::Pending };
    let mut this = kept.as_mut().project();
    if let Some(above) = this.parked {
        return park(above);
    }
    while this.ending.is_none() {
        if !std::mem::take(&mut polled)
            && let Poll::Ready(ending) = this.scope.poll_body(body.as_mut(), cx)
        {
            *this.ending = Some(ending);
            break;
        }
        if *this.elapsed {
            return Poll::Pending;
        }
        let timer = this.timer.as_mut();
        // A body that used the task's budget up must not keep the timer from being looked at.
        if coop::has_budget_remaining() {
            ready!(poll_limit(limit, timer, cx));
        } else {
            ready!(Pin::new(&mut coop::unconstrained(Looking { limit, timer })).poll(cx));
        }
        *this.elapsed = true;
        if this.scope.place.is_some() {
            this.scope.cancel();
        } else {
            *this.ending = Some(discard(body.as_mut(), Ending::Cancelled));
        }
    }
    ready!(this.scope.poll_adopted(cx));
    let above = this.scope.above();
    rehome(this.scope.leave(None));
    let result = match this.ending.take() {
        Some(Ending::Value(value)) => Ok(value),
        Some(Ending::Panicked(payload)) => {
            *rest = None;
            resume_unwind(payload)
        }
        Some(Ending::Cancelled) | None => match above {
            Some(above) if !*this.elapsed || above.tree.is_cancelled(above.node) => {
                return park(this.parked.insert(above));
            }
            _ => Err(limit.elapsed()),
        },
    };
    *rest = None;
    Poll::Ready(result)
}

/// A look at the timer, as a future.
struct Looking<'a> {
    limit: &'a mut Limit,
    timer: Pin<&'a mut Option<Sleep>>,
}

impl Future for Looking<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self { limit, timer } = self.get_mut();
        poll_limit(limit, timer.as_mut(), cx)
    }
}

impl<F: Future> fmt::Debug for Timed<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timed").field("limit", &self.limit).finish_non_exhaustive()
    }
}
