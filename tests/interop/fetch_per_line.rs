//! The `fetch_per_line` example, beside another example.

use crate::example::Example;
use crate::foreign::{run, switched_on};

#[test]
fn nc_is_told_the_sizes_of_pages() {
    if !switched_on("fetch_per_line: nc_is_told_the_sizes_of_pages") {
        return;
    }
    let (hello, fetch) = (Example::start("http_hello"), Example::start("fetch_per_line"));
    let (ip, port) = fetch.ip_and_port();
    let url = format!("http://{}/", hello.address());
    let printed = run("nc", &["-N", &ip, &port], &format!("{url}\r\n{url}x\r\nhttps://x/\r\n{url}\r\n"));
    let missing = format!("error: {url}x: 404 Not Found");
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!(lines, ["18", &missing, "error: https://x/: only http:// is fetched here", "18"]);
    fetch.ends_well();
    hello.ends_well();
}
