//! What members are told, as JSON.

use std::collections::VecDeque;
use std::fmt::{self, Write};

use greenroom::{Message, MessageText, SseEvent};

use super::refusal::Refusal;
use super::ticket::Ticket;

/// One piece of news. Its clones share their bytes, so what a hundred people hear is written once.
#[derive(Clone, Debug)]
pub(crate) struct News(MessageText);

impl News {
    /// The first that a newcomer hears: who is there, and what was said last.
    pub(crate) fn welcome<'a>(
        ticket: &Ticket,
        members: impl Iterator<Item = &'a str>,
        backlog: &VecDeque<Self>,
    ) -> Self {
        let members = listed(members.map(Json));
        let backlog = listed(backlog.iter().map(|news| &news.0));
        let (room, name) = (Json(ticket.room()), Json(ticket.name()));
        Self::of(format!(
            r#"{{"type":"welcome","room":{room},"name":{name},"members":{members},"backlog":{backlog}}}"#
        ))
    }

    pub(crate) fn said(from: &str, text: &str, at: u64) -> Self {
        Self::of(format!(r#"{{"type":"said","from":{},"text":{},"at":{at}}}"#, Json(from), Json(text)))
    }

    pub(crate) fn joined(name: &str) -> Self {
        Self::of(format!(r#"{{"type":"joined","name":{}}}"#, Json(name)))
    }

    pub(crate) fn left(name: &str) -> Self {
        Self::of(format!(r#"{{"type":"left","name":{}}}"#, Json(name)))
    }

    /// There is no seat, or none any more.
    pub(crate) fn refused(why: &Refusal) -> Self {
        Self::of(format!(r#"{{"type":"refused","why":{}}}"#, Json(&why.to_string())))
    }

    /// A message was not passed on.
    pub(crate) fn unsaid(why: &Refusal) -> Self {
        Self::of(format!(r#"{{"type":"unsaid","why":{}}}"#, Json(&why.to_string())))
    }

    /// The server goes away. Over a WebSocket its close says so.
    pub(crate) const fn leaving() -> Self {
        Self(MessageText::from_static(r#"{"type":"leaving"}"#))
    }

    fn of(json: String) -> Self {
        Self(json.into())
    }
}

impl fmt::Display for News {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<News> for Message {
    fn from(news: News) -> Self {
        news.0.into()
    }
}

impl From<News> for SseEvent {
    fn from(news: News) -> Self {
        Self::new(news.0)
    }
}

/// The items as an array; they are JSON already.
pub(crate) fn listed<T: fmt::Display>(items: impl Iterator<Item = T>) -> String {
    let mut list = String::from("[");
    for item in items {
        if list.len() > 1 {
            list.push(',');
        }
        // Writing into a string does not fail.
        let _ = write!(list, "{item}");
    }
    list + "]"
}

/// A text in quotes, with whatever would end them escaped.
pub(crate) struct Json<'a>(pub(crate) &'a str);

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}
