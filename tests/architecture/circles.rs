//! Rule: no circle between the rooms of a crate. Rooms are the modules at the first level, and the parts of a room to
//! which the plan gives floors of their own.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::finding::Finding;
use crate::floors::entry;
use crate::house::House;
use crate::plan::Floors;
use crate::rooms::{Arrow, Rooms};

pub(crate) fn check(house: &House, plan: &[(&str, Floors)]) -> Vec<Finding> {
    house.crates().iter().flat_map(|krate| check_crate(house, krate, plan)).collect()
}

type Graph<'a> = BTreeMap<String, BTreeMap<String, Arrow<'a>>>;

fn check_crate(house: &House, krate: &str, plan: &[(&str, Floors)]) -> Vec<Finding> {
    let floors = plan.iter().find(|(planned, _)| *planned == krate).map_or(&[][..], |(_, floors)| floors);
    let mut findings = Vec::new();
    let mut graph = Graph::new();
    for arrow in Rooms::of(house, krate).arrows() {
        if arrow.to.is_empty() {
            let what = "a glob of the crate's root hides which rooms are meant: name them";
            findings.push(Finding::new(&arrow.from.path, arrow.line, what));
            continue;
        }
        let (from, to) = (room(floors, &arrow.from.module), room(floors, &arrow.to));
        if from != to {
            graph.entry(from).or_default().entry(to).or_insert(arrow);
        }
    }
    let mut reported = BTreeSet::new();
    for start in graph.keys() {
        let Some(circle) = shortest_circle(&graph, start) else { continue };
        if reported.insert(circle.iter().cloned().collect::<BTreeSet<_>>()) {
            findings.push(describe(&graph, &circle));
        }
    }
    findings
}

fn room(floors: Floors, module: &str) -> String {
    match entry(floors, module) {
        Some((entry, _)) => entry.to_owned(),
        None => module.split('/').next().unwrap_or_default().to_owned(),
    }
}

/// The rooms on the shortest way from this one back to itself, this one first.
fn shortest_circle(graph: &Graph<'_>, start: &str) -> Option<Vec<String>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut line = VecDeque::from([start]);
    while let Some(here) = line.pop_front() {
        for next in graph.get(here).into_iter().flat_map(BTreeMap::keys) {
            if next == start {
                let mut circle = vec![here.to_owned()];
                let mut at = here;
                while at != start {
                    at = came_from[at];
                    circle.push(at.to_owned());
                }
                circle.reverse();
                return Some(circle);
            }
            if !came_from.contains_key(next.as_str()) {
                came_from.insert(next, here);
                line.push_back(next);
            }
        }
    }
    None
}

fn describe(graph: &Graph<'_>, circle: &[String]) -> Finding {
    let arrows: Vec<(String, &Arrow<'_>)> = (0..circle.len())
        .map(|at| {
            let (from, to) = (&circle[at], &circle[(at + 1) % circle.len()]);
            let arrow = &graph[from][to];
            (format!("{from} → {to} ({}:{})", arrow.from.path, arrow.line), arrow)
        })
        .collect();
    let text: Vec<&str> = arrows.iter().map(|(text, _)| text.as_str()).collect();
    let first = arrows[0].1;
    Finding::new(&first.from.path, first.line, format!("a circle: {}", text.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::finding::{assert_found, assert_kept};
    use crate::house::House;
    use crate::plan::FLOORS;

    #[test]
    fn this_house_has_no_circle() {
        assert_kept(&check(House::ours(), FLOORS));
    }

    #[test]
    fn circles_are_found_through_re_exports_groups_and_supers() {
        let house = House::of(&[
            ("crates/core/src/lib.rs", "mod a; mod b; mod c; mod d; mod e; pub use b::Bee;"),
            ("crates/core/src/a.rs", "use crate::Bee;"),
            ("crates/core/src/b/mod.rs", "mod bee; pub use bee::Bee;"),
            ("crates/core/src/b/bee.rs", "\nfn f() { super::super::c::g() }"),
            ("crates/core/src/c.rs", "use super::{a::A};"),
            ("crates/core/src/d.rs", "use crate::e::E;"),
            ("crates/core/src/e.rs", "mod inner { use crate::d; }"),
        ]);
        let expected = [
            (
                "crates/core/src/a.rs",
                1,
                "a → b (crates/core/src/a.rs:1), b → c (crates/core/src/b/bee.rs:2), c → a (crates/core/src/c.rs:1)",
            ),
            ("crates/core/src/d.rs", 1, "d → e"),
        ];
        assert_found(&check(&house, &[]), &expected);
    }

    #[test]
    fn a_glob_of_the_root_is_found() {
        let house = House::of(&[
            ("crates/core/src/lib.rs", "mod a; mod b;"),
            ("crates/core/src/a.rs", "use crate::*;"),
            ("crates/core/src/b.rs", "use super::*;"),
        ]);
        let expected = [("crates/core/src/a.rs", 1, "a glob"), ("crates/core/src/b.rs", 1, "a glob")];
        assert_found(&check(&house, &[]), &expected);
    }

    #[test]
    fn parts_of_a_room_with_floors_of_their_own_are_rooms() {
        let files = [
            ("crates/core/src/lib.rs", "mod lock; mod task;"),
            (
                "crates/core/src/lock/mod.rs",
                "mod semaphore; mod rlock; pub use semaphore::S; pub use rlock::R;",
            ),
            ("crates/core/src/lock/semaphore.rs", "pub struct S;"),
            ("crates/core/src/lock/rlock.rs", "use crate::task::Task; pub struct R;"),
            ("crates/core/src/task.rs", "use crate::lock::S;"),
        ];
        assert_kept(&check(&House::of(&files), FLOORS));
        assert_found(&check(&House::of(&files), &[]), &[("crates/core/src/lock/rlock.rs", 1, "lock → task")]);
    }

    #[test]
    fn what_is_only_said_or_tested_is_no_arrow() {
        let house = House::of(&[
            ("crates/core/src/lib.rs", "mod a; mod b; pub use a::A;"),
            ("crates/core/src/a.rs", "use crate::b::B; mod b { } use self::b as _; use super::a::A;"),
            (
                "crates/core/src/b.rs",
                "// crate::a\n/// [`crate::a::A`]\npub(crate) struct B; const S: &str = r#\"crate::a\"#;
                 #[cfg(test)] mod tests { use crate::a::A; use super::*; }
                 #[cfg(all(test, greenroom_loom))] mod models;",
            ),
            ("crates/core/src/b/models.rs", "use crate::a::A;"),
            // Another crate's rooms of the same names.
            ("crates/server/src/b.rs", "use crate::a::A;"),
        ]);
        assert_kept(&check(&house, &[]));
    }
}
