//! What is logged while a test runs.

mod ear;
mod log_capture;
mod log_line;

pub use log_capture::LogCapture;
pub use log_line::LogLine;
