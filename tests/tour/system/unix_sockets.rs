//! `unix_sockets`.

use crate::program::run;

#[tokio::test]
async fn unix_sockets_answers_who_has_sent_all_and_leaves_no_file() {
    let lines = run("unix_sockets").await;
    assert_eq!(
        lines[..4],
        [
            "the file is there: true",
            "2 lines with 32 letters",
            "1 lines with 8 letters",
            "0 lines with 0 letters",
        ]
    );
    assert!(lines[4].starts_with("stopped in "), "{}", lines[4]);
    assert_eq!(lines[5..], ["the file is there: false"]);
}
