//! What the user says about classes of errors.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::Arc;

use crate::fault::ErrorClass;

/// The classes that differ from the default ones. A function is asked first, then the table.
#[derive(Clone, Default)]
pub(crate) struct Classes {
    numbers: BTreeMap<i32, ErrorClass>,
    function: Option<Arc<Classify>>,
}

type Classify = dyn Fn(&io::Error) -> Option<ErrorClass> + Send + Sync;

impl Classes {
    pub(crate) fn set(&mut self, number: i32, class: ErrorClass) {
        self.numbers.insert(number, class);
    }

    pub(crate) fn ask(
        &mut self,
        function: impl Fn(&io::Error) -> Option<ErrorClass> + Send + Sync + 'static,
    ) {
        self.function = Some(Arc::new(function));
    }

    /// The class of this error; `None`: the default one.
    pub(super) fn of(&self, error: &io::Error) -> Option<ErrorClass> {
        let asked = self.function.as_ref().and_then(|classify| classify(error));
        asked.or_else(|| self.numbers.get(&error.raw_os_error()?).copied())
    }
}

impl fmt::Debug for Classes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Classes")
            .field("numbers", &self.numbers)
            .field("function", &self.function.is_some())
            .finish()
    }
}
