//! Rule: every room has a noun. A helper lives with its one user; with two it gets a name.

use crate::finding::Finding;
use crate::house::House;

pub(crate) fn check(house: &House, no_nouns: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in house.rust() {
        let named = |name: &str, line| {
            no_nouns.contains(&name).then(|| {
                let what = format!("`{name}` says nothing about what is inside: give the room a noun");
                Finding::new(&file.path, line, what)
            })
        };
        findings.extend(file.module.split('/').filter_map(|part| named(part, 0)));
        // Those with a body only: a module in a file of its own is found there.
        let inline = file.tokens.windows(3).filter(|three| three[0].is("mod") && three[2].is("{"));
        findings.extend(inline.filter_map(|three| named(&three[1].text, three[1].line)));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::finding::{assert_found, assert_kept};
    use crate::house::House;
    use crate::plan::NO_NOUNS;

    #[test]
    fn in_this_house_every_room_has_a_noun() {
        assert_kept(&check(House::ours(), NO_NOUNS));
    }

    #[test]
    fn rooms_without_a_noun_are_found() {
        let house = House::of(&[
            ("crates/core/src/util.rs", ""),
            ("crates/core/src/task/helpers/mod.rs", ""),
            ("crates/core/src/misc/clock.rs", ""),
            ("crates/core/src/task/task.rs", "\nmod prelude { }"),
        ]);
        let expected = [
            ("crates/core/src/util.rs", 0, "`util`"),
            ("crates/core/src/task/helpers/mod.rs", 0, "`helpers`"),
            ("crates/core/src/misc/clock.rs", 0, "`misc`"),
            ("crates/core/src/task/task.rs", 2, "`prelude`"),
        ];
        assert_found(&check(&house, NO_NOUNS), &expected);
    }

    #[test]
    fn longer_names_functions_and_other_crates_modules_pass() {
        let house = House::of(&[
            ("crates/core/src/utilisation.rs", "fn types() {} use other::prelude::*; // mod util {"),
            ("crates/core/src/task/common_ground.rs", ""),
        ]);
        assert_kept(&check(&house, NO_NOUNS));
    }
}
