//! The program, as a reader starts it.

use std::collections::BTreeSet;
use std::process::Command;

use crate::cluster::Cluster;

fn run(database: &str) -> Vec<String> {
    let output =
        Command::new(env!("CARGO_BIN_EXE_database_pool")).arg(database).output().expect("it is built");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said.lines().map(str::to_owned).collect()
}

#[test]
fn four_jobs_share_two_connections_and_a_kill_costs_none() {
    let Some(cluster) = Cluster::start() else { return };
    let lines = run(&cluster.written());
    let jobs: BTreeSet<_> =
        lines[..4].iter().map(|line| line.split_once(" is done, by process ").expect("a job")).collect();
    let numbers: Vec<_> = jobs.iter().map(|(job, _)| *job).collect();
    let processes: BTreeSet<_> = jobs.iter().map(|(_, process)| *process).collect();
    assert_eq!(numbers, ["job 1", "job 2", "job 3", "job 4"]);
    assert_eq!(processes.len(), 2, "{lines:?}");
    assert!(lines[4].starts_with("4 jobs of 1 s with 2 connections: "), "{}", lines[4]);
    assert_eq!(lines[5..], ["a sleeper was killed", "all 2 connections can be had again"]);
}

#[test]
fn without_a_database_the_program_says_so() {
    let lines = run("host=/nowhere user=postgres");
    assert!(
        lines.len() == 1 && lines[0].starts_with("skipped: there is no PostgreSQL to be had"),
        "{lines:?}"
    );
}
