//! A PostgreSQL that only these tests use: a new cluster in a folder of its own, behind a Unix socket there.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio_postgres::Config;

/// Where Debian keeps its versions.
const VERSIONS: &str = "/usr/lib/postgresql";
/// It refuses to be root, and Debian has a user for it.
const USER: &str = "postgres";

/// Stopped, and removed with all its data, when it is dropped.
#[derive(Debug)]
pub(crate) struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
}

impl Cluster {
    /// Shared by the tests that run at the same time: to make one takes seconds. `None`, with a word, where there is no
    /// PostgreSQL.
    pub(crate) fn start() -> Option<Arc<Self>> {
        static RUNNING: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cluster) = running.upgrade() {
            return Some(cluster);
        }
        let cluster = Self::make().map(Arc::new)?;
        *running = Arc::downgrade(&cluster);
        Some(cluster)
    }

    fn make() -> Option<Self> {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let Some(programs) = programs() else {
            // Past the harness, which would keep it to itself.
            let _ = writeln!(std::io::stderr(), "skipped: there is no PostgreSQL in {VERSIONS}");
            return None;
        };
        // Short: the path of a socket has room for some hundred bytes.
        let name = format!("greenroom-pg-{}-{}", std::process::id(), STARTED.fetch_add(1, Relaxed));
        let folder = std::env::temp_dir().join(name);
        fs::DirBuilder::new().mode(0o700).create(&folder).expect("the name is free");
        let cluster = Self { programs, folder };
        if let Some((user, group)) = cluster.somebody_else() {
            chown(&cluster.folder, Some(user), Some(group)).expect("root may");
        }
        cluster.run("initdb", ["--auth=trust", "--username=postgres", "--no-sync", "--pgdata", "data"]);
        let options = format!("-c listen_addresses= -c fsync=off -k {}", cluster.folder.display());
        cluster.run("pg_ctl", ["start", "--wait", "--pgdata", "data", "--log", "log", "--options", &options]);
        Some(cluster)
    }

    pub(crate) fn written(&self) -> String {
        format!("host={} user=postgres", self.folder.display())
    }

    pub(crate) fn config(&self) -> Config {
        self.written().parse().expect("it is written well")
    }

    fn run<const N: usize>(&self, program: &str, arguments: [&str; N]) {
        let mut command = Command::new(self.programs.join(program));
        command.args(arguments).current_dir(&self.folder).stdin(Stdio::null()).stdout(Stdio::null());
        if let Some((user, group)) = self.somebody_else() {
            command.uid(user).gid(group);
        }
        let status = command.status().expect("the program is there");
        assert!(status.success(), "{program}: {status}");
    }

    /// Whom to run as, if we are root: its folder is ours as long as it was given to nobody.
    fn somebody_else(&self) -> Option<(u32, u32)> {
        let ours = fs::metadata("/proc/self").ok()?.uid();
        (ours == 0).then(|| (id("-u"), id("-g")))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.folder.join("data/postmaster.pid").exists() {
            self.run("pg_ctl", ["stop", "--wait", "--mode=immediate", "--pgdata", "data"]);
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The folder of the newest version's programs.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir(VERSIONS).ok()?.flatten().map(|entry| entry.path());
    let number =
        |path: &Path| path.file_name().and_then(OsStr::to_str).and_then(|name| name.parse::<u32>().ok());
    let newest =
        versions.filter(|path| path.join("bin/postgres").exists()).max_by_key(|path| number(path))?;
    Some(newest.join("bin"))
}

fn id(what: &str) -> u32 {
    let output = Command::new("id").args([what, USER]).output().expect("there is `id`");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("Debian's package has made the user")
}
