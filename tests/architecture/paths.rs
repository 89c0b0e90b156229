//! Paths as they are written: `a::b`, and the trees of `use`.

use crate::items::{Access, Item, items};
use crate::lexer::Token;

/// One path, and the name by which it is known from then on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaf {
    pub(crate) path: Vec<String>,
    pub(crate) name: String,
    /// `path::*`; the name is then empty.
    pub(crate) glob: bool,
    pub(crate) line: usize,
}

/// The paths of the tree that begins here. Anything that is no path ends it.
pub(crate) fn leaves(tokens: &[Token]) -> Vec<Leaf> {
    let mut found = Vec::new();
    tree(tokens, 0, &[], &mut found);
    found
}

fn tree(tokens: &[Token], at: usize, before: &[String], found: &mut Vec<Leaf>) -> usize {
    let Some(token) = tokens.get(at) else { return at };
    let line = token.line;
    if token.is("{") {
        let mut at = at + 1;
        while tokens.get(at).is_some_and(|token| !token.is("}")) {
            at = if tokens[at].is(",") { at + 1 } else { tree(tokens, at, before, found).max(at + 1) };
        }
        return at + 1;
    }
    if token.is("*") {
        found.push(Leaf { path: before.to_vec(), name: String::new(), glob: true, line });
        return at + 1;
    }
    let mut path = before.to_vec();
    // `{self, X}` names what stands before the braces.
    if !token.is("self") || before.is_empty() {
        path.push(token.text.clone());
    }
    let next = |ahead: usize, text: &str| tokens.get(at + ahead).is_some_and(|token| token.is(text));
    if next(1, "::")
        && tokens.get(at + 2).is_some_and(|token| token.is_word() || token.is("{") || token.is("*"))
    {
        return tree(tokens, at + 2, &path, found);
    }
    let renamed = next(1, "as");
    let name =
        if renamed { tokens.get(at + 2).map(|token| token.text.clone()) } else { path.last().cloned() };
    found.push(Leaf { path, name: name.unwrap_or_default(), glob: false, line });
    at + if renamed { 3 } else { 1 }
}

/// A `use` at the first level of a file.
#[derive(Debug)]
pub(crate) struct Use {
    pub(crate) access: Access,
    pub(crate) conditional: bool,
    pub(crate) leaves: Vec<Leaf>,
}

pub(crate) fn uses(code: &[Token]) -> Vec<Use> {
    let read = |item: Item<'_>| Use {
        access: item.access,
        conditional: item.conditional,
        // A leading `::` says that a crate follows.
        leaves: leaves(&item.head[1 + usize::from(item.head.get(1).is_some_and(|token| token.is("::")))..]),
    };
    items(code).into_iter().filter(|item| item.kind == "use").map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::uses;
    use crate::lexer::lex;

    #[test]
    fn trees_are_taken_apart() {
        let tokens = lex("pub use a::{self, b::{c, d as e}, f::*}; use ::g::h as _;");
        let found: Vec<_> = uses(&tokens)
            .iter()
            .flat_map(|one| &one.leaves)
            .map(|leaf| {
                format!("{}{} = {}", leaf.path.join("::"), if leaf.glob { "::*" } else { "" }, leaf.name)
            })
            .collect();
        assert_eq!(found, ["a = a", "a::b::c = c", "a::b::d = e", "a::f::* = ", "g::h = _"]);
    }
}
