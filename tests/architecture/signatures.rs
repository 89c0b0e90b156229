//! The heads of functions and impls, taken apart.

use crate::items::{Item, group_end};
use crate::lexer::Token;

/// The trait and the type of `impl Trait for Type`.
pub(crate) fn implemented(item: &Item<'_>) -> Option<(String, String)> {
    let head = after_generics(item.head);
    let mut angles = 0;
    for (at, token) in head.iter().enumerate() {
        match token.text.as_str() {
            "<" => angles += 1,
            ">" => angles -= 1,
            "where" => return None,
            "for" if angles == 0 && !head.get(at + 1).is_some_and(|next| next.is("<")) => {
                return Some((last_segment(&head[..at]), last_segment(&head[at + 1..])));
            }
            _ => {}
        }
    }
    None
}

pub(crate) fn self_type(head: &[Token]) -> String {
    last_segment(after_generics(head))
}

/// The head of an impl after `impl<...>`.
fn after_generics(head: &[Token]) -> &[Token] {
    let rest = &head[head.iter().position(|token| token.is("impl")).map_or(0, |at| at + 1)..];
    &rest[angles_end(rest)..]
}

/// The place after the angle brackets that open here; 0 if none do.
fn angles_end(tokens: &[Token]) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        depth += i32::from(token.is("<")) - i32::from(token.is(">"));
        if depth == 0 {
            return if token.is(">") { at + 1 } else { 0 };
        }
    }
    0
}

/// The last name of the path that begins here, after references and lifetimes: `Kill` of `&'a mut task::Kill<T>`.
pub(crate) fn last_segment(tokens: &[Token]) -> String {
    let begin = tokens.iter().position(|token| token.is_word() && !token.is("mut")).unwrap_or(tokens.len());
    let mut last = tokens.get(begin).map_or("", |token| token.text.as_str());
    let mut at = begin;
    while tokens.get(at + 1).is_some_and(|token| token.is("::")) {
        at += 2;
        last = tokens.get(at).filter(|token| token.is_word()).map_or(last, |token| token.text.as_str());
    }
    last.to_owned()
}

/// The return type of a function's head; empty if there is none.
pub(crate) fn result(head: &[Token]) -> &[Token] {
    let name = head.iter().position(|token| token.is("fn")).map_or(head.len(), |at| at + 1);
    let rest = head.get(name + 1..).unwrap_or_default();
    let rest = &rest[angles_end(rest)..];
    let after = if rest.is_empty() { rest } else { &rest[group_end(rest, 0) + 1..] };
    match after.split_first() {
        Some((arrow, tail)) if arrow.is("->") => {
            &tail[..tail.iter().position(|token| token.is("where") || token.is(";")).unwrap_or(tail.len())]
        }
        _ => &[],
    }
}

/// Whether `impl Future` or `dyn Future` stands in this type, with other bounds or without.
pub(crate) fn returns_some_future(result: &[Token]) -> bool {
    let bounds =
        result.iter().enumerate().filter(|(_, token)| token.is("impl") || token.is("dyn") || token.is("+"));
    bounds
        .map(|(at, _)| last_segment(&result[at + 1..]))
        .any(|last| matches!(last.as_str(), "Future" | "FusedFuture"))
}
