//! Errors that speak to people in `Debug` too.

#[macro_use]
mod debug_as_display;
