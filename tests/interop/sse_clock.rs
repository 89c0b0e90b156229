//! The `sse_clock` example, read by curl.

use crate::example::Example;
use crate::foreign::switched_on;
use crate::running::Running;

#[test]
fn curl_reads_ticks_as_they_come_and_the_goodbye() {
    if !switched_on("sse_clock: curl_reads_ticks_as_they_come_and_the_goodbye") {
        return;
    }
    let clock = Example::start("sse_clock");
    let url = format!("http://{}/clock", clock.address());
    let mut curl = Running::start("curl", &["-sSNi", "--max-time", "60", &url]);
    curl.wait_for("id: 2");
    // This one has seen the first.
    let mut back = Running::start("curl", &["-sSN", "--max-time", "60", "-H", "Last-Event-ID: 1", &url]);
    back.wait_for("id: 2");
    let complaint = clock.ends_well();
    assert!(complaint.contains("2 connections drained, 0 killed, 0 cut off"), "{complaint}");
    for client in [curl, back] {
        let (status, said) = client.end();
        assert!(status.success(), "the body ends as it should: {status}\n{said}");
        assert!(said.contains("event: leaving\ndata: the server is going away\n"), "{said}");
    }
}
