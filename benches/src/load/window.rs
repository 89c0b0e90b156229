//! The window of time in which operations are counted, after a while of warming up.

use std::time::{Duration, Instant};

use crate::load::cpu::{cpu_ns, cpu_of_ended_ns};
use crate::load::latency::{Latency, QUANTILES};
use crate::load::options::Options;
use crate::load::resident::resident;

const WARM_UP: Duration = Duration::from_millis(300);

pub struct Window {
    pid: Option<u32>,
    opens: Instant,
    closes: Instant,
    /// Since when it is open, and the server's CPU time then.
    open: Option<(Instant, u64)>,
    latency: Latency,
    cpu: fn(u32) -> u64,
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
            cpu: if options.ending { cpu_of_ended_ns } else { cpu_ns },
            errors: 0,
        }
    }

    /// Whether there is more to do; asked once for each wake-up.
    pub fn goes_on(&mut self) -> bool {
        let now = Instant::now();
        if self.open.is_none() && now >= self.opens {
            self.open = Some((now, self.pid.map_or(0, self.cpu)));
        }
        now < self.closes
    }

    pub fn note(&mut self, took: Duration) {
        if self.open.is_some() {
            self.latency.note(took);
        }
    }

    /// `operations=... rate=... cpu_us=... p50_us=... p99_us=... errors=... resident=...`, and the quantiles.
    pub fn close(self) -> String {
        let (since, before) = self.open.expect("the window was open");
        let cpu = self.pid.map_or(0, self.cpu) - before;
        let operations = self.latency.count();
        let quantiles: String = QUANTILES
            .iter()
            .map(|&per_mille| format!(" q{per_mille}={}", self.quantile(per_mille)))
            .collect();
        format!(
            "operations={operations} rate={:.1} cpu_us={:.4} p50_us={} p99_us={} errors={} resident={}{quantiles}",
            operations as f64 / since.elapsed().as_secs_f64(),
            cpu as f64 / 1000.0 / operations as f64,
            self.latency.quantile(0.5),
            self.latency.quantile(0.99),
            self.errors,
            self.pid.map_or(0, resident),
        )
    }

    fn quantile(&self, per_mille: u32) -> f64 {
        self.latency.quantile(f64::from(per_mille) / 1000.0)
    }
}
