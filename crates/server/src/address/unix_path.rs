//! The name of a Unix socket, and the limits that the system has for it.

use std::ffi::OsStr;
use std::fmt;
use std::mem::{offset_of, size_of};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::address::error::Fault;

/// What the system's structure has room for, less the zero at its end.
const LIMIT: usize = size_of::<libc::sockaddr_un>() - offset_of!(libc::sockaddr_un, sun_path) - 1;
const ABSTRACT_NAMES_EXIST: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// A path or an abstract name, and one that the system can store. An abstract name begins with a zero byte here, as tokio and socket2
/// want it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnixPath(PathBuf);

impl UnixPath {
    pub(super) fn new(path: &Path) -> Result<Self, Fault> {
        let bytes = path.as_os_str().as_bytes();
        let name = bytes.strip_prefix(b"@");
        let length = name.unwrap_or(bytes).len();
        if length == 0 {
            return Err(Fault::Text(
                r#"the path is missing; write "unix:path", for example "unix:/run/app.sock""#,
            ));
        }
        if bytes.contains(&0) {
            return Err(Fault::Text("a path has no zero byte; leave it out"));
        }
        if length > LIMIT {
            return Err(Fault::PathTooLong { length, limit: LIMIT });
        }
        match name {
            Some(name) if ABSTRACT_NAMES_EXIST => Ok(Self(OsStr::from_bytes(&[b"\0", name].concat()).into())),
            Some(_) => {
                Err(Fault::Text(r#"only Linux has abstract names; write a path, "unix:/run/app.sock""#))
            }
            None => Ok(Self(path.to_owned())),
        }
    }

    /// For the system.
    pub(crate) fn as_path(&self) -> &Path {
        &self.0
    }

    /// Where its file is, if it has one.
    pub(crate) fn file(&self) -> Option<&Path> {
        (!self.0.as_os_str().as_bytes().starts_with(b"\0")).then_some(&*self.0)
    }
}

/// Escaped as in a [`SockAddr`](crate::SockAddr).
impl fmt::Display for UnixPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0.as_os_str().as_bytes();
        match bytes.strip_prefix(b"\0") {
            Some(name) => write!(f, "unix:@{}", name.escape_ascii()),
            None => write!(f, "unix:{}", bytes.escape_ascii()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_fill_what_the_system_has_room_for_and_no_more() {
        assert_eq!(
            UnixPath::new(Path::new(&"x".repeat(LIMIT))).unwrap().file().unwrap().as_os_str().len(),
            LIMIT
        );
        let error = UnixPath::new(Path::new(&"x".repeat(LIMIT + 1))).unwrap_err();
        assert_eq!(error, Fault::PathTooLong { length: LIMIT + 1, limit: LIMIT });
        #[cfg(target_os = "linux")]
        assert_eq!(LIMIT, 107);
    }

    #[test]
    fn a_path_with_a_zero_byte_or_without_any_is_refused() {
        for path in ["", "@", "/run/a\0b", "\0abstract"] {
            assert!(matches!(UnixPath::new(Path::new(path)), Err(Fault::Text(_))), "{path:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_abstract_name_has_no_file() {
        let name = UnixPath::new(Path::new("@greenroom")).unwrap();
        assert_eq!((name.file(), name.as_path()), (None, Path::new("\0greenroom")));
        assert_eq!(name.to_string(), "unix:@greenroom");
    }
}
