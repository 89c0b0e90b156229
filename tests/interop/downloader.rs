//! The `downloader` example, as a program: it ends by itself.

use crate::built::built;
use crate::example::Example;
use crate::foreign::{run, switched_on};

#[test]
fn it_ends_by_itself_and_lists_what_failed_in_order() {
    if !switched_on("downloader: it_ends_by_itself_and_lists_what_failed_in_order") {
        return;
    }
    let program = built("downloader").display().to_string();
    let printed = run(&program, &["127.0.0.1:0"], "");
    assert!(printed.starts_with("listening on 127.0.0.1:"), "{printed}");
    let failed: Vec<_> = printed.lines().filter_map(|line| line.strip_prefix("failed: ")).collect();
    let number =
        |line: &&str| line.split([':', '/']).find_map(|part| part.parse::<usize>().ok().filter(|n| *n < 100));
    // On a machine that is too slow others may fail, too.
    let numbers: Vec<_> = failed.iter().filter_map(number).collect();
    assert!(
        numbers.is_sorted() && [13, 38, 50, 60, 63, 75, 88].iter().all(|n| numbers.contains(n)),
        "{printed}"
    );
    assert!(printed.contains(&format!("; {} failed", failed.len())), "{printed}");
}

/// One of its pages takes five seconds, so it is still at work.
#[test]
fn sigterm_ends_it_earlier() {
    if !switched_on("downloader: sigterm_ends_it_earlier") {
        return;
    }
    Example::start("downloader").ends_well();
}
