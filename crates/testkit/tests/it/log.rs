use std::thread;

use greenroom_testkit::LogCapture;
use tracing::{Level, error, info, info_span};

#[test]
fn lines_come_in_order_with_their_fields_and_the_spans_they_were_said_in() {
    let log = LogCapture::of("pantry");
    let outer = info_span!(target: "pantry", "outer", shelf = 1);
    let _entered = outer.enter();
    info!(target: "pantry", left = 2, "running {}", "low");
    {
        let _unheard = info_span!(target: "cellar", "unheard").entered();
        let _inner = info_span!(target: "pantry::deep", "inner").entered();
        error!(target: "pantry", "empty");
    }
    info!(target: "pantry", only = "a field");
    let lines = log.take();
    let shown: Vec<_> = lines.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["INFO running low left=2", "ERROR empty", "INFO only=\"a field\""]);
    assert_eq!((lines[0].level, &*lines[0].target), (Level::INFO, "pantry"));
    assert_eq!(lines[0].spans, ["outer{shelf=1}"]);
    assert_eq!(lines[1].spans, ["outer{shelf=1}", "inner{}"]);
    assert_eq!(lines[2].spans, ["outer{shelf=1}"]);
    assert_eq!(log.spans(), ["outer{shelf=1}", "outer{shelf=1} > inner{}"]);
    assert!(log.take_text().is_empty());
}

#[test]
fn a_line_that_another_thread_was_first_to_write_is_heard_on_this_one() {
    fn write() {
        info!(target: "pantry", "written");
    }
    let log = LogCapture::of("pantry");
    thread::spawn(write).join().unwrap();
    assert!(log.take().is_empty(), "that thread is not heard");
    write();
    assert_eq!(log.take_text(), ["INFO written"]);
    drop(log);
    write();
    assert!(LogCapture::of("pantry").take().is_empty());
}
