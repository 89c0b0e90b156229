//! What the headings of a page are called in a link.

use std::collections::BTreeMap;

use crate::fences::prose;

/// As GitHub and mdBook agree: lower case, letters, digits, `-` and `_`, a hyphen for a space; and a number behind what comes again.
pub(crate) fn anchors(page: &str) -> Vec<String> {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    let prose = prose(page);
    let headings = prose.lines().filter_map(|line| {
        let text = line.trim_start_matches('#');
        (text.len() < line.len()).then(|| text.strip_prefix(' ')).flatten()
    });
    let mut anchors = Vec::new();
    for heading in headings {
        let anchor = anchor(heading.trim());
        let seen = times.entry(anchor.clone()).or_default();
        anchors.push(if *seen == 0 { anchor } else { format!("{anchor}-{seen}") });
        *seen += 1;
    }
    anchors
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        '-' | '_' => Some(letter),
        _ => letter.is_alphanumeric().then_some(letter),
    });
    kept.flat_map(char::to_lowercase).collect()
}

#[test]
fn headings_are_called_as_in_a_browser() {
    let page = "# Why not `abort`?\n\n## A limit, for clean-ups\n```sh\n# no heading\n```\n### Kill\n### Kill\n#hash";
    assert_eq!(anchors(page), ["why-not-abort", "a-limit-for-clean-ups", "kill", "kill-1"]);
}
