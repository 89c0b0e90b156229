//! Servers and clients in processes of their own, on a core each where `taskset` can do that.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::LazyLock;
use std::thread;

use crate::load::resident;
use crate::measure::Flavour;

const SERVERS_CORE: usize = 0;
const CLIENTS_CORE: usize = 1;

/// Whether server and client have a core each. Otherwise they fight for one, and only their CPU time counts.
pub static PINNED: LazyLock<bool> = LazyLock::new(|| {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    cores > CLIENTS_CORE && is_installed("taskset")
});

/// The same in words.
pub fn placement() -> &'static str {
    if *PINNED {
        "server on core 0, client on core 1"
    } else {
        "not pinned: server and client share the cores"
    }
}

/// Whether the machine has that tool.
pub fn is_installed(tool: &str) -> bool {
    let version = Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

/// As many open files as the system lets us have.
const MOST_FILES: &str = "$(ulimit -Hn)";

/// These words as a command, with that many open files.
fn words(files: &str, words: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("ulimit -n {files}; exec \"$@\"")).arg("sh").args(words);
    command
}

/// This program behind another that becomes it, or runs it; with that many open files.
fn program(files: &str, behind: &[&str]) -> Command {
    let mut command = words(files, behind);
    command.arg(env::current_exe().expect("this program"));
    command
}

/// This program on one core.
fn program_on(core: usize) -> Command {
    if *PINNED {
        program(MOST_FILES, &["taskset", "-c", &core.to_string()])
    } else {
        program(MOST_FILES, &[])
    }
}

/// A child that prints lines and lives until its input is closed.
pub struct Process {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Process {
    fn spawn(mut command: Command) -> Self {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a process of our own");
        let lines = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, lines }
    }

    pub fn line(&mut self) -> String {
        self.try_line().expect("the process ended without a word: see above why")
    }

    /// `None` if the process ended without a word.
    pub fn try_line(&mut self) -> Option<String> {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("a line");
        (!line.is_empty()).then(|| line.trim_end().to_owned())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// A contender that serves.
pub struct Server {
    process: Process,
    pub address: String,
}

impl Server {
    pub fn start(contender: &str, flavour: Flavour) -> Self {
        Self::run(program_on(SERVERS_CORE), contender, flavour)
    }

    /// A program of others, which behaves as ours do: its address first, and its end with its input.
    pub fn foreign(program: &[&str]) -> Self {
        let core = SERVERS_CORE.to_string();
        let pinned: &[&str] = if *PINNED { &["taskset", "-c", &core] } else { &[] };
        let mut process = Process::spawn(words(MOST_FILES, &[pinned, program].concat()));
        let address = process.line();
        Self { process, address }
    }

    /// With at most so many open files.
    pub fn start_with_files(files: usize, contender: &str, flavour: Flavour) -> Self {
        Self::run(program(&files.to_string(), &[]), contender, flavour)
    }

    /// Under a tool that counts what it does.
    pub fn start_under(tool: &[&str], contender: &str, flavour: Flavour) -> Self {
        let mut command = program(MOST_FILES, tool);
        command.stderr(Stdio::null());
        Self::run(command, contender, flavour)
    }

    fn run(mut command: Command, contender: &str, flavour: Flavour) -> Self {
        let flavour = match flavour {
            Flavour::Current => "current",
            Flavour::Multi => "multi",
        };
        command.args(["--server", contender, flavour]);
        let mut process = Process::spawn(command);
        let address = process.line();
        Self { process, address }
    }

    /// `sh` and `taskset` turn into the server, so it is their process. A tool that counts does not.
    pub fn pid(&self) -> u32 {
        self.process.child.id()
    }

    pub fn resident(&self) -> usize {
        resident(self.pid())
    }
}

/// A client of that kind; its words are its own.
pub fn client(kind: &str, server: &Server, options: &[(&str, usize)]) -> Process {
    let mut command = program_on(CLIENTS_CORE);
    command.args(["--load", kind, &server.address]).arg(format!("pid={}", server.pid()));
    command.args(options.iter().map(|(name, value)| format!("{name}={value}")));
    Process::spawn(command)
}
