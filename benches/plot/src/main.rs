//! `docs/figures/peers.json` as pictures in `docs/pictures`, and as tables between the markers of `docs/performance.md`.
//!
//! With `--check` nothing is written: it fails if what stands there is not what the figures give.

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

use figures::Figures;
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
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let figures: Figures = serde_json::from_str(&fs::read_to_string(docs.join("figures/peers.json"))?)?;
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for (name, draw) in PICTURES {
        let mut picture = String::new();
        draw(&figures, &mut picture)?;
        files.push((docs.join(format!("pictures/{name}.svg")), picture));
    }
    let chapter = docs.join("performance.md");
    let page = fs::read_to_string(&chapter)?;
    files.push((chapter, tables::fill(&page, &figures)?));
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
