//! The `ready_made_socket` example.

use crate::example::Example;
use crate::foreign::{run, switched_on};

#[test]
fn nc_is_served_on_the_socket_that_the_program_made() {
    if !switched_on("ready_made_socket: nc_is_served_on_the_socket_that_the_program_made") {
        return;
    }
    let echo = Example::start("ready_made_socket");
    let (ip, port) = echo.ip_and_port();
    let printed = run("nc", &[&ip, &port], "hello\r\nquit\r\n");
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!(lines, ["Welcome to the echo server! Type quit to exit.", "hello"]);
    echo.ends_well();
}
