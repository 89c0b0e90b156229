//! Every link within the repository leads to a file, and to a heading of it.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::anchors::anchors;
use crate::fences::prose;
use crate::page::{DOCS, assert_none, pages, root};

/// Where links lead, pictures included; not those in code, which are none.
pub(crate) fn links(page: &str) -> Vec<String> {
    let text = without_code(&prose(page));
    let behind = text.split("](").skip(1);
    behind.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.to_owned()).collect()
}

/// Without what stands between backticks, as many at its end as at its beginning.
fn without_code(text: &str) -> String {
    let mut left = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        left.push_str(&rest[..start]);
        let ticks = rest[start..].len() - rest[start..].trim_start_matches('`').len();
        let behind = &rest[start + ticks..];
        rest = match end_of_code(behind, ticks) {
            Some(end) => &behind[end..],
            None => behind,
        };
    }
    left + rest
}

/// Behind the next run of just so many backticks.
fn end_of_code(text: &str, ticks: usize) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = text[from..].find('`') {
        let start = from + found;
        let run = text[start..].len() - text[start..].trim_start_matches('`').len();
        from = start + run;
        if run == ticks {
            return Some(from);
        }
    }
    None
}

/// The path from the root; `None` if it leads out of the repository.
fn resolve(target: &str) -> Option<PathBuf> {
    let mut path = PathBuf::from(DOCS);
    for component in Path::new(target).components() {
        match component {
            Component::ParentDir => path.pop().then_some(())?,
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

fn complaints(pages: &BTreeMap<String, String>, exists: impl Fn(&Path) -> bool) -> Vec<String> {
    let mut complaints = Vec::new();
    for (name, text) in pages {
        for link in links(text).iter().filter(|link| !link.contains("://")) {
            if let Some(wrong) = wrong(name, link, pages, &exists) {
                complaints.push(format!("{DOCS}/{name}: the link to `{link}` {wrong}"));
            }
        }
    }
    complaints
}

fn wrong(
    name: &str,
    link: &str,
    pages: &BTreeMap<String, String>,
    exists: impl Fn(&Path) -> bool,
) -> Option<&'static str> {
    let (file, heading) = link.split_once('#').map_or((link, None), |(file, heading)| (file, Some(heading)));
    let file = if file.is_empty() { name } else { file };
    let Some(path) = resolve(file) else { return Some("leads out of the repository") };
    if !exists(&path) {
        return Some("leads nowhere");
    }
    let heading = heading?;
    match pages.get(file) {
        None => Some("names a heading of what is no page of the book"),
        Some(page) if anchors(page).iter().any(|anchor| anchor == heading) => None,
        Some(_) => Some("names a heading that is not there"),
    }
}

#[test]
fn every_link_in_the_book_leads_to_a_file_and_to_a_heading_of_it() {
    assert_none(&complaints(&pages(), |path| root().join(path).exists()));
}

#[test]
fn a_link_that_leads_nowhere_is_found_and_one_in_code_is_none() {
    let page = "# Here\n[a](#here) [b](#there) [`c`](b.md) [d\nd](b.md#far) [e](../../f) ![g](g.png) `[h](h.md)` \
                [i](../x.rs#here) [j](https://example.org/)\n```text\n[k](k.md)\n```";
    let pages = [("a.md", page), ("b.md", "## Near")].map(|(name, text)| (name.to_owned(), text.to_owned()));
    let found = complaints(&pages.into(), |path| {
        [Path::new("docs/a.md"), Path::new("docs/b.md"), Path::new("x.rs")].contains(&path)
    });
    let links: Vec<_> = found.iter().map(|complaint| complaint.split('`').nth(1).unwrap()).collect();
    assert_eq!(links, ["#there", "b.md#far", "../../f", "g.png", "../x.rs#here"]);
}
