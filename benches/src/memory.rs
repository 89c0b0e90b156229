//! What a parked task costs in memory: resident bytes a task, each contender in a process of its own.

use std::future::pending;
use std::process::Command;

use greenroom::spawn;

use crate::measure::{Bench, Goal, Row, median};

const TASKS: usize = 200_000;

fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("/proc");
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).expect("statm") * 4096
}

/// Parks the tasks of one contender and prints bytes a task.
pub fn child(contender: Option<&str>) {
    let ours = contender == Some("ours");
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(async {
        let (mut theirs_kept, mut ours_kept) = (Vec::with_capacity(TASKS), Vec::with_capacity(TASKS));
        // Touch the vectors' pages before counting.
        if ours {
            ours_kept.extend((0..1000).map(|_| spawn(pending::<()>())));
        } else {
            theirs_kept.extend((0..1000).map(|_| tokio::spawn(pending::<()>())));
        }
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        let before = resident();
        for _ in 1000..TASKS {
            if ours {
                ours_kept.push(spawn(pending::<()>()));
            } else {
                theirs_kept.push(tokio::spawn(pending::<()>()));
            }
        }
        for _ in 0..10_000 {
            tokio::task::yield_now().await;
        }
        let handles = if ours { size_of_val(&ours_kept[0]) } else { size_of_val(&theirs_kept[0]) };
        println!("{}", (resident() - before) as f64 / (TASKS - 1000) as f64 - handles as f64);
        std::process::exit(0);
    });
}

fn measure(contender: &str) -> f64 {
    let output =
        Command::new(std::env::current_exe().expect("this program")).args(["--parked", contender]).output();
    let output = output.expect("the child");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("bytes a task")
}

pub fn run(bench: &mut Bench) {
    let ours = median((0..3).map(|_| measure("ours")).collect());
    let theirs = median((0..3).map(|_| measure("tokio")).collect());
    let Goal { target, stretch } = Goal { target: 300.0, stretch: 150.0 };
    bench.rows.push(Row {
        work: "memory of a parked task".into(),
        flavour: "current-thread",
        rival: "tokio::spawn",
        unit: "bytes",
        ours,
        theirs,
        ratio: ours - theirs,
        difference: true,
        target,
        stretch,
    });
}
