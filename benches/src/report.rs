//! Rows as a table for people and as JSON for programs.

use std::fmt::Write;

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
        let figure =
            |value: f64| if row.difference { format!("{value:+.1} {unit}") } else { format!("{value:.2}x") };
        let goal =
            |value: f64| if value.is_nan() { String::from("-") } else { format!("<= {}", figure(value)) };
        let _ = writeln!(
            out,
            "| {} | {} | {:.1} {unit} | {} | {:.1} {unit} | **{}** | {} | {} |",
            row.work,
            row.flavour,
            row.ours,
            row.rival,
            row.theirs,
            figure(row.ratio),
            goal(row.target),
            goal(row.stretch),
        );
    }
    out
}

/// An object a line, to be joined with others into an array.
pub fn json(rows: &[Row]) -> Vec<String> {
    let number = |value: f64| if value.is_finite() { format!("{value:.3}") } else { String::from("null") };
    rows.iter()
        .map(|row| {
            format!(
                "  {{\"work\": {:?}, \"runtime\": {:?}, \"rival\": {:?}, \"unit\": {:?}, \"ours\": {}, \"theirs\": {}, \"{}\": {}, \"target\": {}, \"stretch\": {}}}",
                row.work,
                row.flavour,
                row.rival,
                row.unit,
                number(row.ours),
                number(row.theirs),
                if row.difference { "difference" } else { "ratio" },
                number(row.ratio),
                number(row.target),
                number(row.stretch),
            )
        })
        .collect()
}
