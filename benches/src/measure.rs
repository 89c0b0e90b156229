//! Interleaved runs: ours, theirs, ours, theirs ...; a row's ratio is the median of the rounds' ratios.

use std::time::Instant;

use tokio::runtime::{Builder, Runtime};

use crate::line::Outcome;

/// One compared work.
pub struct Row {
    pub work: String,
    pub flavour: &'static str,
    pub rival: &'static str,
    pub unit: &'static str,
    pub ours: f64,
    pub theirs: f64,
    /// Ours over theirs; for differences, ours minus theirs.
    pub ratio: f64,
    pub difference: bool,
    pub target: f64,
    pub stretch: f64,
}

pub struct Bench {
    pub rounds: usize,
    pub rows: Vec<Row>,
    /// Of servers, each of which has several figures.
    pub outcomes: Vec<Outcome>,
}

/// The two kinds of runtime.
#[derive(Clone, Copy)]
pub enum Flavour {
    Current,
    Multi,
}

impl Flavour {
    pub const BOTH: [Self; 2] = [Self::Current, Self::Multi];

    pub fn name(self) -> &'static str {
        match self {
            Self::Current => "current-thread",
            Self::Multi => "multi-thread(2)",
        }
    }

    pub fn runtime(self) -> Runtime {
        match self {
            Self::Current => Builder::new_current_thread().enable_all().build(),
            Self::Multi => Builder::new_multi_thread().worker_threads(2).enable_all().build(),
        }
        .expect("a runtime")
    }
}

/// What a row is held to.
#[derive(Clone, Copy)]
pub struct Goal {
    pub target: f64,
    pub stretch: f64,
}

impl Bench {
    pub fn new(rounds: usize) -> Self {
        Self { rounds, rows: Vec::new(), outcomes: Vec::new() }
    }

    /// A round of servers takes seconds: a third of the rounds of the others.
    pub fn server_rounds(&self) -> usize {
        self.rounds.div_ceil(3)
    }

    /// Compares two works, each of which returns nanoseconds an operation.
    pub fn compare(
        &mut self,
        work: impl Into<String>,
        flavour: &'static str,
        rival: &'static str,
        goal: Goal,
        mut ours: impl FnMut() -> f64,
        mut theirs: impl FnMut() -> f64,
    ) {
        let (mut a, mut b, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        // The first round warms up.
        for round in 0..=self.rounds {
            let (x, y) = if round % 2 == 0 {
                let x = ours();
                (x, theirs())
            } else {
                let y = theirs();
                (ours(), y)
            };
            if round > 0 {
                a.push(x);
                b.push(y);
                ratios.push(x / y);
            }
        }
        self.rows.push(Row {
            work: work.into(),
            flavour,
            rival,
            unit: "ns",
            ours: median(a),
            theirs: median(b),
            ratio: median(ratios),
            difference: false,
            target: goal.target,
            stretch: goal.stretch,
        });
    }

    /// An outcome that has no figures (a tool that tells none, or is not here) is left out.
    pub fn tell(&mut self, outcome: Outcome) {
        if !outcome.ours.is_nan() && !outcome.theirs.is_nan() {
            self.outcomes.push(outcome);
        }
    }

    /// The last row is about the difference, not the ratio.
    pub fn as_difference(&mut self) {
        if let Some(row) = self.rows.last_mut() {
            row.ratio = row.ours - row.theirs;
            row.difference = true;
        }
    }
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Nanoseconds an operation of an asynchronous work on a runtime.
pub fn time<F: Future<Output = ()>>(runtime: &Runtime, operations: usize, work: impl FnOnce() -> F) -> f64 {
    runtime.block_on(async {
        let start = Instant::now();
        work().await;
        start.elapsed().as_nanos() as f64 / operations as f64
    })
}

/// As [`time`], from inside a task of the runtime, as servers run.
pub fn time_spawned<F>(runtime: &Runtime, operations: usize, work: F) -> f64
where
    F: Future<Output = ()> + Send + 'static,
{
    runtime.block_on(async {
        let task = tokio::spawn(async move {
            let start = Instant::now();
            work.await;
            start.elapsed()
        });
        task.await.expect("the work").as_nanos() as f64 / operations as f64
    })
}
