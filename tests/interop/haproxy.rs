//! A real haproxy, on loopback, in front of an example.

use std::fs;
use std::net::SocketAddr;
use std::process::Command;

use crate::example::Example;
use crate::folder::Folder;

/// haproxy cannot tell which port it was given, so it is given a socket: nobody else can take the port meanwhile, and clients wait
/// in its backlog until haproxy accepts.
const LAUNCH: &str = r#"
import os, socket, sys
front = socket.create_server(("127.0.0.1", 0))
front.set_inheritable(True)
os.environ["FRONT"] = str(front.fileno())
os.environ["PATH"] += ":/usr/sbin:/usr/local/sbin"
print("listening on %s:%d" % front.getsockname(), flush=True)
os.execvp("haproxy", ["haproxy", "-q", "-db", "-f", sys.argv[1]])
"#;

/// A running haproxy. Killed, and its configuration removed, when dropped.
#[derive(Debug)]
pub(crate) struct Haproxy {
    process: Option<Example>,
    _folder: Folder,
}

impl Haproxy {
    /// One listener whose `bind` line ends so, and one server behind it whose `server` line ends so.
    pub(crate) fn start(bind: &str, server: SocketAddr, options: &str) -> Self {
        Self::start_in(Folder::new(), bind, server, options)
    }

    /// The same, with files in its folder.
    pub(crate) fn start_in(folder: Folder, bind: &str, server: SocketAddr, options: &str) -> Self {
        let configuration = folder.file("haproxy.cfg");
        let text = format!(
            "global\n maxconn 64\n\
             defaults\n mode tcp\n timeout connect 10s\n timeout client 30s\n timeout server 30s\n\
             listen front\n bind \"fd@${{FRONT}}\" {bind}\n server example {server} {options}\n"
        );
        fs::write(&configuration, text).expect("the folder can be written");
        let mut command = Command::new("python3");
        command.args(["-c", LAUNCH]).arg(&configuration);
        Self { process: Some(Example::run("haproxy", command)), _folder: folder }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.process.as_ref().expect("it runs").address()
    }

    /// Ends it, and waits for its end.
    pub(crate) fn stop(mut self) {
        if let Some(process) = self.process.take() {
            process.terminate();
        }
    }
}
