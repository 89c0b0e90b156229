//! What a `main` shows that returns an error is its `Debug`.

/// `Debug` is the sentence that `Display` says: for errors that a `main` may return.
macro_rules! debug_as_display {
    ($($error:ty),+) => {
        $(
            impl std::fmt::Debug for $error {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    std::fmt::Display::fmt(self, f)
                }
            }
        )+
    };
}
