//! Rule: the facade names what needs a feature, one by one. From a glob the compiler cannot tell which feature a name wants.

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::house::{House, Source};
use crate::items::Access;
use crate::paths::{Leaf, uses};

const FACADE: &str = "greenroom";

pub(crate) fn check(house: &House) -> Vec<Finding> {
    let Some(facade) = root(house, FACADE) else { return Vec::new() };
    let mut findings = Vec::new();
    let (mut whole, mut named) = (BTreeSet::new(), BTreeSet::new());
    for (leaf, conditional) in public(facade) {
        let Some(krate) = leaf.path.first().and_then(|first| first.strip_prefix("greenroom_")) else {
            continue;
        };
        match (leaf.glob, conditional) {
            (true, false) => {
                whole.insert(krate.to_owned());
            }
            (true, true) => {
                let what = format!("a glob of `greenroom_{krate}` behind a condition: name what is in it");
                findings.push(Finding::new(&facade.path, leaf.line, what));
            }
            (false, _) => {
                named.insert((krate.to_owned(), leaf.name.clone()));
            }
        }
    }
    let crates: BTreeSet<String> =
        whole.iter().chain(named.iter().map(|(krate, _)| krate)).cloned().collect();
    for krate in crates {
        let Some(theirs) = root(house, &krate) else { continue };
        for (leaf, conditional) in public(theirs) {
            let gated = conditional || !whole.contains(&krate);
            if gated && !leaf.glob && !named.contains(&(krate.clone(), leaf.name.clone())) {
                let what =
                    format!("`{}` needs a feature: name it in the facade, behind that feature", leaf.name);
                findings.push(Finding::new(&theirs.path, leaf.line, what));
            }
        }
    }
    findings
}

fn root<'a>(house: &'a House, krate: &str) -> Option<&'a Source> {
    house.rust().find(|file| file.krate == krate && file.is_door() && file.module.is_empty())
}

/// What a root makes public, and whether on a condition.
fn public(root: &Source) -> Vec<(Leaf, bool)> {
    let public = uses(&root.code).into_iter().filter(|one| one.access == Access::Everyone);
    public.flat_map(|one| one.leaves.into_iter().map(move |leaf| (leaf, one.conditional))).collect()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::finding::{assert_found, assert_kept};
    use crate::house::House;

    #[test]
    fn in_this_house_the_facade_names_what_is_gated() {
        assert_kept(&check(House::ours()));
    }

    #[test]
    fn a_gated_name_that_comes_by_a_glob_alone_is_found() {
        let house = House::of(&[
            (
                "crates/greenroom/src/lib.rs",
                "pub use greenroom_server::*;\n#[cfg(feature = \"http\")] pub use greenroom_http::{One};\n#[cfg(feature = \"x\")] pub use greenroom_x::*;",
            ),
            ("crates/server/src/lib.rs", "pub use a::Plain;\n#[cfg(feature = \"tls\")] pub use b::{Tls};"),
            ("crates/http/src/lib.rs", "pub use a::One;\npub use a::Two;"),
        ]);
        let expected = [
            ("crates/greenroom/src/lib.rs", 3, "a glob of `greenroom_x`"),
            ("crates/http/src/lib.rs", 2, "`Two` needs a feature"),
            ("crates/server/src/lib.rs", 2, "`Tls` needs a feature"),
        ];
        assert_found(&check(&house), &expected);
    }

    #[test]
    fn what_is_named_or_needs_nothing_passes() {
        let house = House::of(&[
            (
                "crates/greenroom/src/lib.rs",
                "pub use greenroom_server::*;\n#[cfg(feature = \"ring\")] pub use greenroom_server::Tls;
                 #[cfg(feature = \"http\")] pub use greenroom_http::{One, Two};",
            ),
            (
                "crates/server/src/lib.rs",
                "pub use a::Plain;\n#[cfg(feature = \"tls\")] pub use b::Tls; #[cfg(feature = \"tls\")] use b::Inner;",
            ),
            ("crates/http/src/lib.rs", "pub use a::{One, Two};"),
        ]);
        assert_kept(&check(&house));
    }
}
