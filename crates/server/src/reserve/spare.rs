//! The spare file itself.

use std::fs::File;

use crate::reserve::rate::Rate;
use crate::sync::Mutex;

/// Something that can always be opened, and of which nothing is read.
#[cfg(unix)]
const NOTHING: &str = "/dev/null";
#[cfg(not(unix))]
const NOTHING: &str = "NUL";

#[derive(Debug)]
pub(super) struct Spare {
    /// `None`: lent out, or not to be had.
    pub(super) file: Option<File>,
    /// Whether somebody has it. Meanwhile nobody opens another.
    pub(super) lent: bool,
    /// How many may want it. With none it is closed.
    pub(super) users: usize,
    pub(super) loans: Rate,
}

pub(super) static SPARE: Mutex<Spare> = Mutex::new(Spare::new());

impl Spare {
    pub(super) const fn new() -> Self {
        Self { file: None, lent: false, users: 0, loans: Rate::new() }
    }

    /// Opens it, if it is wanted and not there. When that fails it is tried again at the next occasion.
    pub(super) fn refill(&mut self) {
        if self.users > 0 && !self.lent && self.file.is_none() {
            self.file = File::open(NOTHING).ok();
        }
    }
}
