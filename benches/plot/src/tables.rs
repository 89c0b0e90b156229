//! The tables of a page, between `<!-- figures: NAME -->` and `<!-- /figures -->`.

use crate::budgets::{self, Budgets};
use crate::figures::{Figures, Spread, by_hand};
use crate::style::{Failure, is_ours, number, whole};

const OPEN: &str = "<!-- figures: ";
const CLOSE: &str = "<!-- /figures -->";

/// The page with all that stands between markers made anew.
pub fn fill(page: &str, figures: &Figures, budgets: &Budgets) -> Result<String, Failure> {
    let mut parts = page.split(OPEN);
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(" -->").ok_or("a marker has no end")?;
        let (_, after) = rest.split_once(CLOSE).ok_or_else(|| format!("{name}: there is no {CLOSE}"))?;
        filled += &format!("{OPEN}{name} -->\n{}\n{CLOSE}{after}", table(name, figures, budgets)?.trim_end());
    }
    Ok(filled)
}

fn table(name: &str, figures: &Figures, budgets: &Budgets) -> Result<String, Failure> {
    Ok(match name {
        "machine" => machine(figures),
        "works" => works(figures),
        "connections" => connections(figures),
        "latency" => latency(figures),
        "idle" => idle(figures),
        "skipped" => skipped(figures),
        "count" => budgets::count(budgets),
        "missed" => budgets::missed(budgets),
        "budgets" => budgets::all(budgets),
        other => return Err(format!("there are no figures called {other}").into()),
    })
}

fn machine(figures: &Figures) -> String {
    let mut out = String::from("| | |\n|---|---|\n");
    let mut tell = |name: &str, value: &str| out += &format!("| {name} | {value} |\n");
    tell("date", figures.date.as_deref().unwrap_or("unknown"));
    for (name, value) in &figures.machine {
        let Some(value) = value else { continue };
        tell(name, value.to_string().trim_matches('"'));
    }
    tell("pinned", &figures.pinned);
    tell("runtime", &figures.runtime);
    tell("rounds", &figures.rounds.to_string());
    for (name, value) in &figures.versions {
        let Some(value) = value else { continue };
        tell(name, value);
    }
    out
}

fn works(figures: &Figures) -> String {
    let mut out = String::from(
        "| work | | requests/s (least..most) | beside by hand | server CPU, us/request | p50, us | p99, us | lost |\n|---|---|---|---|---|---|---|---|\n",
    );
    for work in figures.works() {
        let by_hand = by_hand(&work);
        for row in &work {
            let ratio = row.rate.zip(by_hand).map(|(rate, by_hand)| format!("{:.2}x", rate.median / by_hand));
            out += &format!(
                "| {} | {} | {} | {} | {} | {} | {} | {} |\n",
                row.title,
                name(&row.contender),
                spread(row.rate),
                ratio.as_deref().unwrap_or("-"),
                median(row.cpu_us),
                median(row.p50_us),
                median(row.p99_us),
                row.errors,
            );
        }
    }
    out
}

fn connections(figures: &Figures) -> String {
    let mut out = String::from(
        "| connections | | requests/s (least..most) | resident memory, KiB |\n|---|---|---|---|\n",
    );
    for point in &figures.curve {
        out += &format!(
            "| {} | {} | {} | {} |\n",
            whole(point.connections as f64),
            name(&point.contender),
            spread(Some(point.rate)),
            number(point.resident.median / 1024.0),
        );
    }
    out
}

fn latency(figures: &Figures) -> String {
    let Some(first) = figures.latency.first() else { return String::new() };
    let shares = first.quantiles.iter().map(|it| format!(" {} % |", (it.share * 1000.0).round() / 10.0));
    let mut out =
        format!("| us |{}\n|---|{}\n", shares.collect::<String>(), "---|".repeat(first.quantiles.len()));
    for it in &figures.latency {
        let figures = it.quantiles.iter().map(|it| match it.us {
            Some(us) => format!(" {us:.0} |"),
            None => " - |".to_owned(),
        });
        out += &format!("| {} |{}\n", name(&it.contender), figures.collect::<String>());
    }
    out
}

fn idle(figures: &Figures) -> String {
    let mut out = String::from("| | bytes a connection (least..most) |\n|---|---|\n");
    for (contender, bytes) in figures.idle() {
        out += &format!("| {} | {} |\n", name(contender), spread(Some(bytes)));
    }
    out
}

fn skipped(figures: &Figures) -> String {
    if figures.skipped.is_empty() {
        return "Nothing was left out of this run.".to_owned();
    }
    let lines = figures.skipped.iter().map(|what| format!("- {what}\n"));
    format!("Left out of this run:\n\n{}", lines.collect::<String>())
}

fn name(contender: &str) -> String {
    if is_ours(contender) { format!("**{contender}**") } else { contender.to_owned() }
}

fn spread(figure: Option<Spread>) -> String {
    figure.map_or("-".to_owned(), |it| {
        format!("{} ({}..{})", number(it.median), number(it.least), number(it.most))
    })
}

fn median(figure: Option<Spread>) -> String {
    figure.map_or("-".to_owned(), |it| number(it.median))
}
