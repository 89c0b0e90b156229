//! The table of `docs/faults.md`: every row once, and every test that it names is one.

use std::collections::BTreeMap;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

/// The rows of the catalogue that are due.
const ROWS: [RangeInclusive<u32>; 4] = [1..=68, 80..=88, 92..=135, 142..=142];

/// How a row says why no test shows it.
const EXCUSES: [&str; 2] = ["**limit**: ", "**later**: "];

/// Text by path from the root of the repository.
type Sources = BTreeMap<String, String>;

fn due() -> impl Iterator<Item = u32> {
    ROWS.into_iter().flatten()
}

#[test]
fn every_fault_has_its_row_and_every_test_named_there_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Sources::new();
    for folder in ["crates", "tests"] {
        read(root, &root.join(folder), &mut sources);
    }
    let complaints = complaints(&fs::read_to_string(root.join("docs/faults.md")).unwrap(), &sources);
    assert!(complaints.is_empty(), "docs/faults.md:\n{}", complaints.join("\n"));
}

fn read(root: &Path, folder: &Path, sources: &mut Sources) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name: Vec<_> =
                path.strip_prefix(root).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
            sources.insert(name.join("/"), fs::read_to_string(&path).unwrap());
        }
    }
}

fn complaints(table: &str, sources: &Sources) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut rows: BTreeMap<u32, usize> = BTreeMap::new();
    for line in table.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let Ok(number) = cells[0].parse() else { continue };
        *rows.entry(number).or_default() += 1;
        complaints
            .extend(wrong_in(&cells, sources).into_iter().map(|wrong| format!("row {number}: {wrong}")));
    }
    for (number, times) in &rows {
        if !due().any(|due| due == *number) {
            complaints.push(format!(
                "row {number} is not due: widen `ROWS` in tests/faults/table.rs when its part of the catalogue is"
            ));
        }
        if *times > 1 {
            complaints.push(format!("row {number} is there {times} times"));
        }
    }
    let missing = due().filter(|number| !rows.contains_key(number));
    complaints.extend(missing.map(|number| format!("row {number} is missing")));
    complaints
}

fn wrong_in(cells: &[&str], sources: &Sources) -> Vec<String> {
    let [_, fault, answer, shown] = cells else {
        return vec![format!("{} cells, and not four", cells.len())];
    };
    let mut wrong = Vec::new();
    if fault.is_empty() || answer.is_empty() {
        wrong.push("it does not say what goes wrong, and what is done".to_owned());
    }
    let is_excused =
        EXCUSES.iter().any(|excuse| shown.strip_prefix(excuse).is_some_and(|why| why.len() > 20));
    if is_excused {
        return wrong;
    }
    for name in shown.split(", ") {
        match name.strip_prefix('`').and_then(|name| name.strip_suffix('`')) {
            Some(name) => wrong.extend(missing(name, sources)),
            None => wrong.push(format!("neither the name of a test nor an excuse with its reason: {name:?}")),
        }
    }
    wrong
}

/// Why there is no such test, if there is none.
fn missing(name: &str, sources: &Sources) -> Option<String> {
    let Some((krate, path)) = name.split_once(' ') else {
        return Some(format!("`{name}` is not a crate and a path"));
    };
    let Some((file, function)) = file_of(krate, path, sources) else {
        return Some(format!("`{name}` is in no file"));
    };
    let text = &sources[&file];
    if has_row(path, function, text) {
        return None;
    }
    match attributes_of(function, text) {
        None => Some(format!("`{name}`: there is no `fn {function}` in {file}")),
        Some(attributes) if attributes.contains("#[ignore") => Some(format!("`{name}` in {file} is ignored")),
        Some(attributes) if attributes.contains("#[test]") || attributes.contains("#[tokio::test") => None,
        Some(_) => Some(format!("`{name}`: `fn {function}` in {file} is no test")),
    }
}

/// The file in which a test is, and the name of its function. Modules without a file are within that of another.
fn file_of<'a>(krate: &str, path: &'a str, sources: &Sources) -> Option<(String, &'a str)> {
    let package = if krate == "greenroom" { String::new() } else { format!("crates/{krate}/") };
    let (modules, function) = path.rsplit_once("::")?;
    let mut modules: Vec<_> = modules.split("::").collect();
    let mut inside = Vec::new();
    while !modules.is_empty() {
        let path = modules.join("/");
        let of_tests = ["", "/mod", "/main"].map(|end| format!("{package}tests/{path}{end}.rs"));
        let of_sources = ["", "/mod"].map(|end| format!("{package}src/{path}{end}.rs"));
        if let Some(file) = of_tests.into_iter().chain(of_sources).find(|file| sources.contains_key(file)) {
            // `rows` is what the macro of that name makes.
            let is_there =
                |name: &&str| *name == "rows" || sources[&file].contains(&format!("mod {name} {{"));
            return inside.iter().all(is_there).then_some((file, function));
        }
        inside.extend(modules.pop());
    }
    None
}

/// The attributes and comments above a function.
fn attributes_of(function: &str, text: &str) -> Option<String> {
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let head = format!("fn {function}(");
    let at = lines.iter().position(|line| line.trim_start_matches("async ").starts_with(&head))?;
    let above = lines[..at].iter().rev().take_while(|line| line.starts_with("#[") || line.starts_with("//"));
    Some(above.copied().filter(|line| line.starts_with("#[")).collect())
}

/// Whether the function is a scenario in a table of which each row is a test.
fn has_row(path: &str, function: &str, text: &str) -> bool {
    let table = text.split_once("rows! {").and_then(|(_, rest)| rest.split_once('}'));
    path.ends_with(&format!("::rows::{function}"))
        && table.is_some_and(|(rows, _)| rows.contains(&format!(" => {function},")))
}

mod of_itself {
    use super::*;

    fn fixture() -> Sources {
        let files = [
            ("crates/core/tests/it/main.rs", "mod bed;\n"),
            ("crates/core/tests/it/bed.rs", "/// Zzz.\n#[test]\nfn it_sleeps() {}\n\nfn it_snores() {}\n"),
            ("crates/core/tests/it/nap/mod.rs", "#[tokio::test]\n#[ignore]\nasync fn it_dozes() {}\n"),
            ("crates/core/src/bed/mod.rs", "mod tests {\n    #[test]\n    fn it_creaks() {}\n}\n"),
            (
                "crates/core/tests/it/row.rs",
                "rows! {\n    \"Nap\" => nap,\n}\nasync fn nap() {}\nasync fn doze() {}\n",
            ),
            ("tests/house.rs", "#[tokio::test(start_paused = true)]\nasync fn it_stands() {}\n"),
        ];
        files.map(|(path, text)| (path.to_owned(), text.to_owned())).into()
    }

    /// A whole table, in which row 50 is shown by this.
    fn with(shown: &str) -> Vec<String> {
        let row = |number: u32| {
            let shown = if number == 50 { shown } else { "`core it::bed::it_sleeps`" };
            format!("| {number} | a fault | an answer | {shown} |\n")
        };
        complaints(&due().map(row).collect::<String>(), &fixture())
    }

    #[track_caller]
    fn assert_found(complaints: &[String], words: &str) {
        assert_eq!(complaints.len(), 1, "{complaints:?}");
        assert!(complaints[0].contains("row 50") && complaints[0].contains(words), "{complaints:?}");
    }

    #[test]
    fn tests_are_found_wherever_they_are_and_excuses_with_a_reason_count() {
        for shown in [
            "`core it::bed::it_sleeps`",
            "`core bed::tests::it_creaks`, `greenroom house::it_stands`",
            "`core it::row::rows::nap`",
            "**limit**: nothing that we could do about this",
            "**later**: the console will show it when it is there",
        ] {
            assert_eq!(with(shown), [""; 0], "{shown}");
        }
    }

    #[test]
    fn a_row_that_is_missing_doubled_or_not_due_is_a_complaint() {
        let row = |number: u32| format!("| {number} | a fault | an answer | `core it::bed::it_sleeps` |\n");
        let all = |extra: &str| due().map(row).collect::<String>() + extra;
        let of = |table: &str| complaints(table, &fixture());
        assert_eq!(of(&all("")), [""; 0]);
        assert_found(&of(&all("").replace(&row(50), "")), "is missing");
        assert_found(&of(&all(&row(50))), "2 times");
        assert!(of(&all(&row(72)))[0].contains("not due"));
        assert_eq!(of("").len(), due().count());
    }

    #[test]
    fn a_row_without_its_cells_is_a_complaint() {
        let row = |text: &str| {
            let line = "| 50 | a fault | an answer | `core it::bed::it_sleeps` |\n";
            let whole = due().map(|number| line.replace("50", &number.to_string())).collect::<String>();
            complaints(&whole.replace(line, text), &fixture())
        };
        assert_found(&row("| 50 | a fault | `core it::bed::it_sleeps` |\n"), "not four");
        assert_found(&row("| 50 |  | an answer | `core it::bed::it_sleeps` |\n"), "what goes wrong");
    }

    #[test]
    fn what_is_no_test_is_a_complaint() {
        assert_found(&with("`core it::bed::it_wakes`"), "no `fn it_wakes`");
        assert_found(&with("`core it::couch::it_sleeps`"), "in no file");
        assert_found(&with("`server it::bed::it_sleeps`"), "in no file");
        assert_found(&with("`core it::bed::it_snores`"), "is no test");
        assert_found(&with("`core it::nap::it_dozes`"), "is ignored");
        assert_found(&with("`core it::row::rows::doze`"), "is no test");
        assert_found(&with("`it_sleeps`"), "not a crate and a path");
    }

    #[test]
    fn what_is_neither_a_test_nor_an_excuse_is_a_complaint() {
        assert_found(&with("see the sources"), "nor an excuse");
        assert_found(&with("**limit**: alas"), "nor an excuse");
        assert_found(&with("`core it::bed::it_sleeps`, and others"), "nor an excuse");
    }
}
