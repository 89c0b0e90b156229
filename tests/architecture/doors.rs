//! Rule: lib.rs and mod.rs are doors: docs, attributes, `mod` lines, `use` lines, and macros, which must stand first.

use crate::finding::Finding;
use crate::house::House;
use crate::items::{Item, items};

pub(crate) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in house.rust().filter(|file| file.is_door()) {
        for item in items(&file.code).iter().filter(|item| !belongs(item)) {
            let what = format!("a door holds `{} {}`: give it a file", item.kind, item.name);
            findings.push(Finding::new(&file.path, item.line, what));
        }
    }
    findings
}

fn belongs(item: &Item<'_>) -> bool {
    match item.kind {
        "use" | "extern" | "macro_rules" => true,
        "mod" => item.body.is_none(),
        "macro" => item.name == "compile_error",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::finding::{assert_found, assert_kept};
    use crate::house::House;

    #[test]
    fn the_doors_of_this_house_are_only_doors() {
        assert_kept(&check(House::ours()));
    }

    #[test]
    fn what_is_no_door_is_found() {
        let house = House::of(&[
            ("crates/core/src/lib.rs", "mod a;\npub fn spawn() {}\nimpl X { }\nmod inner { }"),
            (
                "crates/core/src/a/mod.rs",
                "const N: u8 = 1;\npin_project! { struct S { a: u8 } }\n/// Doc.\npub struct T;",
            ),
        ]);
        let expected = [
            ("crates/core/src/lib.rs", 2, "`fn spawn`"),
            ("crates/core/src/lib.rs", 3, "`impl"),
            ("crates/core/src/lib.rs", 4, "`mod inner`"),
            ("crates/core/src/a/mod.rs", 1, "`const N`"),
            ("crates/core/src/a/mod.rs", 2, "`macro pin_project`"),
            ("crates/core/src/a/mod.rs", 4, "`struct T`"),
        ];
        assert_found(&check(&house), &expected);
    }

    #[test]
    fn docs_modules_imports_macros_and_tests_pass() {
        let house = House::of(&[
            (
                "crates/core/src/lib.rs",
                "//! fn f() {}\n#![warn(missing_docs)]\n#[macro_use]\nmod a;\n#[cfg(unix)]\npub(crate) mod b;
                 pub use a::{X, y::{Z, W as V}};\nuse b::B as _;\nmacro_rules! m { () => { fn f() {} } }
                 #[cfg(not(unix))]\ncompile_error!(\"Unix\");\n#[cfg(test)]\nmod tests { fn f() {} }",
            ),
            ("crates/core/src/a.rs", "pub fn f() {}"),
        ]);
        assert_kept(&check(&house));
    }
}
