//! The window of time in which operations are counted, after a while of warming up.

use std::time::{Duration, Instant};

use crate::load::cpu::cpu_ns;
use crate::load::latency::Latency;
use crate::load::options::Options;

const WARM_UP: Duration = Duration::from_millis(300);

pub struct Window {
    pid: Option<u32>,
    opens: Instant,
    closes: Instant,
    /// Since when it is open, and the server's CPU time then.
    open: Option<(Instant, u64)>,
    latency: Latency,
    /// Connections that failed, and messages that were lost.
    pub errors: u64,
}

impl Window {
    pub fn new(options: &Options) -> Self {
        let opens = Instant::now() + WARM_UP;
        Self {
            pid: options.pid,
            opens,
            closes: opens + options.window,
            open: None,
            latency: Latency::new(),
            errors: 0,
        }
    }

    /// Whether there is more to do; asked once for each wake-up.
    pub fn goes_on(&mut self) -> bool {
        let now = Instant::now();
        if self.open.is_none() && now >= self.opens {
            self.open = Some((now, self.pid.map_or(0, cpu_ns)));
        }
        now < self.closes
    }

    pub fn note(&mut self, took: Duration) {
        if self.open.is_some() {
            self.latency.note(took);
        }
    }

    /// `operations=... rate=... cpu_us=... p50_us=... p99_us=... errors=...`
    pub fn close(self) -> String {
        let (since, before) = self.open.expect("the window was open");
        let cpu = self.pid.map_or(0, cpu_ns) - before;
        let operations = self.latency.count();
        format!(
            "operations={operations} rate={:.1} cpu_us={:.4} p50_us={} p99_us={} errors={}",
            operations as f64 / since.elapsed().as_secs_f64(),
            cpu as f64 / 1000.0 / operations as f64,
            self.latency.quantile(0.5),
            self.latency.quantile(0.99),
            self.errors,
        )
    }
}
