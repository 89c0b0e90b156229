//! Files that a test gives to its programs.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::foreign::run;

/// A folder of one test's own. Removed, with all that is in it, when dropped.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("greenroom-interop-{}-{number}", std::process::id()));
        fs::create_dir(&folder).expect("a new folder can be made");
        Self(folder)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A certificate for `localhost` that OpenSSL has made and its key, in `cert.pem` and `key.pem`.
    pub(crate) fn with_certificate(self) -> Self {
        let (certificate, key) = (self.path("cert.pem"), self.path("key.pem"));
        let how = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
                   -addext subjectAltName=DNS:localhost,IP:127.0.0.1";
        let how = how.split_whitespace().chain(["-out", &certificate, "-keyout", &key]);
        run("openssl", &how.collect::<Vec<_>>(), "");
        self
    }

    /// The same as [`file`](Self::file), as an argument.
    pub(crate) fn path(&self, name: &str) -> String {
        self.file(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
