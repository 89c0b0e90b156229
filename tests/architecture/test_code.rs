//! What only tests compile, and how to leave it out.

use crate::items::{access, group_end, item_end, kind, skip_attributes};
use crate::lexer::{Kind, Token};

/// The tokens without what is compiled for tests only, and the names of modules that lie in files of their own and
/// are compiled for tests only.
pub(crate) fn without_tests(tokens: &[Token]) -> (Vec<Token>, Vec<String>) {
    let (mut kept, mut modules): (Vec<Token>, Vec<String>) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        if !is_test_attribute(&tokens[at..]) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        if tokens[at + 1].is("!") {
            return (Vec::new(), modules);
        }
        while kept.last().is_some_and(|token| token.kind == Kind::Doc) {
            kept.pop();
        }
        let head = skip_attributes(tokens, at);
        let end = item_end(tokens, head);
        let (kind, name) = kind(tokens, access(tokens, head).1);
        if kind == "mod" && tokens[end - 1].is(";") {
            modules.push(name.to_owned());
        }
        at = end;
    }
    (kept, modules)
}

/// Whether `#[cfg(test)]`, or one that implies it, stands here.
fn is_test_attribute(tokens: &[Token]) -> bool {
    let inner = usize::from(tokens.get(1).is_some_and(|token| token.is("!")));
    let is = |at: usize, text: &str| tokens.get(at).is_some_and(|token| token.is(text));
    if !(is(0, "#") && is(1 + inner, "[") && is(2 + inner, "cfg") && is(3 + inner, "(")) {
        return false;
    }
    implies_test(&tokens[4 + inner..group_end(tokens, 3 + inner)])
}

fn implies_test(predicate: &[Token]) -> bool {
    match predicate {
        [only] => only.is("test"),
        [all, open, parts @ .., _] if all.is("all") && open.is("(") => {
            let mut depth = 0;
            let split = parts.split(|token| {
                depth += i32::from(token.is("(")) - i32::from(token.is(")"));
                depth == 0 && token.is(",")
            });
            split.into_iter().any(implies_test)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::without_tests;
    use crate::lexer::lex;

    #[test]
    fn only_what_tests_alone_compile_is_left_out() {
        let (kept, modules) = without_tests(&lex("
            struct S { a: u8, #[cfg(test)] b: Map<c, d>, e: u8 }
            /// gone
            #[cfg(all(gone, any(x), test))] #[allow(gone)] mod gone { fn gone() {} }
            #[cfg(not(test))] fn f() {}
            #[cfg(any(test, feature))] fn g() {}
            #[cfg(test)] pub mod tests;
            #[cfg(test)] use gone::{gone, gone};
            fn h() {}
        "));
        let text: Vec<_> = kept.iter().map(|token| token.text.as_str()).collect();
        for word in ["S", "a", "e", "f", "g", "h"] {
            assert!(text.contains(&word), "{word} is missing in {text:?}");
        }
        for word in ["b", "d", "gone", " gone", "tests"] {
            assert!(!text.contains(&word), "{word} is left in {text:?}");
        }
        assert_eq!(modules, ["tests"]);
    }
}
