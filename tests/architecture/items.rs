//! Tokens to items: functions, types, impls, with their docs and who may see them.

use crate::lexer::{Kind, Token};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Everyone,
    /// `pub(crate)` and its like.
    Restricted,
    Room,
}

#[derive(Debug)]
pub(crate) struct Item<'a> {
    /// The keyword: `fn`, `struct`, `use`; `macro_rules`; `macro` for a macro's call; `other` for what no item is.
    pub(crate) kind: &'a str,
    pub(crate) name: &'a str,
    pub(crate) access: Access,
    /// Doc comments, and the strings of `#[doc = ...]`.
    pub(crate) docs: String,
    /// Whether a `cfg` stands on it.
    pub(crate) conditional: bool,
    /// From the keyword (or what stands before it, like `async`) to the body.
    pub(crate) head: &'a [Token],
    /// What stands between the braces.
    pub(crate) body: Option<&'a [Token]>,
    pub(crate) line: usize,
}

const KEYWORDS: &[&str] =
    &["fn", "struct", "enum", "union", "trait", "impl", "mod", "use", "const", "static", "type", "extern"];

/// The items of a file or a body, without those inside them.
pub(crate) fn items(tokens: &[Token]) -> Vec<Item<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].kind == Kind::InnerDoc {
            at += 1;
        } else if tokens[at].is("#") && tokens.get(at + 1).is_some_and(|next| next.is("!")) {
            at = group_end(tokens, at + 2) + 1;
        } else {
            let start = at;
            let head = skip_attributes(tokens, start);
            at = item_end(tokens, head);
            if head < at {
                found.push(item(tokens, start, head, at));
            }
        }
    }
    found
}

fn item(tokens: &[Token], start: usize, head: usize, end: usize) -> Item<'_> {
    let (access, head) = access(tokens, head);
    let (kind, name) = kind(tokens, head);
    let ends_in_body = tokens[end - 1].is("}") && !ends_in_semicolon(kind);
    let body = (head..end).find(|&at| ends_in_body && tokens[at].is("{") && group_end(tokens, at) == end - 1);
    let attributes = &tokens[start..head];
    Item {
        kind,
        name,
        access,
        docs: docs(attributes),
        conditional: attributes.windows(2).any(|pair| pair[0].is("[") && pair[1].is("cfg")),
        head: &tokens[head..body.unwrap_or(end)],
        body: body.map(|open| &tokens[open + 1..end - 1]),
        line: tokens[head.min(end - 1)].line,
    }
}

fn docs(attributes: &[Token]) -> String {
    let mut docs = String::new();
    for (at, token) in attributes.iter().enumerate() {
        let in_attribute = token.kind == Kind::Literal
            && attributes[..at]
                .iter()
                .rev()
                .take_while(|before| !before.is("["))
                .any(|before| before.is("doc"));
        if token.kind == Kind::Doc || in_attribute {
            docs.push_str(&token.text);
            docs.push('\n');
        }
    }
    docs
}

pub(crate) fn access(tokens: &[Token], at: usize) -> (Access, usize) {
    let is = |at: usize, text: &str| tokens.get(at).is_some_and(|token| token.is(text));
    match (is(at, "pub"), is(at + 1, "(")) {
        (false, _) => (Access::Room, at),
        (true, true) => (Access::Restricted, group_end(tokens, at + 1) + 1),
        (true, false) => (Access::Everyone, at + 1),
    }
}

/// The keyword and the name of the item that begins here, after its visibility.
pub(crate) fn kind(tokens: &[Token], mut at: usize) -> (&str, &str) {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    loop {
        at += match (text(at), text(at + 1)) {
            ("default" | "async" | "unsafe" | "safe", _) => 1,
            ("const", "fn" | "async" | "unsafe" | "extern") | ("extern", "fn") => 1,
            ("extern", next) if next.starts_with('"') => 2,
            _ => break,
        };
    }
    if text(at + 1) == "!" {
        return if text(at) == "macro_rules" { ("macro_rules", text(at + 2)) } else { ("macro", text(at)) };
    }
    match KEYWORDS.iter().find(|keyword| **keyword == text(at)) {
        Some(keyword) => (keyword, text(at + 1)),
        None => ("other", text(at)),
    }
}

fn ends_in_semicolon(kind: &str) -> bool {
    matches!(kind, "use" | "const" | "static" | "type" | "extern")
}

/// The place after the docs and attributes that stand here.
pub(crate) fn skip_attributes(tokens: &[Token], mut at: usize) -> usize {
    while let Some(token) = tokens.get(at) {
        if token.kind == Kind::Doc {
            at += 1;
        } else if token.is("#") && tokens.get(at + 1).is_some_and(|next| next.is("[")) {
            at = group_end(tokens, at + 1) + 1;
        } else {
            break;
        }
    }
    at
}

/// The place after the item that begins here: after its semicolon or its body. What is no item (a field, a variant)
/// ends at its comma or before the brace that closes its owner.
pub(crate) fn item_end(tokens: &[Token], start: usize) -> usize {
    let (_, head) = access(tokens, start);
    let kind = kind(tokens, head).0;
    let mut angles = 0_i32;
    let mut at = head;
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            _ if token.kind != Kind::Mark => {}
            ";" => return at + 1,
            "}" | ")" | "]" => return at.max(start + 1),
            "," if kind == "other" && angles <= 0 => return at + 1,
            "<" => angles += 1,
            ">" => angles -= 1,
            "(" | "[" | "{" => {
                let body = token.is("{") && !ends_in_semicolon(kind);
                at = group_end(tokens, at);
                if body && kind != "other" {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    tokens.len()
}

/// The place of the bracket that closes the one here.
pub(crate) fn group_end(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token.kind == Kind::Mark {
            match token.text.as_str() {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::{Access, items};
    use crate::lexer::lex;

    #[test]
    fn items_are_told_apart() {
        let tokens = lex(r#"
            #![deny(x)]
            use a::{b, c};
            /// Doc.
            #[doc = "More."]
            #[cfg(unix)]
            pub async fn f<T: Fn() -> u8>() where T: Clone { let x = 1; }
            pub(crate) const N: [u8; 2] = { [1, 2] };
            struct S(u8);
            macro_rules! m { () => {} }
            thing! { struct T; }
            impl<A, B> X<A, B> { fn g() {} }
        "#);
        let found = items(&tokens);
        let seen: Vec<_> = found.iter().map(|item| (item.kind, item.name, item.access)).collect();
        assert_eq!(
            seen,
            [
                ("use", "a", Access::Room),
                ("fn", "f", Access::Everyone),
                ("const", "N", Access::Restricted),
                ("struct", "S", Access::Room),
                ("macro_rules", "m", Access::Room),
                ("macro", "thing", Access::Room),
                ("impl", "<", Access::Room),
            ]
        );
        assert!(found[1].docs.contains("Doc.") && found[1].docs.contains("More.") && found[1].conditional);
        assert_eq!(found[6].body.map(<[_]>::len), Some(6));
    }
}
