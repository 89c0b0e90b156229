//! Rule: one public path to each item: modules are private, and the root names everything once.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::house::{House, Source};
use crate::items::Access;
use crate::paths::uses;
use crate::rooms::Rooms;

pub(crate) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in house.rust() {
        let public = file.code.windows(3).filter(|three| three[0].is("pub") && three[1].is("mod"));
        findings.extend(public.map(|three| {
            let what = format!(
                "`pub mod {}`: modules are private, the crate's root names what is public",
                three[2].text
            );
            Finding::new(&file.path, three[1].line, what)
        }));
    }
    for root in house.rust().filter(|file| file.is_door() && file.module.is_empty()) {
        findings.extend(named_twice(root, &Rooms::of(house, &root.krate)));
    }
    findings
}

fn named_twice(root: &Source, rooms: &Rooms<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut names: BTreeMap<String, bool> = BTreeMap::new();
    let mut items: BTreeMap<(String, String), (String, bool)> = BTreeMap::new();
    for one in uses(&root.code).iter().filter(|one| one.access == Access::Everyone) {
        for leaf in &one.leaves {
            let mut report = |what: String| findings.push(Finding::new(&root.path, leaf.line, what));
            let found = rooms.find("", &leaf.path);
            if leaf.glob {
                // A whole crate may be passed on, as the facade does: that crate's root keeps the rule.
                if found.is_some() {
                    report(format!("a glob of `{}` hides what is public: name it", leaf.path.join("::")));
                }
                continue;
            }
            // Two doors behind opposite conditions are one door.
            let other = names.insert(leaf.name.clone(), one.conditional);
            if other.is_some_and(|other| !(other && one.conditional)) {
                report(format!("`{}` is named twice", leaf.name));
                continue;
            }
            let Some((module, Some(item))) = found else { continue };
            let here = (leaf.name.clone(), one.conditional);
            let before = items.insert((module, item), here);
            let second = before.filter(|(first, other)| *first != leaf.name || !(*other && one.conditional));
            if let Some((first, _)) = second {
                report(format!("`{}` and `{first}` are one item: a second public path", leaf.name));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::finding::{assert_found, assert_kept};
    use crate::house::House;

    #[test]
    fn in_this_house_each_item_has_one_path() {
        assert_kept(&check(House::ours()));
    }

    #[test]
    fn a_second_path_is_found() {
        let house = House::of(&[
            (
                "crates/core/src/lib.rs",
                "pub mod a;\nmod b;\nmod c;\npub use a::X;\npub use c::X as Y;\npub use b::{Z, Z as Z};\npub use b::*;",
            ),
            ("crates/core/src/a.rs", "pub struct X;"),
            ("crates/core/src/b/mod.rs", "\npub mod deep; pub use deep::Z;"),
            ("crates/core/src/b/deep.rs", "pub struct Z;"),
            ("crates/core/src/c.rs", "pub use crate::a::X;"),
        ]);
        let expected = [
            ("crates/core/src/lib.rs", 1, "`pub mod a`"),
            ("crates/core/src/b/mod.rs", 2, "`pub mod deep`"),
            ("crates/core/src/lib.rs", 5, "`Y` and `X` are one item"),
            ("crates/core/src/lib.rs", 6, "`Z` is named twice"),
            ("crates/core/src/lib.rs", 7, "a glob of `b`"),
        ];
        assert_found(&check(&house), &expected);
    }

    #[test]
    fn private_modules_crate_globs_and_doors_behind_conditions_pass() {
        let house = House::of(&[
            (
                "crates/core/src/lib.rs",
                "pub(crate) mod a; mod b;
                 #[cfg(unix)] pub use a::X;\n#[cfg(windows)] pub use b::X;
                 pub use a::{One, Two}; use a::One as Again; pub(crate) use a::One as Inner;
                 #[cfg(test)] pub mod tests { }",
            ),
            ("crates/core/src/a.rs", "pub struct X; pub struct One; pub struct Two;"),
            ("crates/core/src/b.rs", "pub struct X;"),
            ("crates/greenroom/src/lib.rs", "pub use greenroom_core::*; pub use greenroom_server::*;"),
        ]);
        assert_kept(&check(&house));
    }
}
