//! Rule: inside a crate a room names only rooms on a lower floor.

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::house::{House, lies_in};
use crate::plan::Floors;
use crate::rooms::Rooms;

pub(crate) fn check(house: &House, plan: &[(&str, Floors)]) -> Vec<Finding> {
    plan.iter().flat_map(|(krate, floors)| check_crate(house, krate, floors)).collect()
}

fn check_crate(house: &House, krate: &str, floors: Floors) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in house.rust().filter(|file| file.krate == krate && !file.code.is_empty()) {
        let door = file.is_door() && entries_in(floors, &file.module).next().is_some();
        if !file.module.is_empty() && !door && entry(floors, &file.module).is_none() {
            let what = format!("`{}` has no floor: give it one in tests/architecture/plan.rs", file.module);
            findings.push(Finding::new(&file.path, 0, what));
        }
    }
    let mut seen = BTreeSet::new();
    for arrow in Rooms::of(house, krate).arrows() {
        let from = entry(floors, &arrow.from.module);
        let (Some((from, low)), Some((to, high))) = (from, target(floors, &arrow.to)) else { continue };
        let ground = low == 0 && high == 0;
        if from != to && high >= low && !ground && seen.insert((&arrow.from.path, to)) {
            let what = format!("`{from}` on floor {low} names `{to}` on floor {high}: arrows run down only");
            findings.push(Finding::new(&arrow.from.path, arrow.line, what));
        }
    }
    findings
}

/// The longest entry that this module belongs to.
pub(crate) fn entry(floors: Floors, module: &str) -> Option<(&'static str, u8)> {
    let fits = |entry: &str| match entry.strip_suffix('*') {
        Some(beginning) => module.starts_with(beginning),
        None => lies_in(module, entry),
    };
    floors.iter().filter(|(entry, _)| fits(entry)).max_by_key(|(entry, _)| entry.len()).copied()
}

fn entries_in(floors: Floors, room: &str) -> impl Iterator<Item = &'static (&'static str, u8)> {
    floors.iter().filter(move |(entry, _)| entry.len() > room.len() && lies_in(entry, room))
}

/// The entry that an arrow leads to. Who names a whole room that stands on several floors names the highest of them.
fn target(floors: Floors, module: &str) -> Option<(&'static str, u8)> {
    if module.is_empty() {
        return None;
    }
    let highest = entries_in(floors, module).max_by_key(|(_, floor)| *floor).copied();
    highest.into_iter().chain(entry(floors, module)).max_by_key(|(_, floor)| *floor)
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::finding::{assert_found, assert_kept};
    use crate::house::House;
    use crate::plan::{FLOORS, Floors};

    const PLAN: &[(&str, Floors)] = &[(
        "core",
        &[
            ("sync", 0),
            ("exit", 0),
            ("queue", 1),
            ("lock", 1),
            ("task", 2),
            ("lock/rlock*", 3),
            ("wing/low", 0),
        ],
    )];

    #[test]
    fn in_this_house_arrows_run_down() {
        assert_kept(&check(House::ours(), FLOORS));
    }

    #[test]
    fn an_arrow_up_or_sideways_is_found() {
        let house = House::of(&[
            ("crates/core/src/lib.rs", "mod sync; mod queue; mod task; mod lock; pub use task::Task;"),
            ("crates/core/src/sync/mod.rs", "mod mutex;"),
            ("crates/core/src/sync/mutex.rs", "use super::super::queue::Queue;"),
            ("crates/core/src/queue/mod.rs", "mod queue;"),
            ("crates/core/src/queue/queue.rs", "\nuse crate::Task;\nuse crate::lock::Semaphore;"),
            ("crates/core/src/task/mod.rs", "mod task; pub use task::Task;"),
            ("crates/core/src/task/task.rs", "fn f() { crate::lock::RLock::new() }"),
            ("crates/core/src/lock/mod.rs", "mod semaphore; mod rlock_guard; pub use semaphore::Semaphore;"),
            ("crates/core/src/lock/semaphore.rs", "use super::rlock_guard::Guard;"),
            ("crates/core/src/lock/rlock_guard.rs", ""),
        ]);
        let expected = [
            ("crates/core/src/sync/mutex.rs", 1, "`sync` on floor 0 names `queue` on floor 1"),
            ("crates/core/src/queue/queue.rs", 2, "names `task` on floor 2"),
            ("crates/core/src/queue/queue.rs", 3, "`queue` on floor 1 names `lock` on floor 1"),
            // The door of `lock` does not say which file RLock is in, so it counts as the highest.
            ("crates/core/src/task/task.rs", 1, "names `lock/rlock*` on floor 3"),
            ("crates/core/src/lock/semaphore.rs", 1, "names `lock/rlock*` on floor 3"),
        ];
        assert_found(&check(&house, PLAN), &expected);
    }

    #[test]
    fn a_room_without_a_floor_is_found() {
        let house = House::of(&[
            ("crates/core/src/lib.rs", "mod attic; mod wing;"),
            ("crates/core/src/attic.rs", "fn f() {}"),
            ("crates/core/src/wing/mod.rs", "mod low; mod high;"),
            ("crates/core/src/wing/low.rs", "fn f() {}"),
            ("crates/core/src/wing/high.rs", "fn f() {}"),
        ]);
        let expected = [
            ("crates/core/src/attic.rs", 0, "`attic` has no floor: give it one"),
            ("crates/core/src/wing/high.rs", 0, "`wing/high` has no floor"),
        ];
        assert_found(&check(&house, PLAN), &expected);
    }

    #[test]
    fn what_runs_down_or_stays_or_is_only_said_passes() {
        let house = House::of(&[
            (
                "crates/core/src/lib.rs",
                "mod sync; mod exit; mod queue; mod task; mod lock; pub use lock::RLock;",
            ),
            // The ground floor is one floor.
            ("crates/core/src/exit.rs", "use crate::sync::Mutex;"),
            (
                "crates/core/src/sync.rs",
                "// use crate::task::Task;\n/// See [`crate::task::Task`].\nstruct Mutex;",
            ),
            (
                "crates/core/src/queue.rs",
                "#[cfg(test)] mod tests { use crate::task::spawn; } fn f() { g(\"crate::task\") }",
            ),
            ("crates/core/src/task/mod.rs", "mod kill; mod task;"),
            ("crates/core/src/task/task.rs", "use crate::task::kill::Kill; use crate::lock::Semaphore;"),
            ("crates/core/src/task/kill.rs", "use super::task::Task; use crate::queue::Queue;"),
            (
                "crates/core/src/lock/mod.rs",
                "mod semaphore; mod rlock; pub use {semaphore::Semaphore, rlock::RLock};",
            ),
            ("crates/core/src/lock/semaphore.rs", "use crate::sync::Mutex;"),
            (
                "crates/core/src/lock/rlock.rs",
                "use super::Semaphore; use crate::task::Task; pub struct RLock;",
            ),
        ]);
        assert_kept(&check(&house, PLAN));
    }
}
