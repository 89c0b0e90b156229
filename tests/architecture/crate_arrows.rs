//! Rule: between crates too arrows run down only, in manifests and in sources. Dev-dependencies and tests are free.

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::house::{House, Source};

/// Package, and the packages it may name.
type Plan = [(&'static str, &'static [&'static str])];

pub(crate) fn check(house: &House, plan: &Plan) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for file in &house.files {
        let Some(package) = package(file) else { continue };
        let Some((_, allowed)) = plan.iter().find(|(name, _)| *name == package) else {
            if seen.insert((package.clone(), package.clone())) {
                let what = format!(
                    "`{package}` is not in the plan: say in tests/architecture/plan.rs what it may name"
                );
                findings.push(Finding::new(&file.path, 0, what));
            }
            continue;
        };
        let named = if file.is_rust() { named_in_source(file) } else { named_in_manifest(&file.text) };
        for (line, other) in named {
            let forbidden = other != package && !allowed.contains(&other.as_str());
            if forbidden && seen.insert((file.path.clone(), other.clone())) {
                let what = format!("`{package}` names `{other}`: the plan of the house forbids it");
                findings.push(Finding::new(&file.path, line, what));
            }
        }
    }
    findings
}

/// Folders are short, packages prefixed; the facade's manifest is the root's.
fn package(file: &Source) -> Option<String> {
    match (file.path.as_str(), file.krate.as_str()) {
        ("Cargo.toml", _) | (_, "greenroom") => Some("greenroom".to_owned()),
        (path, _) if !file.is_rust() && !path.ends_with("/Cargo.toml") => None,
        (_, krate) => Some(format!("greenroom-{krate}")),
    }
}

fn is_ours(name: &str) -> bool {
    name == "greenroom" || name.starts_with("greenroom-")
}

fn named_in_source(file: &Source) -> Vec<(usize, String)> {
    let code = &file.code;
    let is =
        |at: Option<usize>, text: &str| at.and_then(|at| code.get(at)).is_some_and(|token| token.is(text));
    let mut named = Vec::new();
    for (at, token) in code.iter().enumerate().filter(|(_, token)| token.is_word()) {
        let name = token.text.replace('_', "-");
        // A path or an import; `cfg(greenroom_loom)` and a variable are neither.
        let path = is(Some(at + 1), "::") || is(at.checked_sub(1), "use") || is(at.checked_sub(1), "crate");
        let outermost = !is(at.checked_sub(1), "::") || is(at.checked_sub(2), "use") || at < 2;
        if is_ours(&name) && path && outermost {
            named.push((token.line, name));
        }
    }
    named
}

fn named_in_manifest(text: &str) -> Vec<(usize, String)> {
    let mut named = Vec::new();
    let mut counts = false;
    for (at, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_matches(['[', ']']);
            let mut parts = section.rsplit('.');
            let last = parts.next().unwrap_or_default().trim_matches(['"', '\'']);
            let kind = parts.next().unwrap_or_default();
            // The workspace's table of versions makes nobody depend on anything.
            counts = counted(last) && !section.starts_with("workspace");
            if counted(kind) && !section.starts_with("workspace") && is_ours(last) {
                named.push((at + 1, last.to_owned()));
            }
        } else if counts {
            let key = line.split(['=', '.']).next().unwrap_or_default().trim().trim_matches('"');
            let renamed = line.split_once("package").and_then(|(_, rest)| rest.split('"').nth(1));
            named.extend(
                [Some(key), renamed]
                    .into_iter()
                    .flatten()
                    .filter(|name| is_ours(name))
                    .map(|name| (at + 1, name.to_owned())),
            );
        }
    }
    named
}

fn counted(table: &str) -> bool {
    table == "dependencies" || table == "build-dependencies"
}

#[cfg(test)]
mod tests {
    use super::{Plan, check};
    use crate::finding::{assert_found, assert_kept};
    use crate::house::House;
    use crate::plan::CRATES;

    const PLAN: &Plan = &[
        ("greenroom-core", &[]),
        ("greenroom-server", &["greenroom-core"]),
        ("greenroom", &["greenroom-core", "greenroom-server"]),
    ];

    #[test]
    fn in_this_house_crates_name_only_what_lies_below() {
        assert_kept(&check(House::ours(), CRATES));
    }

    #[test]
    fn forbidden_manifests_are_found() {
        let house = House::of(&[
            ("crates/core/Cargo.toml", "[dependencies]\ngreenroom-server.workspace = true"),
            (
                "crates/server/Cargo.toml",
                "[dependencies]\ngreenroom-core = { path = \"../core\" }\nhouse = { package = \"greenroom\", version = \"1\" }
                 [target.'cfg(unix)'.dependencies]\n\"greenroom-http\" = \"1\"\n[build-dependencies.greenroom-testkit]\npath = \"x\"",
            ),
            ("crates/attic/Cargo.toml", "[package]\nname = \"greenroom-attic\""),
        ]);
        let expected = [
            ("crates/core/Cargo.toml", 2, "`greenroom-core` names `greenroom-server`"),
            ("crates/server/Cargo.toml", 3, "names `greenroom`"),
            ("crates/server/Cargo.toml", 5, "names `greenroom-http`"),
            ("crates/server/Cargo.toml", 6, "names `greenroom-testkit`"),
            ("crates/attic/Cargo.toml", 0, "`greenroom-attic` is not in the plan"),
        ];
        assert_found(&check(&house, PLAN), &expected);
    }

    #[test]
    fn forbidden_names_in_sources_are_found() {
        let house = House::of(&[
            ("crates/core/src/a.rs", "use ::greenroom_server::X;"),
            ("crates/core/src/b.rs", "extern crate greenroom_server;"),
            ("crates/server/src/a.rs", "\nfn f() { greenroom::spawn() }"),
            ("crates/greenroom/src/lib.rs", "pub use greenroom_testkit as testkit;"),
        ]);
        let expected = [
            ("crates/core/src/a.rs", 1, "`greenroom-core` names `greenroom-server`"),
            ("crates/core/src/b.rs", 1, "names `greenroom-server`"),
            ("crates/server/src/a.rs", 2, "names `greenroom`"),
            ("crates/greenroom/src/lib.rs", 1, "names `greenroom-testkit`"),
        ];
        assert_found(&check(&house, PLAN), &expected);
    }

    #[test]
    fn tests_docs_and_cfgs_pass() {
        let house = House::of(&[
            (
                "Cargo.toml",
                "[workspace.dependencies]\ngreenroom-testkit = { path = \"crates/testkit\" }
                 [package]\nname = \"greenroom\"\n[dependencies]\ngreenroom-core.workspace = true # not greenroom-testkit
                 [dev-dependencies]\ngreenroom-testkit.workspace = true",
            ),
            (
                "crates/core/src/a.rs",
                "//! use greenroom_server::X;\n#[cfg(greenroom_loom)] fn f(greenroom: u8) { g(greenroom, \"greenroom_server::X\") }
                 #[cfg(test)] mod tests { use greenroom_testkit::every_poll; }",
            ),
            ("crates/server/src/a.rs", "use greenroom_core::spawn; use greenroom_server::X;"),
        ]);
        assert_kept(&check(&house, PLAN));
    }
}
