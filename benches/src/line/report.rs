//! Outcomes as a table for people and as JSON for programs.

use std::fmt::Write;

use crate::line::outcome::{Budget, Outcome};
use crate::line::process::PINNED;

pub fn table(outcomes: &[Outcome]) -> String {
    if outcomes.is_empty() {
        return String::new();
    }
    let mut out = format!(
        "\nServers: a process each, {}. Ratios are ours over theirs: the median of interleaved rounds (least..most).\n\n",
        if *PINNED {
            "server on core 0, client on core 1"
        } else {
            "not pinned: server and client share the cores"
        },
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

/// An object a line, to be joined with others into an array.
pub fn json(outcomes: &[Outcome]) -> Vec<String> {
    let number = |value: f64| if value.is_finite() { format!("{value:.4}") } else { String::from("null") };
    let object = |row: &Outcome| {
        format!(
            "  {{\"work\": {:?}, \"runtime\": {:?}, \"rival\": {:?}, \"figure\": {:?}, \"ours\": {}, \"theirs\": {}, \"ratio\": {}, \"least\": {}, \"most\": {}, \"budget\": {:?}, \"kept\": {}, \"pinned\": {}}}",
            row.work,
            row.flavour,
            row.rival,
            row.figure,
            number(row.ours),
            number(row.theirs),
            number(row.ratios[1]),
            number(row.ratios[0]),
            number(row.ratios[2]),
            budget(row.budget),
            row.is_kept().map_or(String::from("null"), |kept| kept.to_string()),
            *PINNED,
        )
    };
    outcomes.iter().map(object).collect()
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
