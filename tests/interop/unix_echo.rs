//! The `unix_echo` example: clients of a socket that is a file.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::example::Example;
use crate::folder::Folder;
use crate::foreign::{run, switched_on};

const GREETING: &str = "Welcome to the echo server! Type quit to exit.";

fn start(folder: &Folder) -> (Example, String) {
    let path = folder.path("echo.sock");
    let address = format!("unix:{path}");
    let echo = Example::start_with("unix_echo", &[&address]);
    assert_eq!(echo.place(), address);
    (echo, path)
}

#[track_caller]
fn assert_served(path: &str) {
    let socat = format!("UNIX-CONNECT:{path}");
    let clients: [(&str, &[&str], &str); 3] = [
        ("nc", &["-U", path], "one\r\ntwo\r\nquit\r\n"),
        ("nc", &["-N", "-U", path], "one\ntwo\n"),
        ("socat", &["-t", "20", "-", &socat], "one\ntwo\n"),
    ];
    for (program, arguments, input) in clients {
        let printed = run(program, arguments, input);
        assert_eq!(printed.lines().collect::<Vec<_>>(), [GREETING, "one", "two"], "{program} {arguments:?}");
    }
}

#[test]
fn nc_and_socat_are_served_and_the_file_is_its_owner_s_and_goes_with_the_server() {
    if !switched_on("unix_echo: nc_and_socat_are_served_and_the_file_is_its_owner_s_and_goes_with_the_server")
    {
        return;
    }
    let folder = Folder::new();
    let (echo, path) = start(&folder);
    assert_served(&path);
    let mode = fs::metadata(&path).expect("the file is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    echo.ends_well();
    assert!(!folder.file("echo.sock").exists(), "the file stays");
}

#[test]
fn the_file_of_a_server_that_crashed_is_replaced() {
    if !switched_on("unix_echo: the_file_of_a_server_that_crashed_is_replaced") {
        return;
    }
    let folder = Folder::new();
    let (echo, path) = start(&folder);
    echo.crash();
    assert!(folder.file("echo.sock").exists(), "a crash leaves it");
    let (echo, _) = start(&folder);
    assert_served(&path);
    echo.ends_well();
}

const PYTHON: &str = r#"
import socket, sys
client = socket.socket(socket.AF_UNIX)
client.settimeout(20)
client.connect(sys.argv[1])
reader = client.makefile("rb")
assert reader.readline() == sys.argv[2].encode() + b"\r\n"
client.sendall("grüß dich\n".encode())
assert reader.readline() == "grüß dich\n".encode()
client.sendall(b"quit\n")
assert reader.read() == b""
print("ok")
"#;

#[test]
fn python_is_served() {
    if !switched_on("unix_echo: python_is_served") {
        return;
    }
    let folder = Folder::new();
    let (echo, path) = start(&folder);
    assert_eq!(run("python3", &["-c", PYTHON, &path, GREETING], ""), "ok\n");
    echo.ends_well();
}
