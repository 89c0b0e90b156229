//! What is not granted, and why.

use std::fmt;

use greenroom::Response;
use http::StatusCode;

use super::page::plain;

/// Its words are for the one who is refused.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    /// Of what, and how many letters it may have.
    BadLength(&'static str, usize),
    /// Of what.
    Invisible(&'static str),
    BadKey(usize, usize),
    NameTaken(String),
    RoomFull(usize),
    TooManyRooms(usize),
    NoSeat,
    Elsewhere,
    NothingSaid,
    LongMessage(usize),
    TooFast,
    Unreadable,
}

impl Refusal {
    const fn status(&self) -> StatusCode {
        match self {
            Self::NameTaken(_) | Self::Elsewhere | Self::RoomFull(_) | Self::TooManyRooms(_) => {
                StatusCode::CONFLICT
            }
            Self::NoSeat => StatusCode::GONE,
            Self::LongMessage(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooFast => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// As the answer to a request.
    pub(crate) fn response(&self) -> Response {
        plain(self.status(), self.to_string())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadLength(what, most) => write!(f, "A {what} has 1 to {most} letters."),
            Self::Invisible(what) => write!(f, "There are signs in this {what} that nobody can see."),
            Self::BadKey(least, most) => write!(f, "A key has {least} to {most} letters."),
            Self::NameTaken(name) => write!(f, "{name} is here already: please choose another name."),
            Self::RoomFull(most) => write!(f, "There are {most} people in this room: it is full."),
            Self::TooManyRooms(most) => {
                write!(f, "There are {most} rooms already: please enter one of them.")
            }
            Self::NoSeat => f.write_str("You have no seat in this room: please enter again."),
            Self::Elsewhere => f.write_str("You have come in from another window."),
            Self::NothingSaid => f.write_str("There is nothing in this message."),
            Self::LongMessage(most) => write!(f, "This message has more than {most} letters."),
            Self::TooFast => f.write_str("You talk faster than the others can read: please wait a moment."),
            Self::Unreadable => f.write_str("This message is no text."),
        }
    }
}
