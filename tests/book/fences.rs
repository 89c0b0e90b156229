//! Blocks of code, and the prose between them.

/// A block of code between two lines of backticks.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fence<'a> {
    /// What stands behind the opening backticks: `rust,no_run`.
    pub(crate) tag: &'a str,
    pub(crate) code: Vec<&'a str>,
    /// Of its opening, from 1.
    pub(crate) line: usize,
}

impl Fence<'_> {
    /// Whether rustdoc takes it for Rust, as it does where nothing is said.
    pub(crate) fn is_rust(&self) -> bool {
        let mut words = self.tag.split(',').map(str::trim);
        words.all(|word| {
            ["", "rust", "no_run", "ignore", "should_panic", "compile_fail"].contains(&word)
                || word.starts_with("edition")
        })
    }

    pub(crate) fn is_ignored(&self) -> bool {
        self.tag.split(',').any(|word| word.trim() == "ignore")
    }
}

pub(crate) fn fences(page: &str) -> Vec<Fence<'_>> {
    parts(page).1
}

/// The page without its blocks of code.
pub(crate) fn prose(page: &str) -> String {
    parts(page).0.join("\n")
}

fn parts(page: &str) -> (Vec<&str>, Vec<Fence<'_>>) {
    let (mut prose, mut fences) = (Vec::new(), Vec::new());
    let mut open: Option<Fence<'_>> = None;
    for (number, line) in page.lines().enumerate() {
        let mark = line.trim_start().strip_prefix("```");
        match (open.take(), mark) {
            (None, Some(tag)) => open = Some(Fence { tag: tag.trim(), code: Vec::new(), line: number + 1 }),
            (None, None) => prose.push(line),
            (Some(fence), Some("")) => fences.push(fence),
            (Some(mut fence), _) => {
                fence.code.push(line);
                open = Some(fence);
            }
        }
    }
    assert_eq!(open, None, "a block of code does not end");
    (prose, fences)
}

#[test]
fn blocks_of_code_are_told_from_prose_and_rust_from_the_rest() {
    let page = "before\n```rust,no_run\nfn main() {}\n```\nbetween\n```toml\n[a]\n```\n```\nlet bare = 1;\n```\nafter";
    assert_eq!(prose(page), "before\nbetween\nafter");
    let found = fences(page);
    assert_eq!(found.iter().map(Fence::is_rust).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!((found[1].code.as_slice(), found[1].line), (&["[a]"][..], 6));
}
