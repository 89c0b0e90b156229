//! `docs/gevent.md` and the doc aliases of the sources say the same.
//!
//! A row of a table whose first column is headed `gevent` claims: these names of gevent are those items of ours. So
//!
//! 1. each item it names is public;
//! 2. each gevent name is the name, or a doc alias, of one of these items, so that searching the API docs for it leads
//!    there;
//! 3. each doc alias in the sources is a gevent name in a row that names the aliased item, or one of the few that come
//!    from elsewhere;
//! 4. each name of gevent's chapters has a row, and a row without an item of ours says why.

// The reader of sources is that of the architecture test.
macro_rules! reader {
    ($($name:ident $path:literal),*) => {$(
        #[path = $path]
        #[allow(dead_code, reason = "the architecture test uses all of it")]
        mod $name;
    )*};
}
reader!(house "architecture/house.rs", items "architecture/items.rs", lexer "architecture/lexer.rs",
    signatures "architecture/signatures.rs", test_code "architecture/test_code.rs");

use std::collections::BTreeMap;

use house::House;
use items::{Access, Item, items};
use lexer::Token;
use signatures::{implemented, self_type};

const PAGE: &str = include_str!("../docs/gevent.md");

/// Aliases that are no names of gevent.
const FROM_ELSEWHERE: &[(&str, &str)] = &[
    ("EventSource", "the browser's name for the other end"),
    ("Last-Event-ID", "the header"),
    ("Origin", "the header"),
    ("Sec-WebSocket-Protocol", "the header"),
    ("text/event-stream", "the media type"),
    ("get_objects", "Python's gc, by which gevent users walk all greenlets"),
    ("inherit", "what one looks for"),
    ("iter", "std"),
    ("scope", "tokio's task-locals"),
    ("task_local", "tokio"),
    ("thread_local", "std"),
    ("write_line", "what one looks for"),
];

/// gevent's chapters: a prefix, and the names after it.
const CHAPTERS: &[(&str, &str)] = &[
    (
        "gevent.",
        "spawn spawn_later spawn_raw sleep idle kill killall joinall wait iwait Timeout with_timeout get_hub getcurrent \
         reinit fork config getswitchinterval setswitchinterval signal_handler",
    ),
    (
        "Greenlet.",
        "spawn spawn_later start start_later add_spawn_callback remove_spawn_callback started dead ready successful value \
         exception exc_info get join kill throw rawlink link link_value link_exception unlink unlink_all minimal_ident name \
         spawning_greenlet spawning_stack spawn_tree_locals",
    ),
    ("Timeout.", "exception start start_new cancel close pending"),
    ("Event.", "is_set isSet ready set clear wait rawlink unlink linkcount"),
    (
        "AsyncResult.",
        "ready successful value exception exc_info done set set_exception get get_nowait result wait cancel cancelled \
         rawlink unlink",
    ),
    (
        "Queue.",
        "maxsize put get peek peek_nowait put_nowait get_nowait qsize empty full task_done join shutdown copy \
         unfinished_tasks",
    ),
    ("Channel.", "put get put_nowait get_nowait balance qsize empty full"),
    ("Group.", "add discard start spawn join kill killone full wait_available greenlet_class"),
    ("Pool.", "spawn add start full free_count wait_available discard kill"),
    ("Group.", "apply apply_cb apply_async map map_cb map_async imap imap_unordered"),
    ("Semaphore.", "acquire release wait locked ready counter rawlink"),
    ("BoundedSemaphore.", "release"),
    ("RLock.", "acquire release locked"),
    ("ThreadPool.", "spawn maxsize size join kill apply apply_async map imap imap_unordered"),
    (
        "BaseServer.",
        "min_delay max_delay max_accept stop_timeout fatal_errors handle spawn start started closed stop close \
         serve_forever address server_host server_port family is_fatal_error do_read do_handle do_close init_socket \
         set_listener set_spawn set_handle get_listener",
    ),
    ("StreamServer.", "backlog reuse_addr"),
    (
        "",
        "Greenlet GreenletExit Timeout with_timeout Event AsyncResult Queue JoinableQueue SimpleQueue PriorityQueue LifoQueue \
         UnboundQueue Channel Empty Full ShutDown Group Pool PoolFull Semaphore BoundedSemaphore DummySemaphore RLock local \
         ThreadPool ThreadResult ThreadPoolExecutor BaseServer StreamServer DatagramServer",
    ),
];

/// A row of a table of the page.
#[derive(Debug)]
struct Row {
    line: usize,
    /// As written, without parameters: `Greenlet.kill`.
    names: Vec<String>,
    /// The names of the parameters, which may be aliases too.
    parameters: Vec<String>,
    /// `AnyTask::kill`, `spawn`; without those of tokio and std.
    ours: Vec<String>,
    /// What stands in the second and third column.
    counterpart: String,
    remark: String,
}

/// The rows of the tables whose first column is headed `gevent`, and whose second is ours.
fn rows(page: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut counts = false;
    for (number, line) in page.lines().enumerate() {
        let line = line.replace("\\|", "¦");
        let Some(cells) = line.strip_prefix('|').and_then(|line| line.strip_suffix('|')) else {
            counts = false;
            continue;
        };
        let cells: Vec<&str> = cells.split('|').map(str::trim).collect();
        if let ["gevent", "Greenroom", _] = cells[..] {
            counts = true;
        } else if counts && !cells[0].starts_with("---") {
            let [gevent, ours, remark] = cells[..] else {
                panic!("line {}: a row of three cells was expected", number + 1)
            };
            let (names, parameters): (Vec<_>, Vec<_>) =
                quoted(gevent).filter_map(|name| name_and_parameters(&name)).unzip();
            rows.push(Row {
                line: number + 1,
                names,
                parameters: parameters.concat(),
                ours: quoted(ours)
                    .filter(|path| {
                        !["tokio::", "std::", "futures_util::"].iter().any(|head| path.starts_with(head))
                    })
                    .collect(),
                counterpart: ours.to_owned(),
                remark: remark.to_owned(),
            });
        }
    }
    rows
}

/// What stands between backticks.
fn quoted(cell: &str) -> impl Iterator<Item = String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned)
}

/// `kill(exception, block=True)` taken apart. Nothing for prose, which has blanks before any bracket.
fn name_and_parameters(text: &str) -> Option<(String, Vec<String>)> {
    let (name, rest) = text.split_once('(').unwrap_or((text, ""));
    let parameters = rest.trim_end_matches(')').split(',');
    let parameters = parameters.map(|parameter| parameter.split('=').next().unwrap_or_default().trim());
    let parameters = parameters.filter(|parameter| !parameter.is_empty()).map(str::to_owned).collect();
    (!name.contains(char::is_whitespace)).then(|| (name.to_owned(), parameters))
}

/// The last part of a dotted name.
fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// The public items by path, with their doc aliases: `spawn`, `Queue`, `Queue::get`, `TryGetError::Empty`.
type Items = BTreeMap<String, Vec<String>>;

fn public_items(house: &House) -> Items {
    let mut found = Items::new();
    for file in house.rust() {
        collect(&file.code, None, false, &mut found);
    }
    found
}

/// `all_public`: they have no visibility of their own, as the variants of an enum.
fn collect(tokens: &[Token], owner: Option<&str>, all_public: bool, found: &mut Items) {
    for item in items(tokens) {
        let body = item.body.unwrap_or_default();
        match item.kind {
            "impl" if implemented(&item).is_none() => {
                collect(body, Some(&self_type(item.head)), false, found)
            }
            "impl" | "use" | "mod" | "macro_rules" => {}
            // Such as `pin_project!`, which has items inside.
            "macro" => collect(body, owner, false, found),
            _ if all_public || item.access == Access::Everyone => {
                let path = owner.map_or(item.name.to_owned(), |owner| format!("{owner}::{}", item.name));
                found.entry(path).or_default().extend(aliases(&item));
                if owner.is_none() && matches!(item.kind, "enum" | "trait" | "struct") {
                    collect(body, Some(item.name), item.kind != "struct", found);
                }
            }
            _ => {}
        }
    }
}

/// The reader keeps the texts in attributes with their quotes, each in a line of its own; the text of a doc comment
/// begins with a blank.
fn aliases(item: &Item<'_>) -> Vec<String> {
    let texts = item.docs.lines().filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    texts.map(str::to_owned).collect()
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Whether somebody who searches for this name of gevent is led to this item.
fn leads_to(name: &str, path: &str, items: &Items) -> bool {
    let own = path.rsplit("::").next().unwrap_or(path);
    // Python's protocols (`__enter__`) are not what one searches for.
    last(name).starts_with("__")
        || same(own, last(name))
        || items[path].iter().any(|alias| same(alias, last(name)) || same(alias, name))
}

/// Where page and sources disagree: rules 1 to 3.
fn disagreements(page: &str, items: &Items, from_elsewhere: &[&str]) -> Vec<String> {
    let rows = rows(page);
    let mut found = Vec::new();
    for row in &rows {
        let (known, unknown): (Vec<_>, Vec<_>) = row.ours.iter().partition(|path| items.contains_key(*path));
        found.extend(unknown.iter().map(|path| format!("line {}: there is no public `{path}`", row.line)));
        for name in row.names.iter().filter(|_| !known.is_empty()) {
            if !known.iter().any(|path| leads_to(name, path, items)) {
                found.push(format!("line {}: `{name}` is no alias of any of {known:?}", row.line));
            }
        }
        if row.ours.is_empty() && row.remark.is_empty() && !row.counterpart.contains('`') {
            found.push(format!("line {}: no counterpart, and no word why", row.line));
        }
    }
    let mut elsewhere = from_elsewhere.to_vec();
    for (path, aliases) in items {
        for alias in aliases {
            if let Some(at) = from_elsewhere.iter().position(|name| name == alias) {
                elsewhere[at] = "";
                continue;
            }
            let claimed = rows.iter().filter(|row| row.ours.contains(path)).any(|row| {
                let names = row.names.iter().chain(&row.parameters);
                names.into_iter().any(|name| same(name, alias) || same(last(name), alias))
            });
            if !claimed {
                found.push(format!("`{path}` has the alias `{alias}`, and no row says so"));
            }
        }
    }
    elsewhere.retain(|name| !name.is_empty());
    found.extend(elsewhere.iter().map(|name| format!("`{name}`, from elsewhere, is no alias of anything")));
    found
}

/// The names of the chapters that no row has: rule 4.
fn missing(page: &str, chapters: &[(&str, &str)]) -> Vec<String> {
    let rows = rows(page);
    let names = chapters
        .iter()
        .flat_map(|(prefix, names)| names.split_whitespace().map(move |name| format!("{prefix}{name}")));
    names.filter(|name| !rows.iter().any(|row| row.names.contains(name))).collect()
}

#[test]
fn the_table_and_the_aliases_agree() {
    let from_elsewhere: Vec<&str> = FROM_ELSEWHERE.iter().map(|(name, _)| *name).collect();
    let found = disagreements(PAGE, &public_items(House::ours()), &from_elsewhere);
    assert!(found.is_empty(), "{} disagreements:\n  {}", found.len(), found.join("\n  "));
}

#[test]
fn every_name_of_gevent_s_chapters_has_a_row() {
    let missing = missing(PAGE, CHAPTERS);
    assert!(missing.is_empty(), "without a row: {missing:?}");
}

#[test]
fn the_reader_finds_items_aliases_and_rows() {
    let items = public_items(&fixture());
    let paths: Vec<&str> = items.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        ["Empty", "Empty::Nothing", "Kill", "Room", "Room::enter", "Seat", "Task", "Task::kill", "spawn"]
    );
    assert_eq!(items["Task"], ["Greenlet"]);
    assert_eq!(items["Task::kill"], ["gevent.kill", "throw", "block"]);
    assert!(rows(GOOD).iter().map(|row| row.line).eq([4, 5, 6]));
    assert_eq!(rows(GOOD)[1].names, ["Greenlet.kill", "gevent.kill", "throw"]);
    assert_eq!(rows(GOOD)[1].parameters, ["exception", "block"]);
}

#[test]
fn a_page_that_agrees_passes() {
    assert_eq!(disagreements(GOOD, &public_items(&fixture()), &["inherit"]), [""; 0]);
    assert_eq!(missing(GOOD, &[("Greenlet.", "kill"), ("", "Greenlet")]), [""; 0]);
}

#[test]
fn every_kind_of_disagreement_is_found() {
    let bad = GOOD
        .replace("`Task`,", "`Job`,")
        .replace("`throw`", "`shoot`")
        .replace("| *none* | There is no hub |", "| *none* | |");
    let items = public_items(&fixture());
    assert_eq!(
        disagreements(&bad, &items, &["inherit", "scope"]),
        [
            "line 4: there is no public `Job`",
            "line 4: `Greenlet` is no alias of any of [\"spawn\"]",
            "line 5: `shoot` is no alias of any of [\"Task::kill\"]",
            "line 6: no counterpart, and no word why",
            "`Task` has the alias `Greenlet`, and no row says so",
            "`Task::kill` has the alias `throw`, and no row says so",
            "`scope`, from elsewhere, is no alias of anything",
        ]
    );
    assert_eq!(missing(&bad, &[("Greenlet.", "kill join"), ("", "throw")]), ["Greenlet.join", "throw"]);
}

const GOOD: &str = "
| gevent | Greenroom | What differs, and why |
|---|---|---|
| `Greenlet` | `Task`, `spawn` | |
| `Greenlet.kill(exception, block=True)`, `gevent.kill`, `throw` | `Task::kill` | It waits: `a \\| b` |
| `get_hub` | *none* | There is no hub |

| Situation | gevent | Greenroom |
|---|---|---|
| `killed` | dead | `Nonsense` |
";

fn fixture() -> House {
    House::of(&[
        (
            "crates/core/src/task.rs",
            r#"
            /// "Quoted" words.
            #[doc(alias = "Greenlet")]
            pub struct Task<T>(T);
            impl<T> Task<T> {
                #[doc(alias("gevent.kill", "throw"))]
                #[doc(alias = "block")]
                pub fn kill(&self) {}
                #[doc(alias = "hidden")]
                pub(crate) fn inner(&self) {}
            }
            impl Clone for Task<()> { fn clone(&self) -> Self { Task(()) } }
            #[doc(alias = "inherit")]
            pub fn spawn() {}
            #[cfg(test)]
            mod tests { pub fn tested() {} }
            "#,
        ),
        (
            "crates/core/src/seat.rs",
            r#"
            pin_project! { pub struct Seat { a: u8 } }
            pub enum Empty { Nothing }
            pub trait Room { fn enter(); }
            pub struct Kill { inside: u8 }
            "#,
        ),
    ])
}
