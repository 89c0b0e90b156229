//! What `just bench` measured: Greenroom beside what each piece of it is held to.

use serde::Deserialize;

use crate::style::number;

#[derive(Deserialize)]
pub struct Budgets {
    pub date: Option<String>,
    pub rows: Vec<Row>,
}

#[derive(Deserialize)]
pub struct Row {
    work: String,
    runtime: String,
    rival: String,
    figure: String,
    ours: Option<f64>,
    theirs: Option<f64>,
    ratio: Option<f64>,
    difference: Option<f64>,
    least: Option<f64>,
    most: Option<f64>,
    budget: Option<String>,
    kept: Option<bool>,
    /// By the best of the rounds, where there are several figures.
    #[serde(default)]
    kept_once: bool,
}

/// What became of a budget.
#[derive(PartialEq, Eq, Clone, Copy)]
enum Verdict {
    Kept,
    /// The median misses it, and some round keeps it: this machine does not tell.
    Open,
    Missed,
}

impl Row {
    fn verdict(&self) -> Option<Verdict> {
        Some(match (self.kept?, self.kept_once) {
            (true, _) => Verdict::Kept,
            (false, true) => Verdict::Open,
            (false, false) => Verdict::Missed,
        })
    }
}

/// How many there are, and what became of them.
pub fn count(budgets: &Budgets) -> String {
    let verdicts: Vec<Verdict> = budgets.rows.iter().filter_map(Row::verdict).collect();
    let count = |verdict: Verdict| verdicts.iter().filter(|it| **it == verdict).count();
    format!(
        "Of {} budgets {} were kept on {}; {} were missed by the median and kept in some of the rounds; {} were missed.\n",
        verdicts.len(),
        count(Verdict::Kept),
        budgets.date.as_deref().unwrap_or("an unknown day"),
        count(Verdict::Open),
        count(Verdict::Missed),
    )
}

/// Those that are missed, by the median at least.
pub fn missed(budgets: &Budgets) -> String {
    table(budgets, |row| row.kept == Some(false))
}

/// All.
pub fn all(budgets: &Budgets) -> String {
    table(budgets, |_| true)
}

fn table(budgets: &Budgets, wanted: fn(&Row) -> bool) -> String {
    let mut out = String::from(
        "| work | runtime | beside | figure | ours | theirs | ratio (least..most) | budget | |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for row in budgets.rows.iter().filter(|row| wanted(row)) {
        let figure = |figure: Option<f64>| figure.map_or("-".to_owned(), number);
        out += &format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            row.work,
            row.runtime,
            row.rival,
            row.figure,
            figure(row.ours),
            figure(row.theirs),
            compared(row),
            row.budget.as_deref().unwrap_or("-"),
            match row.verdict() {
                Some(Verdict::Kept) => "kept",
                Some(Verdict::Open) => "missed by the median",
                Some(Verdict::Missed) => "missed",
                None => "",
            },
        );
    }
    out
}

fn compared(row: &Row) -> String {
    match (row.ratio, row.difference, row.least, row.most) {
        (Some(ratio), _, Some(least), Some(most)) => format!("{ratio:.2}x ({least:.2}..{most:.2})"),
        (Some(ratio), ..) => format!("{ratio:.2}x"),
        (None, Some(difference), ..) => format!("{difference:+.1} {}", row.figure),
        _ => "-".to_owned(),
    }
}
