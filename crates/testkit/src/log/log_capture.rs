use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::subscriber::DefaultGuard;

use crate::log::ear::{self, Heard};
use crate::log::log_line::LogLine;

/// Hears what is logged by `tracing` on the thread that made it, until it is dropped.
///
/// Other threads are not heard, so tests that run beside this one do not disturb it; nor are tasks that run on other threads: use
/// the current-thread runtime, as `#[tokio::test]` does.
///
/// The first one in a process sets tracing's global default to a subscriber that wants nothing, unless there is another already:
/// tracing would otherwise remember for all threads that nobody wants to hear of a line.
///
/// # Examples
///
/// ```
/// use greenroom_testkit::LogCapture;
///
/// let log = LogCapture::of("pantry");
/// tracing::warn!(target: "pantry::shelf", left = 2, "running low");
/// tracing::warn!(target: "cellar", "nobody hears this");
/// let lines = log.take();
/// assert_eq!(lines.len(), 1);
/// assert_eq!(lines[0].to_string(), "WARN running low left=2");
/// assert!(log.take().is_empty());
/// ```
#[derive(Debug)]
#[must_use = "it hears nothing once it is dropped"]
pub struct LogCapture {
    heard: Arc<Mutex<Heard>>,
    _guard: DefaultGuard,
}

impl LogCapture {
    /// Hears those whose target begins with this; `""` hears all.
    pub fn of(target: &'static str) -> Self {
        let heard = Arc::default();
        let guard = ear::listen(target, &heard);
        Self { heard, _guard: guard }
    }

    /// What was logged since this was last asked, in order.
    #[must_use]
    pub fn take(&self) -> Vec<LogLine> {
        mem::take(&mut self.heard.lock().unwrap_or_else(PoisonError::into_inner).lines)
    }

    /// The same as text: `LEVEL message field=value ...`.
    #[must_use]
    pub fn take_text(&self) -> Vec<String> {
        self.take().iter().map(ToString::to_string).collect()
    }

    /// All spans that were opened since this began, in order, each as the path to it: `outer{field=value} > inner{...}`.
    #[must_use]
    pub fn spans(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.spans.iter().map(|path| path.join(" > ")).collect()
    }
}
