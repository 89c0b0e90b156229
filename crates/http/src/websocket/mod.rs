//! WebSockets: both sides send whenever they like, on the connection that a request came on.
//!
//! A request is looked at (`handshake`, `origins`) and answered with 101; the connection's own task then runs the user's
//! code (`serve`), which has a [`WebSocket`] in its hands. Frames are tungstenite's; when to read and to write, and when to give
//! up, is the `engine`'s.

mod engine;
mod farewell;
mod frame_watch;
mod handshake;
mod home;
mod leaving;
mod message;
mod message_text;
mod origins;
mod outbox;
mod pulse;
mod receiving;
mod sender;
mod sender_error;
mod sending;
mod serve;
mod terms;
mod upgrade;
mod websocket;
mod websocket_error;
mod websocket_upgrade;
mod wire;

pub use message::Message;
pub use message_text::MessageText;
pub use sender::WebSocketSender;
pub use sender_error::{WebSocketSendError, WebSocketTrySendError};
pub use upgrade::upgrade;
pub use websocket::WebSocket;
pub use websocket_error::WebSocketError;
pub use websocket_upgrade::WebSocketUpgrade;
