//! One figure of all rounds.

use serde_json::{Value, json};

use crate::measure::median;

/// The median, the least and the most; nothing where there are no figures.
pub fn spread(values: &[f64]) -> Value {
    let values: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    if values.is_empty() {
        return Value::Null;
    }
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    json!({"median": short(median(values)), "least": short(least), "most": short(most)})
}

/// Not more digits than mean something.
pub fn short(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
