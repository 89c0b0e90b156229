//! The `long_polling` example, asked by curl.

use crate::example::Example;
use crate::foreign::{run, switched_on};
use crate::running::Running;

#[test]
fn curl_waits_for_what_another_puts() {
    if !switched_on("long_polling: curl_waits_for_what_another_puts") {
        return;
    }
    let server = Example::start("long_polling");
    let (poll, put) =
        (format!("http://{}/poll", server.address()), format!("http://{}/put", server.address()));
    let waiting = Running::start("curl", &["-sS", "--max-time", "60", "-w", " %{http_code}\n", &poll]);
    let said = run("curl", &["-sS", "--max-time", "60", "-d", "hello world", "-w", "%{http_code}", &put], "");
    assert_eq!(said, "it waits for whoever polls next\n202");
    let (status, said) = waiting.end();
    assert!(status.success() && said == "hello world 200\n", "{status} {said}");
    server.ends_well();
}

#[test]
fn curl_is_told_after_ten_seconds_that_there_is_nothing() {
    if !switched_on("long_polling: curl_is_told_after_ten_seconds_that_there_is_nothing") {
        return;
    }
    let server = Example::start("long_polling");
    let poll = format!("http://{}/poll", server.address());
    assert_eq!(run("curl", &["-sS", "--max-time", "29", "-w", "%{http_code}", &poll], ""), "204");
    server.ends_well();
}
