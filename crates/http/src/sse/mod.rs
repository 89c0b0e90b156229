//! Server-sent events.

mod event_body;
mod last_event_id;
mod sse;
mod sse_event;
mod sse_field_error;

pub use last_event_id::last_event_id;
pub use sse::Sse;
pub use sse_event::SseEvent;
pub use sse_field_error::SseFieldError;
