//! What `just peers` measured.

use std::collections::BTreeMap;

use serde::Deserialize;

pub type Machine = BTreeMap<String, Option<serde_json::Value>>;

#[derive(Deserialize)]
pub struct Figures {
    pub date: Option<String>,
    pub machine: Machine,
    pub versions: BTreeMap<String, Option<String>>,
    pub pinned: String,
    pub runtime: String,
    pub rounds: usize,
    pub rows: Vec<Row>,
    pub curve: Vec<Point>,
    pub latency: Vec<Distribution>,
    pub skipped: Vec<String>,
}

#[derive(Deserialize, Clone, Copy)]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

#[derive(Deserialize)]
pub struct Row {
    pub work: String,
    pub title: String,
    pub contender: String,
    pub rate: Option<Spread>,
    pub cpu_us: Option<Spread>,
    pub p50_us: Option<Spread>,
    pub p99_us: Option<Spread>,
    /// Resident bytes a connection, of idle ones.
    pub bytes: Option<Spread>,
    /// Requests that failed or were lost, in all rounds.
    #[serde(default)]
    pub errors: f64,
}

#[derive(Deserialize)]
pub struct Point {
    pub contender: String,
    pub connections: usize,
    pub rate: Spread,
    pub resident: Spread,
}

#[derive(Deserialize)]
pub struct Distribution {
    pub contender: String,
    pub quantiles: Vec<Quantile>,
}

#[derive(Deserialize)]
pub struct Quantile {
    pub share: f64,
    pub us: Option<f64>,
}

impl Figures {
    /// The works in their order, each with its rows.
    pub fn works(&self) -> Vec<Vec<&Row>> {
        let mut works: Vec<Vec<&Row>> = Vec::new();
        for row in self.rows.iter().filter(|row| row.rate.is_some()) {
            match works.iter_mut().find(|work| work[0].work == row.work) {
                Some(work) => work.push(row),
                None => works.push(vec![row]),
            }
        }
        works
    }

    pub fn idle(&self) -> Vec<(&str, Spread)> {
        self.rows.iter().filter_map(|row| Some((row.contender.as_str(), row.bytes?))).collect()
    }

    /// The points of each contender of the curve.
    pub fn lines(&self) -> Vec<(&str, Vec<&Point>)> {
        let mut lines: Vec<(&str, Vec<&Point>)> = Vec::new();
        for point in &self.curve {
            match lines.iter_mut().find(|(name, _)| *name == point.contender) {
                Some((_, points)) => points.push(point),
                None => lines.push((&point.contender, vec![point])),
            }
        }
        lines
    }
}

/// The rate of the one that is written by hand on tokio, or on hyper.
pub fn by_hand(work: &[&Row]) -> Option<f64> {
    let row = work.iter().find(|row| row.contender.ends_with("by hand"))?;
    row.rate.map(|rate| rate.median)
}
