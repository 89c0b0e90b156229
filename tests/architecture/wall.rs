//! Rule: a source file has at most so many lines of code. Blank lines and comments are free, docs too.

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::house::{House, Source};
use crate::lexer::Kind;

pub(crate) fn check(house: &House, wall: usize, long_tables: &[&str]) -> Vec<Finding> {
    let over = house.rust().filter_map(|file| {
        let lines = lines_of_code(file);
        let free = long_tables.contains(&file.path.as_str());
        (lines > wall && !free).then(|| {
            Finding::new(
                &file.path,
                0,
                format!("{lines} lines of code, the wall stands at {wall}: split it by concern"),
            )
        })
    });
    over.collect()
}

/// Lines on which some code stands. A string counts with all its lines.
fn lines_of_code(file: &Source) -> usize {
    let code = file.tokens.iter().filter(|token| !matches!(token.kind, Kind::Doc | Kind::InnerDoc));
    code.flat_map(|token| token.line..=token.last_line).collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::finding::{assert_found, assert_kept};
    use crate::house::House;
    use crate::plan::{LONG_TABLES, WALL};

    #[test]
    fn in_this_house_no_file_is_over_the_wall() {
        assert_kept(&check(House::ours(), WALL, LONG_TABLES));
    }

    #[test]
    fn a_file_over_the_wall_is_found() {
        let at_the_wall = "fn f() {}\n".repeat(WALL);
        let house = House::of(&[
            ("crates/core/src/a.rs", at_the_wall.clone()),
            ("crates/core/src/b.rs", at_the_wall + "const S: &str = \"\n\n\";"),
        ]);
        assert_found(&check(&house, WALL, &[]), &[("crates/core/src/b.rs", 0, "403 lines of code")]);
    }

    #[test]
    fn blank_lines_comments_docs_and_declared_tables_are_free() {
        let free = "\n// why\n/// what\n/* so\n * much\n */\n   \n";
        let house = House::of(&[
            ("crates/core/src/a.rs", "fn f() {}\n".repeat(WALL) + &free.repeat(WALL)),
            ("crates/core/src/table.rs", "const N: u8 = 1;\n".repeat(WALL * 2)),
        ]);
        assert_kept(&check(&house, WALL, &["crates/core/src/table.rs"]));
    }
}
