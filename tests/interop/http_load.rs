//! The `http_hello` example under the load of other people's benchmarks. Nothing is measured here; nothing may fail.

use crate::example::Example;
use crate::foreign::{run, switched_on};

/// The number that ends the line which begins so.
fn number(printed: &str, begin: &str) -> u64 {
    let line = printed.lines().find_map(|line| line.trim_start().strip_prefix(begin));
    let number = line.and_then(|rest| rest.split_whitespace().next()).and_then(|number| number.parse().ok());
    number.unwrap_or_else(|| panic!("no {begin:?} in {printed}"))
}

/// The benchmark of gevent's tutorial.
#[test]
fn ab_has_its_ten_thousand_answers_with_and_without_keep_alive() {
    if !switched_on("http_load: ab_has_its_ten_thousand_answers_with_and_without_keep_alive") {
        return;
    }
    let hello = Example::start("http_hello");
    let url = format!("http://{}/", hello.address());
    for (keep_alive, kept) in [(&[][..], 0), (&["-k"], 10_000)] {
        let arguments = [&["-n", "10000", "-c", "100", "-q"], keep_alive, &[&url]].concat();
        let printed = run("ab", &arguments, "");
        assert_eq!(number(&printed, "Complete requests:"), 10_000);
        assert_eq!(number(&printed, "Failed requests:"), 0);
        assert!(!printed.contains("Non-2xx"), "{printed}");
        if kept > 0 {
            assert_eq!(number(&printed, "Keep-Alive requests:"), kept);
        }
    }
    assert!(hello.ends_well().contains("0 killed, 0 cut off"));
}

#[test]
fn h2load_has_its_ten_thousand_answers() {
    if !switched_on("http_load: h2load_has_its_ten_thousand_answers") {
        return;
    }
    let hello = Example::start("http_hello");
    let url = format!("http://{}/", hello.address());
    // By HTTP/2, with many streams and with one; and by HTTP/1.1, pipelined.
    for how in [&["-c", "10", "-m", "100"][..], &["-c", "100", "-m", "1"], &["--h1", "-c", "10", "-m", "10"]]
    {
        let printed = run("h2load", &[&["-n", "10000"], how, &[&url]].concat(), "");
        assert!(printed.contains("10000 succeeded, 0 failed, 0 errored, 0 timeout"), "{how:?}: {printed}");
        assert!(printed.contains("status codes: 10000 2xx"), "{how:?}: {printed}");
    }
    assert!(hello.ends_well().contains("0 killed, 0 cut off"));
}

#[test]
fn wrk_sees_no_error() {
    if !switched_on("http_load: wrk_sees_no_error") {
        return;
    }
    let hello = Example::start("http_hello");
    let url = format!("http://{}/", hello.address());
    let printed = run("wrk", &["-t", "2", "-c", "100", "-d", "2s", "--timeout", "60s", &url], "");
    // Each is a line only where there is something to say.
    assert!(!printed.contains("Socket errors") && !printed.contains("Non-2xx"), "{printed}");
    assert!(printed.contains("requests in"), "{printed}");
    assert!(hello.ends_well().contains("0 killed, 0 cut off"));
}
