//! Outcomes as a table for people and as JSON for programs.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::line::outcome::{Budget, Outcome};
use crate::line::process::placement;

pub fn table(outcomes: &[Outcome]) -> String {
    if outcomes.is_empty() {
        return String::new();
    }
    let mut out = format!(
        "\nServers: a process each, {}. Ratios are ours over theirs: the median of interleaved rounds (least..most).\n\n",
        placement(),
    );
    out += "| work | runtime | beside | figure | ours | theirs | ratio | budget | |\n|---|---|---|---|---|---|---|---|---|\n";
    for row in outcomes {
        let [least, ratio, most] = row.ratios;
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | **{ratio:.2}x** ({least:.2}..{most:.2}) | {} | {} |",
            row.work,
            row.flavour,
            row.rival,
            row.figure,
            figure(row.ours),
            figure(row.theirs),
            budget(row.budget),
            match row.is_kept() {
                None => "",
                Some(true) => "kept",
                Some(false) => "missed",
            },
        );
    }
    out
}

/// The same for programs.
pub fn json(outcomes: &[Outcome]) -> Vec<Value> {
    outcomes.iter().map(object).collect()
}

fn object(row: &Outcome) -> Value {
    let [least, ratio, most] = row.ratios;
    json!({
        "work": row.work,
        "runtime": row.flavour,
        "rival": row.rival,
        "figure": row.figure,
        "ours": row.ours,
        "theirs": row.theirs,
        "ratio": ratio,
        "least": least,
        "most": most,
        "budget": row.is_kept().map(|_| budget(row.budget)),
        "kept": row.is_kept(),
        "kept_once": row.is_kept_once(),
    })
}

fn figure(value: f64) -> String {
    if value.abs() < 100.0 { format!("{value:.2}") } else { format!("{value:.0}") }
}

fn budget(budget: Budget) -> String {
    match budget {
        Budget::AtMost(most) => format!("<= {most:.2}x"),
        Budget::AtLeast(least) => format!(">= {least:.2}x"),
        Budget::OursAtMost(most) => format!("ours <= {most:.0}"),
        Budget::Told => String::new(),
    }
}
