//! Nothing public that waits may lack a row: the sources are read, and compared with the tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::{PENDING, ROOMS};

/// A table: what is covered, by which scenario. Each row becomes a test.
macro_rules! rows {
    ($($covered:literal => $scenario:ident,)+) => {
        pub(super) const COVERED: &[&str] = &[$($covered),+];

        mod rows {
            $(
                #[tokio::test(start_paused = true)]
                async fn $scenario() {
                    let polls = super::$scenario().await;
                    assert!(polls > 1, "`{}` was never pending, so its scenario shows nothing", $covered);
                }
            )+
        }
    };
}

/// What waits, by name, and the file it is in.
type Futures = BTreeMap<String, String>;

#[test]
fn every_public_future_has_a_row_and_every_row_has_a_future() {
    let mut sources = BTreeMap::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    read(&root, &root, &mut sources);
    let futures = public_futures(&sources);
    let covered: BTreeSet<_> = ROOMS.iter().flat_map(|room| room.iter().copied()).collect();
    let complaints = complaints(&futures, &covered, PENDING);
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

fn complaints(futures: &Futures, covered: &BTreeSet<&str>, pending: &[&str]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (name, file) in futures {
        if !covered.contains(&**name) && !pending.contains(&&**name) {
            complaints.push(format!(
                "`{name}` (src/{file}) is a public future that is never dropped half-way: \
                 add a row `\"{name}\" => scenario` to the `rows!` of its room in tests/it/cancel"
            ));
        }
    }
    for name in covered.iter().chain(pending).filter(|name| !futures.contains_key(**name)) {
        complaints.push(format!("`{name}` has a row in tests/it/cancel, and there is no such public future"));
    }
    for name in pending.iter().filter(|name| covered.contains(**name)) {
        complaints.push(format!("`{name}` has its row: take it off the list `PENDING`"));
    }
    complaints
}

/// The sources by their path under `src`, without the tests among them.
fn read(root: &Path, folder: &Path, sources: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        if path.is_dir() {
            read(root, &path, sources);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).unwrap();
            sources.insert(path.strip_prefix(root).unwrap().display().to_string(), text);
        }
    }
}

/// Named futures and streams that are `pub`, and public functions that are async or return some future.
fn public_futures(sources: &BTreeMap<String, String>) -> Futures {
    let code: BTreeMap<_, _> = sources.iter().map(|(file, text)| (file, without_comments(text))).collect();
    let public: BTreeSet<_> = code
        .values()
        .flat_map(|code| names_after(code, "pub struct ").chain(names_after(code, "pub enum ")))
        .collect();
    let mut futures = Futures::new();
    for (file, code) in &code {
        let named = names_after(code, "Future for ").chain(names_after(code, "Stream for "));
        let named = named.filter(|name| public.contains(name)).map(str::to_owned);
        for name in named.chain(waiting_functions(code)) {
            futures.insert(name, (*file).clone());
        }
    }
    futures
}

fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect()
}

/// The identifiers that follow the marker, where the marker begins a word: `IntoFuture for` is not `Future for`.
fn names_after<'a>(code: &'a str, marker: &'a str) -> impl Iterator<Item = &'a str> {
    code.match_indices(marker).filter_map(move |(at, _)| {
        let inside_a_word = code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
        let name = identifier(&code[at + marker.len()..]);
        (!inside_a_word && !name.is_empty()).then_some(name)
    })
}

fn identifier(text: &str) -> &str {
    let text = text.trim_start();
    let end = text.find(|at: char| !at.is_alphanumeric() && at != '_').unwrap_or(text.len());
    &text[..end]
}

fn waiting_functions(code: &str) -> Vec<String> {
    let mut functions = Vec::new();
    // Formatted code: an item that is not within another begins its line.
    for item in split_at_items(code) {
        let owner = if item.starts_with("impl") { owner_of(item) } else { None };
        let asynchronous = names_after(item, "pub async fn ");
        let returning = item.match_indices("pub fn ").filter_map(|(at, _)| {
            let signature = item[at..].split(['{', ';']).next()?;
            let output = signature.rsplit_once("-> impl ")?.1;
            ["Future", "Stream"]
                .iter()
                .any(|name| output.starts_with(name))
                .then(|| identifier(&signature[7..]))
        });
        functions.extend(asynchronous.chain(returning).map(|name| match &owner {
            Some(owner) => format!("{owner}::{name}"),
            None => name.to_owned(),
        }));
    }
    functions
}

fn split_at_items(code: &str) -> Vec<&str> {
    let starts = code.match_indices('\n').map(|(at, _)| at + 1);
    let starts =
        starts.filter(|at| code[*at..].starts_with(|first: char| first.is_alphabetic() || first == '#'));
    let mut bounds: Vec<_> = std::iter::once(0).chain(starts).collect();
    bounds.push(code.len());
    bounds.windows(2).map(|pair| &code[pair[0]..pair[1]]).collect()
}

/// The type that an `impl` is for.
fn owner_of(item: &str) -> Option<String> {
    let header = item.split('{').next()?.strip_prefix("impl")?;
    let mut depth = 0;
    let after_generics = header.find(|at: char| {
        depth += i32::from(at == '<') - i32::from(at == '>');
        depth == 0
    })?;
    let rest = if header.starts_with('<') { &header[after_generics + 1..] } else { header };
    let target = rest.split_once(" for ").map_or(rest, |(_, target)| target);
    Some(identifier(target).to_owned())
}

mod of_itself {
    use super::*;

    fn found(code: &str) -> Vec<String> {
        public_futures(&[("room/file.rs".to_owned(), code.to_owned())].into()).into_keys().collect()
    }

    #[test]
    fn a_new_future_without_a_row_is_a_complaint_that_says_what_to_do() {
        let futures = [("Nap".to_owned(), "bed/nap.rs".to_owned())].into();
        let complaints = complaints(&futures, &BTreeSet::new(), &[]);
        assert_eq!(complaints.len(), 1);
        assert!(complaints[0].contains("`Nap` (src/bed/nap.rs)") && complaints[0].contains("add a row"));
    }

    #[test]
    fn rows_of_what_is_gone_and_pending_ones_that_have_arrived_are_complaints() {
        let futures = [("Nap".to_owned(), "bed/nap.rs".to_owned())].into();
        assert_eq!(complaints(&futures, &["Nap", "Doze"].into(), &[]).len(), 1);
        assert_eq!(complaints(&futures, &["Nap"].into(), &["Nap"]).len(), 1);
        assert!(complaints(&futures, &BTreeSet::new(), &["Nap"]).is_empty());
    }

    #[test]
    fn named_futures_and_streams_are_found_and_others_are_not() {
        let code = "
pub struct Nap<T>(T);
pub struct Snores;
pub(crate) struct Secret;
pub struct Bed;
impl<T: Clone> Future for Nap<T> {}
impl<T>
    Stream for Snores {}
impl Future for Secret {}
impl IntoFuture for Bed {}
// impl Future for Bed {}
";
        assert_eq!(found(code), ["Nap", "Snores"]);
    }

    #[test]
    fn functions_that_wait_are_found_with_their_type() {
        let code = "
impl<T: Into<u8>, F> Bed<T, F> {
    pub async fn sleep(&self) {}
    async fn toss(&self) {}
    pub fn dream(
        &self,
        body: impl Fn() -> F,
    ) -> impl Future<Output = ()> + Send {
    }
    pub fn make(&self, f: impl Future) -> u8 {}
    pub(crate) async fn hidden(&self) {}
}
impl Wake for Clock { fn wake() {} }
pub async fn yawn() {}
";
        assert_eq!(found(code), ["Bed::dream", "Bed::sleep", "yawn"]);
    }
}
