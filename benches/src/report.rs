//! Rows as a table for people and as JSON for programs.

use std::fmt::Write;
use std::fs;

use serde_json::{Value, json};

use crate::measure::Row;

pub fn table(rows: &[Row]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "| work | runtime | ours | rival | theirs | ratio | target | stretch |\n|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let unit = row.unit;
        let _ = writeln!(
            out,
            "| {} | {} | {:.1} {unit} | {} | {:.1} {unit} | **{}** | {} | {} |",
            row.work,
            row.flavour,
            row.ours,
            row.rival,
            row.theirs,
            figure(row, row.ratio),
            goal(row, row.target),
            goal(row, row.stretch),
        );
    }
    out
}

fn figure(row: &Row, value: f64) -> String {
    if row.difference { format!("{value:+.1} {}", row.unit) } else { format!("{value:.2}x") }
}

fn goal(row: &Row, value: f64) -> String {
    if value.is_nan() { String::from("-") } else { format!("<= {}", figure(row, value)) }
}

/// The same for programs.
pub fn json(rows: &[Row]) -> Vec<Value> {
    rows.iter().map(object).collect()
}

fn object(row: &Row) -> Value {
    let held = !row.target.is_nan();
    json!({
        "work": row.work,
        "runtime": row.flavour,
        "rival": row.rival,
        "figure": row.unit,
        "ours": row.ours,
        "theirs": row.theirs,
        if row.difference { "difference" } else { "ratio" }: row.ratio,
        "budget": held.then(|| goal(row, row.target)),
        "kept": held.then_some(row.ratio <= row.target),
    })
}

/// Writes a file of figures.
pub fn write(file: &str, figures: &Value) {
    fs::write(file, format!("{figures:#}\n")).unwrap_or_else(|error| panic!("cannot write {file}: {error}"));
}
