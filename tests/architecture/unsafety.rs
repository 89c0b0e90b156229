//! Rule: `unsafe` stands only in the files that the plan names; and a file that needs it no longer leaves the plan.

use crate::finding::Finding;
use crate::house::House;

pub(crate) fn check(house: &House, named: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in house.rust().filter(|file| !named.contains(&file.path.as_str())) {
        let place = file.tokens.iter().find(|token| token.is("unsafe"));
        findings.extend(place.map(|token| {
            Finding::new(&file.path, token.line, "an `unsafe` in a file that the plan does not name")
        }));
    }
    for path in named {
        let file = house.rust().find(|file| file.path == *path);
        if !file.is_some_and(|file| file.tokens.iter().any(|token| token.is("unsafe"))) {
            findings.push(Finding::new(
                *path,
                0,
                "named for its `unsafe`, and there is none: take it off the list",
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::finding::{assert_found, assert_kept};
    use crate::house::House;
    use crate::plan::UNSAFE_FILES;

    #[test]
    fn in_this_house_unsafe_is_where_the_plan_has_it() {
        assert_kept(&check(House::ours(), UNSAFE_FILES));
    }

    #[test]
    fn unsafe_elsewhere_is_found_in_tests_too() {
        let house = House::of(&[
            ("crates/core/src/a.rs", "\nunsafe impl Send for A {}"),
            ("crates/core/src/b.rs", "#[cfg(test)] mod tests { fn f() { unsafe { g() } } }"),
            ("crates/core/src/c.rs", "fn c() {}"),
        ]);
        let expected = [
            ("crates/core/src/a.rs", 2, "an `unsafe`"),
            ("crates/core/src/b.rs", 1, "an `unsafe`"),
            ("crates/core/src/c.rs", 0, "there is none"),
            ("crates/core/src/gone.rs", 0, "there is none"),
        ];
        assert_found(&check(&house, &["crates/core/src/c.rs", "crates/core/src/gone.rs"]), &expected);
    }

    #[test]
    fn the_word_alone_and_named_files_pass() {
        let house = House::of(&[
            ("crates/core/src/a.rs", "#![deny(unsafe_code)] // unsafe\nconst S: &str = \"unsafe { }\";"),
            ("crates/core/src/b.rs", "unsafe fn f() {}"),
        ]);
        assert_kept(&check(&house, &["crates/core/src/b.rs"]));
    }
}
