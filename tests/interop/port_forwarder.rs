//! The `port_forwarder` example, in front of other examples.

use std::io::Read;
use std::net::TcpStream;

use crate::example::Example;
use crate::foreign::{outcome, run, switched_on};

const GREETING: &str = "Welcome to the echo server! Type quit to exit.";

fn forwarder_to(target: &Example) -> Example {
    Example::start_with("port_forwarder", &["127.0.0.1:0", target.place()])
}

#[test]
fn clients_that_have_sent_all_still_get_every_answer() {
    if !switched_on("port_forwarder: clients_that_have_sent_all_still_get_every_answer") {
        return;
    }
    let echo = Example::start("raw_echo");
    let forwarder = forwarder_to(&echo);
    let (ip, port) = forwarder.ip_and_port();
    let target = format!("TCP:{}", forwarder.address());
    let sent: Vec<u8> = (0..=255_u8).cycle().take(1 << 20).collect();
    let clients: [(&str, &[&str]); 2] = [("nc", &["-N", &ip, &port]), ("socat", &["-t", "20", "-", &target])];
    for (program, arguments) in clients {
        let back = outcome(program, arguments, &sent).well();
        assert!(back == sent, "{program}: {} bytes came back, or others", back.len());
    }
    let said = forwarder.ends_well();
    assert_eq!(said.matches("is done: 1048576 bytes there, 1048576 back").count(), 2, "{said}");
    echo.ends_well();
}

#[test]
fn the_end_that_the_other_server_says_ends_the_client_s_connection() {
    if !switched_on("port_forwarder: the_end_that_the_other_server_says_ends_the_client_s_connection") {
        return;
    }
    let echo = Example::start("echo");
    let forwarder = forwarder_to(&echo);
    let (ip, port) = forwarder.ip_and_port();
    // Without -N and -q nc ends when the server has, and only then.
    let printed = run("nc", &[&ip, &port], "hello\r\nquit\r\n");
    assert_eq!(printed.lines().collect::<Vec<_>>(), [GREETING, "hello"]);
    forwarder.ends_well();
    echo.ends_well();
}

#[test]
fn sigterm_ends_it_well_while_a_client_is_idle() {
    if !switched_on("port_forwarder: sigterm_ends_it_well_while_a_client_is_idle") {
        return;
    }
    let echo = Example::start("echo");
    let forwarder = forwarder_to(&echo);
    let mut idle = TcpStream::connect(forwarder.address()).expect("the forwarder accepts");
    let mut greeting = vec![0; GREETING.len() + 2];
    idle.read_exact(&mut greeting).expect("the greeting comes through");
    let said = forwarder.ends_well();
    assert!(said.contains("1 connection drained, 0 killed, 0 cut off"), "{said}");
    assert_eq!(idle.read(&mut greeting).expect("an end, not a reset"), 0);
    echo.ends_well();
}

#[test]
fn clients_of_a_server_that_is_not_there_see_the_end_at_once() {
    if !switched_on("port_forwarder: clients_of_a_server_that_is_not_there_see_the_end_at_once") {
        return;
    }
    let echo = Example::start("echo");
    let forwarder = forwarder_to(&echo);
    let (ip, port) = forwarder.ip_and_port();
    echo.ends_well();
    assert_eq!(run("nc", &[&ip, &port], ""), "");
    assert!(forwarder.ends_well().contains("refused"), "it says why");
}

#[test]
fn a_target_that_is_no_address_is_told_at_the_start() {
    if !switched_on("port_forwarder: a_target_that_is_no_address_is_told_at_the_start") {
        return;
    }
    let program = crate::built::built("port_forwarder").display().to_string();
    let said = outcome(&program, &["127.0.0.1:0", "127.0.0.1"], b"").badly();
    assert!(said.contains("the port is missing"), "{said}");
}
