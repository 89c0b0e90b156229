//! The run: works, the memory of idle connections, the curve; and the file.

use serde_json::json;

use crate::line::process::placement;
use crate::machine;
use crate::peers::foreign::Foreign;
use crate::peers::versions::versions;
use crate::peers::work::WORKS;
use crate::peers::{curve, idle};
use crate::report::write;

/// All, or the parts of these names (works, `idle`, `curve`).
pub fn run(rounds: usize, file: Option<&str>, wanted: &[String]) {
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|it| it == name);
    let mut skipped = Vec::new();
    let foreign = Foreign::find(&mut skipped);
    let (mut rows, mut latency) = (Vec::new(), Vec::new());
    for work in WORKS.iter().filter(|work| wants(work.name)) {
        eprintln!("{} ...", work.title);
        work.run(&foreign, rounds, &mut rows, &mut latency, &mut skipped);
    }
    if wants("idle") {
        eprintln!("idle ...");
        idle::run(&foreign, rounds, &mut rows, &mut skipped);
    }
    let mut curve = Vec::new();
    if wants("curve") {
        eprintln!("curve ...");
        curve::run(rounds, &mut curve, &mut skipped);
    }
    let whole = json!({
        "date": machine::date(),
        "machine": machine::machine(),
        "versions": versions(&foreign),
        "pinned": placement(),
        "runtime": "multi-thread with two workers, where there is one",
        "rounds": rounds,
        "rows": rows,
        "curve": curve,
        "latency": latency,
        "skipped": skipped,
    });
    match file {
        None => println!("{whole:#}"),
        Some(file) => write(file, &whole),
    }
}
