//! Rule: whatever gives the public a future says in its docs, under `# Cancel safety`, what dropping it costs.
//!
//! That is: a public `async fn`; a public function that returns `impl Future`, `dyn Future` or a named future of its crate;
//! the named future itself. Methods of public traits count as public; those of a trait's impl take the trait's docs.
//! A future's own setters, which return the future they were called on, need not say it again.

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::house::{House, Source};
use crate::items::{Access, Item, items};
use crate::lexer::Token;
use crate::signatures::{implemented, last_segment, result, returns_some_future, self_type};

const HEADING: &str = "# Cancel safety";

pub(crate) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for krate in house.crates() {
        let files: Vec<&Source> = house.rust().filter(|file| file.krate == krate).collect();
        let mut futures = BTreeSet::new();
        for file in &files {
            visit(&file.code, &Owner::Nobody, &mut |item, _| {
                if item.kind == "impl" {
                    futures.extend(implemented(item).filter(|(of, _)| of == "Future").map(|(_, name)| name));
                }
            });
        }
        for file in files {
            visit(&file.code, &Owner::Nobody, &mut |item, owner| {
                if let Some(what) = wanted(item, owner, &futures).filter(|_| !says_it(house, &item.docs)) {
                    findings.push(Finding::new(&file.path, item.line, format!("{what} without `{HEADING}`")));
                }
            });
        }
    }
    findings
}

/// Whose body an item stands in.
enum Owner {
    Nobody,
    Trait(Access),
    /// The type's own methods.
    Type(String),
    /// A trait's methods for a type.
    Impl,
}

fn visit<'a>(tokens: &'a [Token], owner: &Owner, see: &mut dyn FnMut(&Item<'a>, &Owner)) {
    for item in items(tokens) {
        see(&item, owner);
        let inner = match item.kind {
            "trait" => Owner::Trait(item.access),
            "impl" => match (implemented(&item), self_type(item.head)) {
                (Some(_), _) => Owner::Impl,
                (None, name) => Owner::Type(name),
            },
            // What a macro such as pin_project! wraps is an item like any other.
            "mod" | "macro" => Owner::Nobody,
            _ => continue,
        };
        visit(item.body.unwrap_or_default(), &inner, see);
    }
}

/// What asks for the heading here, if anything does.
fn wanted(item: &Item<'_>, owner: &Owner, futures: &BTreeSet<String>) -> Option<String> {
    let public = match owner {
        Owner::Trait(access) => *access == Access::Everyone,
        Owner::Impl => false,
        Owner::Nobody | Owner::Type(_) => item.access == Access::Everyone,
    };
    if !public {
        return None;
    }
    let name = item.name;
    match item.kind {
        "fn" if item.head.iter().take_while(|token| !token.is("fn")).any(|token| token.is("async")) => {
            Some(format!("`async fn {name}`"))
        }
        "fn" => {
            let result = result(item.head);
            let last = last_segment(result);
            let own = matches!(owner, Owner::Type(owner) if *owner == last) || last == "Self";
            if futures.contains(&last) && !own {
                Some(format!("`fn {name}`, which returns the future `{last}`,"))
            } else {
                returns_some_future(result).then(|| format!("`fn {name}`, which returns a future,"))
            }
        }
        "struct" | "enum" if futures.contains(name) => Some(format!("the future `{name}`")),
        _ => None,
    }
}

/// The docs themselves, or those they include from a file.
fn says_it(house: &House, docs: &str) -> bool {
    docs.lines().map(|line| line.trim().trim_matches('"').trim()).any(|line| {
        let name = line.rsplit('/').next().unwrap_or_default();
        let mut included =
            house.files.iter().filter(|file| name.ends_with(".md") && file.path.ends_with(name));
        line == HEADING || included.any(|file| file.text.contains(HEADING))
    })
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::finding::{assert_found, assert_kept};
    use crate::house::House;

    #[test]
    fn in_this_house_every_public_future_says_what_dropping_it_costs() {
        assert_kept(&check(House::ours()));
    }

    #[test]
    fn public_async_fns_without_the_heading_are_found() {
        let house = House::of(&[
            (
                "crates/core/src/a.rs",
                "/// Waits. Mentions # Cancel safety in a line.
             pub async fn f() {}
             impl<T> A<T> { #[inline] pub(crate) async fn inner() {}
             pub async unsafe fn g(&self) {} }
             pub trait Listen { async fn accept(&self); }",
            ),
            // Another crate's heading does not count.
            (
                "crates/server/src/a.rs",
                "/// # Cancel safety\n/// Safe.\npub struct X;\n\npub async fn f() {}",
            ),
        ]);
        let expected = [
            ("crates/core/src/a.rs", 2, "`async fn f` without"),
            ("crates/core/src/a.rs", 4, "`async fn g` without"),
            ("crates/core/src/a.rs", 5, "`async fn accept` without"),
            ("crates/server/src/a.rs", 5, "`async fn f` without"),
        ];
        assert_found(&check(&house), &expected);
    }

    #[test]
    fn named_futures_and_what_returns_them_are_found() {
        let house = House::of(&[
            (
                "crates/core/src/get.rs",
                "pin_project! {
             /// Waits.
             pub struct Get<T> { inner: T }
             }
             impl<T: Send> core::future::Future for Get<T> where T: for<'a> F<'a> { fn poll() {} }
             pub(crate) struct Hidden; impl Future for Hidden {}",
            ),
            (
                "crates/core/src/queue.rs",
                "impl<T, F: Fn(T) -> u8> Queue<T, F> {
             pub fn get(&self) -> Get<T> where T: Send {}
             pub fn peek<F: Fn() -> (u8, u8)>(&self, f: F) -> crate::get::Get<T> {}
             pub fn put(&self) -> impl Send + Future<Output = ()> {}
             pub fn boxed(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {}
             fn quiet(&self) -> Get<T> {} }
             pub trait Later { fn later(self) -> Get<Self>;
             fn soon(self) -> impl std::future::Future; }",
            ),
        ]);
        let expected = [
            ("crates/core/src/get.rs", 3, "the future `Get` without"),
            ("crates/core/src/queue.rs", 2, "`fn get`, which returns the future `Get`,"),
            ("crates/core/src/queue.rs", 3, "`fn peek`, which returns the future `Get`,"),
            ("crates/core/src/queue.rs", 4, "`fn put`, which returns a future,"),
            ("crates/core/src/queue.rs", 5, "`fn boxed`, which returns a future,"),
            ("crates/core/src/queue.rs", 7, "`fn later`"),
            ("crates/core/src/queue.rs", 8, "`fn soon`"),
        ];
        assert_found(&check(&house), &expected);
    }

    #[test]
    fn what_says_it_or_is_not_public_or_is_no_future_passes() {
        let house = House::of(&[
            (
                "crates/core/src/a.rs",
                r#"
            /// Waits.
            ///
            /// # Cancel safety
            /// Nothing is lost.
            #[must_use]
            #[cfg(unix)]
            pub async fn said() {}

            #[doc = " # Cancel safety"]
            pub async fn said_by_attribute() {}

            #[doc = include_str!("../docs/long.md")]
            pub async fn said_in_a_file() {}

            /**
            Waits.

            # Cancel safety
            Nothing is lost.
            */
            pub struct Get;
            impl Future for Get {}
            impl Get {
                pub fn within(self, d: Duration) -> Self {}
                pub fn patient(self) -> Get {}
            }

            pub fn takes<F: Future>(f: F) -> F::Output where F: Future {}
            pub fn names(f: u8) -> <F as Future>::Output {}
            pub fn returns_nothing(f: impl Future) {}
            pub fn several(&self) -> Option<Get> {}
            pub(crate) async fn inner() {}
            async fn own() {}
            trait Hidden { async fn f(); }
            impl Listen for Tcp { async fn accept(&self) {} fn later(self) -> Get {} }
            impl IntoFuture for &Task { type IntoFuture = Get; fn into_future(self) -> Get {} }
            pub struct NotOne;
            impl<F: Future> Stream for NotOne {}
            // pub async fn commented() {}
            const S: &str = "pub async fn quoted() {}";
            #[cfg(test)] pub async fn tested() {}
            "#,
            ),
            ("crates/core/src/docs/long.md", "Text.\n\n# Cancel safety\nNothing is lost.\n"),
        ]);
        assert_kept(&check(&house));
    }
}
