//! Which module a path leads to, within one crate; and every arrow from module to module.

use std::collections::{BTreeMap, BTreeSet};

use crate::house::{House, Source, below};
use crate::items::group_end;
use crate::lexer::Token;
use crate::paths::{leaves, uses};

/// The modules of one crate, and the names each of them brings in from others.
#[derive(Debug)]
pub(crate) struct Rooms<'a> {
    files: Vec<&'a Source>,
    modules: BTreeSet<&'a str>,
    /// module → name → path from the crate's root.
    imports: BTreeMap<&'a str, BTreeMap<String, Vec<String>>>,
    /// Exported macros stand at the crate's root, whatever file defines them.
    macros: BTreeMap<&'a str, &'a str>,
}

/// A file names something of another module.
#[derive(Debug, Clone)]
pub(crate) struct Arrow<'a> {
    pub(crate) from: &'a Source,
    pub(crate) line: usize,
    /// The module where the name is defined; empty for a glob of the crate's root.
    pub(crate) to: String,
}

impl<'a> Rooms<'a> {
    pub(crate) fn of(house: &'a House, krate: &str) -> Self {
        let files: Vec<&Source> = house.rust().filter(|file| file.krate == krate).collect();
        let modules = files.iter().map(|file| file.module.as_str()).collect();
        let mut rooms = Self { files, modules, imports: BTreeMap::new(), macros: BTreeMap::new() };
        for file in rooms.files.clone() {
            let mut imports = BTreeMap::new();
            for leaf in uses(&file.code).iter().flat_map(|one| &one.leaves) {
                if let Some(path) = rooms.rooted(&file.module, &leaf.path).filter(|_| !leaf.glob) {
                    imports.insert(leaf.name.clone(), path);
                }
            }
            rooms.imports.insert(&file.module, imports);
            let exported = |at: usize| file.code[at].is("macro_export");
            for at in (0..file.code.len()).filter(|&at| exported(at)) {
                let rules = file.code[at..].windows(3).find(|three| three[0].is("macro_rules"));
                rooms.macros.extend(rules.map(|three| (three[2].text.as_str(), file.module.as_str())));
            }
        }
        rooms
    }

    /// A path as written in this module, from the crate's root; `None` where it leads into another crate.
    fn rooted(&self, module: &str, path: &[String]) -> Option<Vec<String>> {
        let split =
            |module: &str| module.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let mut from: Vec<String> = split(module);
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => {
                from.clear();
                rest = &path[1..];
            }
            "self" => rest = &path[1..],
            "super" => {}
            child if self.modules.contains(below(module, child).as_str()) => {}
            _ => return None,
        }
        while let ["super", ..] = rest.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            from.pop();
            rest = &rest[1..];
        }
        from.extend_from_slice(rest);
        Some(from)
    }

    /// The module that defines what this path from the root names, and the name there (none for a module).
    pub(crate) fn resolve(&self, path: &[String]) -> Option<(String, Option<String>)> {
        let mut path = path.to_vec();
        // A chain of re-exports is short; a longer one is a circle of names that the compiler refuses.
        for _ in 0..16 {
            let mut module = String::new();
            let mut depth = 0;
            while let Some(name) = path.get(depth) {
                let child = below(&module, name);
                if !self.modules.contains(child.as_str()) {
                    break;
                }
                module = child;
                depth += 1;
            }
            let Some(name) = path.get(depth) else { return Some((module, None)) };
            let import = self.imports.get(module.as_str()).and_then(|names| names.get(name));
            match import {
                Some(target) if *target != path => path = [target, &path[depth + 1..]].concat(),
                _ if module.is_empty() => {
                    let module = self.macros.get(name.as_str())?;
                    return Some(((*module).to_owned(), Some(name.clone())));
                }
                _ => return Some((module, Some(name.clone()))),
            }
        }
        None
    }

    /// The module and the name that a path written in this module leads to.
    pub(crate) fn find(&self, module: &str, path: &[String]) -> Option<(String, Option<String>)> {
        self.resolve(&self.rooted(module, path)?)
    }

    /// Every path in the crate's code that begins with `crate::` or `super::`. The crate's root has none: it is the door.
    pub(crate) fn arrows(&self) -> Vec<Arrow<'a>> {
        let files = self.files.iter().filter(|file| !file.module.is_empty());
        files.flat_map(|file| self.arrows_from(file)).collect()
    }

    fn arrows_from(&self, file: &'a Source) -> Vec<Arrow<'a>> {
        let mut arrows = Vec::new();
        let mut inline: Vec<(String, usize)> = vec![(file.module.clone(), usize::MAX)];
        let is = |at: usize, text: &str| file.code.get(at).is_some_and(|token: &Token| token.is(text));
        for at in 0..file.code.len() {
            inline.retain(|(_, end)| at <= *end);
            let module = inline.last().map_or("", |(module, _)| module.as_str());
            if is(at, "mod") && is(at + 2, "{") {
                let inner = below(module, &file.code[at + 1].text);
                inline.push((inner, group_end(&file.code, at + 2)));
            } else if (is(at, "crate") || is(at, "super"))
                && is(at + 1, "::")
                && !(at > 0 && is(at - 1, "::"))
            {
                for leaf in leaves(&file.code[at..]) {
                    let Some(path) = self.rooted(module, &leaf.path) else { continue };
                    let found = if path.is_empty() {
                        leaf.glob.then_some((String::new(), None))
                    } else {
                        self.resolve(&path)
                    };
                    arrows.extend(found.map(|(to, _)| Arrow { from: file, line: leaf.line, to }));
                }
            }
        }
        arrows
    }
}

#[cfg(test)]
mod tests {
    use super::Rooms;
    use crate::house::House;

    #[test]
    fn arrows_are_seen_through_doors_and_groups_and_supers() {
        let house = House::of(&[
            ("crates/core/src/lib.rs", "mod a; mod b; mod c; pub use b::Bee; pub use c::deep::Sea as Ocean;"),
            (
                "crates/core/src/a.rs",
                "use crate::{Bee, c::{self, Sea}}; fn f() { let _ = crate::Ocean::<u8>::new; }",
            ),
            ("crates/core/src/b/mod.rs", "mod bee; pub use bee::Bee; use super::c::Sea;"),
            ("crates/core/src/b/bee.rs", "use super::super::a::X; pub(crate) struct Bee; use super::Y; "),
            ("crates/core/src/c/mod.rs", "mod deep; pub use self::deep::Sea; // crate::a::X"),
            (
                "crates/core/src/c/deep.rs",
                "const S: &str = \"crate::a\"; mod inner { use super::super::super::b::Bee; }
                 #[cfg(test)] mod tests { use crate::a::X; }
                 #[macro_export] macro_rules! wave { () => { $crate::wave!() } }",
            ),
        ]);
        let arrows = Rooms::of(&house, "core").arrows();
        let seen: Vec<_> =
            arrows.iter().map(|arrow| (arrow.from.module.as_str(), arrow.to.as_str())).collect();
        assert_eq!(
            seen,
            [
                ("a", "b/bee"),
                ("a", "c"),
                ("a", "c/deep"),
                ("a", "c/deep"),
                ("b", "c/deep"),
                ("b/bee", "a"),
                ("b/bee", "b"),
                ("c/deep", "b/bee"),
                ("c/deep", "c/deep"),
            ]
        );
    }
}
