//! SIGTERM while other people's clients are at work: what was begun is finished.

use crate::example::Example;
use crate::foreign::{run, switched_on};
use crate::running::Running;

#[test]
fn h2load_gets_the_answers_that_it_has_asked_for() {
    if !switched_on("http_drain: h2load_gets_the_answers_that_it_has_asked_for") {
        return;
    }
    for path in ["/", "/count/100"] {
        let server = Example::start(if path == "/" { "http_hello" } else { "http_streaming" });
        let url = format!("http://{}{path}", server.address());
        let mut h2load = Running::start("h2load", &["-n", "20000", "-c", "10", "-m", "10", &url]);
        h2load.wait_for("progress: 10% done");
        let said = server.ends_well();
        assert!(said.contains("0 killed, 0 cut off"), "{said}");
        let (_, said) = h2load.end();
        let line = said.lines().find_map(|line| line.strip_prefix("requests: "));
        let line = line.unwrap_or_else(|| panic!("no report: {said}"));
        let number = |what: &str| {
            let word = line.split(", ").find_map(|part| part.strip_suffix(what));
            word.and_then(|number| number.trim().parse::<u64>().ok())
        };
        // What it had no chance to ask for any more it counts as failed; and as started, where it wanted to ask while the server
        // was saying goodbye. What it did ask, on at most 100 streams at a time, has an answer.
        let (started, succeeded) =
            (number("started").expect("a number"), number("succeeded").expect("a number"));
        assert!(succeeded > 0 && started - succeeded <= 100, "{line}");
        assert!(said.contains(&format!("status codes: {succeeded} 2xx, 0 3xx, 0 4xx, 0 5xx")), "{said}");
    }
}

/// Some keep their connection and some do not. It is the first to send SIGTERM, when there is much under way. An answer of which
/// something came must come whole; a request of which nothing came was not begun, and may be sent again elsewhere.
const PYTHON: &str = r#"
import http.client, os, signal, sys, threading
host, port, pid = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
whole = b"".join(b"%d\n" % n for n in range(1, 5001))
lock, answers, broken = threading.Lock(), [0], []

def client(keeps):
    connection = None
    while True:
        connection = connection or http.client.HTTPConnection(host, port, timeout=60)
        try:
            connection.request("GET", "/count/5000", headers={} if keeps else {"Connection": "close"})
            answer = connection.getresponse()
        except OSError:
            # Refused, closed or reset before anything came. Python's BadStatusLine for "nothing" is a ConnectionError, too.
            return
        try:
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            broken.append(repr(error))
            return
        if body != whole:
            broken.append(f"{len(body)} bytes")
        with lock:
            answers[0] += 1
            if answers[0] == 200:
                os.kill(pid, signal.SIGTERM)
        if not keeps or answer.will_close:
            connection.close()
            connection = None

threads = [threading.Thread(target=client, args=(n % 2 == 0,)) for n in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not broken, broken
assert answers[0] >= 200, answers
print("ok")
"#;

#[test]
fn under_ab_s_load_no_answer_breaks_off() {
    if !switched_on("http_drain: under_ab_s_load_no_answer_breaks_off") {
        return;
    }
    let streaming = Example::start("http_streaming");
    let ((ip, port), pid) = (streaming.ip_and_port(), streaming.pid().to_string());
    let url = format!("http://{}/count/100", streaming.address());
    let mut ab = Running::start("ab", &["-k", "-n", "1000000", "-c", "50", &url]);
    ab.wait_for("be patient");
    assert_eq!(run("python3", &["-c", PYTHON, &ip, &port, &pid], ""), "ok\n");
    assert!(streaming.end().success());
    // It gives up when it finds nobody to connect to; what it had until then it does not tell.
    let (_, said) = ab.end();
    assert!(said.contains("Total of") && !said.contains("timeout"), "{said}");
}

#[test]
fn ab_finds_nobody_any_more_and_no_half_answer() {
    if !switched_on("http_drain: ab_finds_nobody_any_more_and_no_half_answer") {
        return;
    }
    let hello = Example::start("http_hello");
    let url = format!("http://{}/", hello.address());
    let mut ab = Running::start("ab", &["-k", "-n", "20000", "-c", "100", &url]);
    ab.wait_for("Completed 2000 requests");
    let said = hello.ends_well();
    assert!(said.contains("0 killed, 0 cut off"), "{said}");
    let (_, said) = ab.end();
    let over = said.contains("Finished 20000 requests") || said.contains("Connection refused");
    // The one race there is: a server that closes an idle connection, and a client that begins to use it.
    assert!(over || said.contains("Connection reset"), "{said}");
}
