//! A line for each request.

mod access_entry;
mod access_log;
mod access_log_service;
mod clf_time;
mod log_line;

pub use access_entry::AccessEntry;
pub use access_log::AccessLog;
pub use access_log_service::{AccessLogBody, AccessLogFuture, AccessLogService};
pub(crate) use log_line::LogLine;
