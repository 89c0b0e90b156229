//! `docs/figures/*.json` as pictures in `docs/pictures`, and as tables between the markers of `docs/performance.md` and of the README.
//!
//! With `--check` nothing is written: it fails if what stands there is not what the figures give.

mod budgets;
mod connections;
mod figures;
mod idle;
mod latency;
mod ratios;
mod style;
mod tables;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use budgets::Budgets;
use figures::Figures;
use serde::de::DeserializeOwned;
use style::Failure;

type Draw = fn(&Figures, &mut String) -> Result<(), Failure>;

const PICTURES: &[(&str, Draw)] = &[
    ("ratios", ratios::draw),
    ("connections", connections::draw),
    ("latency", latency::draw),
    ("idle", idle::draw),
];

fn main() -> Result<ExitCode, Failure> {
    let check = env::args().any(|argument| argument == "--check");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let docs = root.join("docs");
    let figures: Figures = read(&docs.join("figures/peers.json"))?;
    let budgets: Budgets = read(&docs.join("figures/budgets.json"))?;
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for (name, draw) in PICTURES {
        let mut picture = String::new();
        draw(&figures, &mut picture)?;
        files.push((docs.join(format!("pictures/{name}.svg")), picture));
    }
    for page in [root.join("README.md"), docs.join("performance.md")] {
        let filled = tables::fill(&fs::read_to_string(&page)?, &figures, &budgets)?;
        files.push((page, filled));
    }
    let mut code = ExitCode::SUCCESS;
    for (file, text) in files {
        if !check {
            fs::write(&file, text)?;
        } else if fs::read_to_string(&file).ok().as_ref() != Some(&text) {
            eprintln!("{} is not what the figures give: run `just plot`", file.display());
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

fn read<T: DeserializeOwned>(file: &Path) -> Result<T, Failure> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()).into())
}
