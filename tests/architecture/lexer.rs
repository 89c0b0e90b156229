//! Rust text to tokens, each with its line. Comments vanish, doc comments stay, strings are single tokens.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Word,
    /// Punctuation, one character each but for `::`, `->` and `=>`.
    Mark,
    /// A number, a character or a string; the text is what stands in the source.
    Literal,
    Lifetime,
    /// `///`, and `/** */`: the text without the slashes.
    Doc,
    /// `//!`, and `/*! */`.
    InnerDoc,
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    pub(crate) line: usize,
    /// Where it ends: further down only for strings and block docs.
    pub(crate) last_line: usize,
}

impl Token {
    pub(crate) fn is(&self, text: &str) -> bool {
        self.text == text && matches!(self.kind, Kind::Word | Kind::Mark)
    }

    pub(crate) fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }
}

pub(crate) fn lex(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0, line: 1, tokens: Vec::new() };
    while lexer.at < text.len() {
        lexer.step();
    }
    lexer.tokens
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    tokens: Vec<Token>,
}

fn begins_word(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn continues_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

impl Lexer<'_> {
    fn step(&mut self) {
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else { return };
        if first.is_whitespace() {
            self.skip(first.len_utf8());
        } else if rest.starts_with("//") {
            self.line_comment(rest);
        } else if rest.starts_with("/*") {
            self.block_comment(rest);
        } else if let Some(length) = string_length(rest) {
            self.push(Kind::Literal, length);
        } else if first == '\'' {
            self.quote(rest);
        } else if first.is_ascii_digit() {
            self.push(Kind::Literal, number_length(rest));
        } else if begins_word(first) {
            let raw = if rest.starts_with("r#") { 2 } else { 0 };
            let length = rest[raw..].find(|c| !continues_word(c)).unwrap_or(rest.len() - raw);
            self.skip(raw);
            self.push(Kind::Word, length);
        } else {
            let joined = ["::", "->", "=>"].iter().any(|mark| rest.starts_with(mark));
            self.push(Kind::Mark, if joined { 2 } else { first.len_utf8() });
        }
    }

    fn skip(&mut self, length: usize) {
        self.line += self.text[self.at..self.at + length].matches('\n').count();
        self.at += length;
    }

    fn push(&mut self, kind: Kind, length: usize) {
        self.push_part(kind, length, 0, 0);
    }

    /// One token of this length, whose text leaves out so many bytes in front and behind.
    fn push_part(&mut self, kind: Kind, length: usize, front: usize, behind: usize) {
        let (line, start) = (self.line, self.at);
        self.skip(length);
        let text = self.text[start + front..start + length - behind].to_owned();
        self.tokens.push(Token { kind, text, line, last_line: self.line });
    }

    fn line_comment(&mut self, rest: &str) {
        let length = rest.find('\n').unwrap_or(rest.len());
        if rest.starts_with("//!") {
            self.push_part(Kind::InnerDoc, length, 3, 0);
        } else if rest.starts_with("///") && !rest.starts_with("////") {
            self.push_part(Kind::Doc, length, 3, 0);
        } else {
            self.skip(length);
        }
    }

    fn block_comment(&mut self, rest: &str) {
        let (mut depth, mut length) = (0, 0);
        while length < rest.len() {
            let here = &rest[length..];
            if here.starts_with("/*") {
                depth += 1;
                length += 2;
            } else if here.starts_with("*/") {
                depth -= 1;
                length += 2;
                if depth == 0 {
                    break;
                }
            } else {
                length += here.chars().next().map_or(1, char::len_utf8);
            }
        }
        if rest.starts_with("/*!") {
            self.push_part(Kind::InnerDoc, length, 3, 2);
        } else if rest.starts_with("/**") && !rest.starts_with("/***") && length > 4 {
            self.push_part(Kind::Doc, length, 3, 2);
        } else {
            self.skip(length);
        }
    }

    /// A character literal, or a lifetime.
    fn quote(&mut self, rest: &str) {
        let mut chars = rest.char_indices().skip(1);
        let (_, first) = chars.next().unwrap_or((1, ' '));
        let second = chars.next();
        if first == '\\' {
            // The escaped character may itself be a quote.
            let length = rest[3..].find('\'').map_or(rest.len(), |end| end + 4);
            self.push(Kind::Literal, length);
        } else if let Some((end, '\'')) = second {
            self.push(Kind::Literal, end + 1);
        } else {
            let length = rest[1..].find(|c| !continues_word(c)).unwrap_or(rest.len() - 1);
            self.push(Kind::Lifetime, length + 1);
        }
    }
}

/// The length of the string that stands at the beginning, if one does: plain, byte, C, raw.
fn string_length(rest: &str) -> Option<usize> {
    let prefix = rest.find(|c| !matches!(c, 'b' | 'c' | 'r')).unwrap_or(0);
    if !matches!(&rest[..prefix], "" | "b" | "c" | "r" | "br" | "cr") {
        return None;
    }
    let body = &rest[prefix..];
    if &rest[..prefix] == "b" && body.starts_with('\'') {
        let from = if body[1..].starts_with('\\') { 3 } else { 2 };
        return Some(prefix + from + body.get(from..)?.find('\'')? + 1);
    }
    if rest[..prefix].ends_with('r') {
        let hashes = body.len() - body.trim_start_matches('#').len();
        let inside = body[hashes..].strip_prefix('"')?;
        let close = format!("\"{}", "#".repeat(hashes));
        let end = inside.find(&close).map_or(inside.len(), |end| end + close.len());
        return Some(prefix + hashes + 1 + end);
    }
    let inside = body.strip_prefix('"')?;
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(prefix + 1 + at + 1),
            _ => {}
        }
    }
    Some(rest.len())
}

fn number_length(rest: &str) -> usize {
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let fraction = c == '.' && chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if !continues_word(c) && !fraction {
            return at;
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::{Kind, lex};

    fn words(text: &str) -> Vec<String> {
        lex(text).into_iter().filter(|token| token.kind == Kind::Word).map(|token| token.text).collect()
    }

    #[test]
    fn comments_and_strings_hold_no_words() {
        let text = r###"
            a // b
            /* c /* d */ e */ f
            "g \" h" r#"i " j"# b"k" br##"l "# m"## c"n" 'o' b'p' '\'' '\u{1F600}' 'é'
            'q: loop {} r#type 0xff_u8 1.5e3 1..2
        "###;
        assert_eq!(words(text), ["a", "f", "loop", "type"]);
    }

    #[test]
    fn lines_are_those_of_the_text() {
        let tokens = lex("a\n\"x\ny\" b\n/* \n */ c");
        let lines: Vec<_> = tokens.iter().map(|token| (token.line, token.last_line)).collect();
        assert_eq!(lines, [(1, 1), (2, 3), (3, 3), (5, 5)]);
    }

    #[test]
    fn docs_stay_and_banners_do_not() {
        let kinds: Vec<_> =
            lex("//! a\n/// b\n//// c\n/** d */\n/*** e */\n/**/\n").iter().map(|token| token.kind).collect();
        assert_eq!(kinds, [Kind::InnerDoc, Kind::Doc, Kind::Doc]);
    }
}
