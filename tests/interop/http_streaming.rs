//! The `http_streaming` example: bodies in pieces, from and to other people's clients.

use std::fs::File;

use crate::example::Example;
use crate::folder::Folder;
use crate::foreign::{outcome, run, switched_on};
use crate::venv::python_with_h2;

/// The numbers that `/count/LINES` sends.
fn counted(lines: u32) -> String {
    (1..=lines).map(|n| format!("{n}\n")).collect()
}

#[test]
fn curl_has_every_piece_in_every_version() {
    if !switched_on("http_streaming: curl_has_every_piece_in_every_version") {
        return;
    }
    let streaming = Example::start("http_streaming");
    let url = format!("http://{}/count/50000", streaming.address());
    // HTTP/1.0 knows no chunks: there the end of the connection is that of the body.
    for version in ["--http1.0", "--http1.1", "--http2-prior-knowledge"] {
        let printed = run("curl", &["-sS", "--max-time", "60", version, &url], "");
        assert!(printed == counted(50_000), "{version}: {} bytes", printed.len());
    }
    let url = format!("http://{}/squares", streaming.address());
    let head = run("curl", &["-sS", "--max-time", "60", "--http1.1", "-I", &url], "");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    streaming.ends_well();
}

#[test]
fn curl_uploads_with_a_length_in_chunks_and_after_being_told_to_go_on() {
    if !switched_on("http_streaming: curl_uploads_with_a_length_in_chunks_and_after_being_told_to_go_on") {
        return;
    }
    let streaming = Example::start("http_streaming");
    let url = format!("http://{}/upload", streaming.address());
    let bytes: Vec<u8> = (0..=255_u8).cycle().take(4 << 20).collect();
    let told = "4194304 bytes, crc32 ";
    let mut sums = Vec::new();
    for arguments in [
        &["--http1.1", "--data-binary", "@-", "-H", "Expect:"][..],
        &["--http1.1", "-T", "-", "-H", "Expect:"],
        &["--http1.1", "-T", "-", "-H", "Expect: 100-continue"],
        &["--http1.0", "--data-binary", "@-"],
        &["--http2-prior-knowledge", "--data-binary", "@-"],
        &["--http2-prior-knowledge", "-T", "-"],
    ] {
        let all = [&["-v", "-sS", "--max-time", "60"], arguments, &[&url]].concat();
        let outcome = outcome("curl", &all, &bytes);
        let went_on = outcome.complaint.contains("< HTTP/1.1 100 Continue");
        assert_eq!(
            went_on,
            arguments.contains(&"Expect: 100-continue"),
            "{arguments:?}: {}",
            outcome.complaint
        );
        let printed = String::from_utf8(outcome.well()).expect("text");
        let sum = printed.strip_prefix(told).unwrap_or_else(|| panic!("{arguments:?}: {printed}"));
        sums.push(sum.to_owned());
    }
    let zlib = "import sys, zlib; print('%08x' % zlib.crc32(bytes(range(256)) * (4 << 12)))";
    let sum = run("python3", &["-c", zlib], "");
    assert!(sums.iter().all(|it| *it == sum), "{sums:?}, and not {sum}");
    streaming.ends_well();
}

#[test]
fn curl_that_asks_before_it_sends_too_much_sends_nothing() {
    if !switched_on("http_streaming: curl_that_asks_before_it_sends_too_much_sends_nothing") {
        return;
    }
    let folder = Folder::new();
    let file = File::create(folder.file("large")).expect("a new file");
    // A hole: it takes no room.
    file.set_len((1 << 30) + 1).expect("a large one");
    let streaming = Example::start("http_streaming");
    let url = format!("http://{}/upload", streaming.address());
    let (large, form) = (folder.path("large"), " %{http_code} %{size_upload}");
    let arguments = ["-sS", "--max-time", "60", "--http1.1", "-T", &large, "-w", form, &url];
    let printed = run("curl", &arguments, "");
    assert_eq!(printed, "the request's body has more than 1073741824 bytes\n 413 0");
    streaming.ends_well();
}

#[test]
fn curl_that_goes_away_ends_the_ticks() {
    if !switched_on("http_streaming: curl_that_goes_away_ends_the_ticks") {
        return;
    }
    let streaming = Example::start("http_streaming");
    let url = format!("http://{}/ticks", streaming.address());
    for version in ["--http1.1", "--http2-prior-knowledge"] {
        let outcome = outcome("curl", &["-sSN", "--max-time", "2", version, &url], b"");
        assert_eq!(outcome.status.code(), Some(28), "it gives up: {}", outcome.complaint);
        assert!(outcome.printed.starts_with(b"tick 0\n"), "{version}");
    }
    let said = streaming.ends_well();
    assert_eq!(said.matches("no more ticks for request").count(), 2, "{said}");
    assert!(said.contains("0 killed, 0 cut off"), "{said}");
}

#[test]
fn nghttp_has_every_piece_and_uploads() {
    if !switched_on("http_streaming: nghttp_has_every_piece_and_uploads") {
        return;
    }
    let folder = Folder::new();
    std::fs::write(folder.file("digits"), "123456789").expect("a new file");
    let streaming = Example::start("http_streaming");
    let printed = run("nghttp", &[&format!("http://{}/count/50000", streaming.address())], "");
    assert!(printed == counted(50_000), "{} bytes", printed.len());
    let url = format!("http://{}/upload", streaming.address());
    let data = format!("--data={}", folder.path("digits"));
    assert_eq!(run("nghttp", &[&data, &url], ""), "9 bytes, crc32 cbf43926\n");
    streaming.ends_well();
}

/// Uploads in chunks of its own making, and an answer that is read slowly.
const PYTHON: &str = r#"
import http.client, sys, zlib
client = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]), timeout=60)
pieces = [bytes([n % 256]) * n for n in range(1, 1000)]
whole = b"".join(pieces)
told = b"%d bytes, crc32 %08x\n" % (len(whole), zlib.crc32(whole))
for body in (whole, iter(pieces)):
    client.request("POST", "/upload", body=body, encode_chunked=not isinstance(body, bytes),
                   headers={} if isinstance(body, bytes) else {"Transfer-Encoding": "chunked"})
    answer = client.getresponse()
    assert (answer.status, answer.read()) == (200, told)
client.request("GET", "/count/20000")
answer = client.getresponse()
assert answer.getheader("transfer-encoding") == "chunked"
numbers = b"".join(iter(lambda: answer.read(1000), b""))
assert numbers.split() == [b"%d" % n for n in range(1, 20001)]
client.request("GET", "/squares")
assert client.getresponse().read().endswith(b"10 squared is 100\n")
print("ok")
"#;

#[test]
fn python_uploads_in_chunks_and_reads_slowly() {
    if !switched_on("http_streaming: python_uploads_in_chunks_and_reads_slowly") {
        return;
    }
    let streaming = Example::start("http_streaming");
    let (ip, port) = streaming.ip_and_port();
    assert_eq!(run("python3", &["-c", PYTHON, &ip, &port], ""), "ok\n");
    streaming.ends_well();
}

/// Several streams at once on one connection: uploads that heed the window, answers, ticks that are given up, and a goodbye.
const PYTHON_H2: &str = r#"
import os, signal, socket, sys, zlib
import h2.config, h2.connection, h2.events, hyperframe.frame
address, pid = (sys.argv[1], int(sys.argv[2])), int(sys.argv[3])
sock = socket.create_connection(address, timeout=60)
h2c = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
h2c.initiate_connection()
bodies, ended, status = {}, set(), {}

def flush():
    sock.sendall(h2c.data_to_send())

def turn():
    data = sock.recv(65536)
    assert data, "the end"
    for event in h2c.receive_data(data):
        if isinstance(event, h2.events.ResponseReceived):
            status[event.stream_id] = dict(event.headers)[":status"]
        elif isinstance(event, h2.events.DataReceived):
            bodies[event.stream_id] = bodies.get(event.stream_id, b"") + event.data
            h2c.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            ended.add(event.stream_id)
        elif isinstance(event, h2.events.StreamReset):
            raise AssertionError(f"stream {event.stream_id} was reset: {event.error_code}")
    flush()

def ask(method, path, end=True):
    stream = h2c.get_next_available_stream_id()
    h2c.send_headers(stream, [(":method", method), (":path", path), (":scheme", "http"), (":authority", "x")], end)
    return stream

counts = [ask("GET", "/count/3000") for _ in range(20)]
upload, rest = ask("PUT", "/upload", end=False), bytes(range(256)) * 8192
whole = rest
flush()
while rest:
    room = min(h2c.local_flow_control_window(upload), h2c.max_outbound_frame_size, len(rest))
    if room == 0:
        turn()
        continue
    h2c.send_data(upload, rest[:room])
    rest = rest[room:]
    flush()
h2c.end_stream(upload)
flush()
while not ended.issuperset([*counts, upload]):
    turn()
for stream in counts:
    assert bodies[stream].split() == [b"%d" % n for n in range(1, 3001)]
assert bodies[upload] == b"%d bytes, crc32 %08x\n" % (len(whole), zlib.crc32(whole)), bodies[upload]
given_up = ask("GET", "/ticks")
flush()
while given_up not in bodies:
    turn()
h2c.reset_stream(given_up)
ticks = ask("GET", "/ticks")
flush()
while ticks not in bodies:
    turn()
# Small enough for the window that is left.
late = [ask("GET", "/count/5000"), ask("GET", "/count/5000")]
flush()
while not set(late) & set(bodies):
    turn()
os.kill(pid, signal.SIGTERM)
# This h2 takes the first GOAWAY for the end of everything. There are two: one that says that the server goes away, and one
# that says what was the last stream, when an answered ping has shown that the client knows. So from here on by hand.
rest, last = sock.makefile("rb"), []
while header := rest.read(9):
    frame, length = hyperframe.frame.Frame.parse_frame_header(memoryview(header))
    frame.parse_body(memoryview(rest.read(length)))
    if isinstance(frame, hyperframe.frame.PingFrame) and "ACK" not in frame.flags:
        sock.sendall(hyperframe.frame.PingFrame(0, frame.opaque_data, flags=["ACK"]).serialize())
    elif isinstance(frame, hyperframe.frame.DataFrame) and frame.stream_id in (ticks, *late):
        bodies[frame.stream_id] = bodies.get(frame.stream_id, b"") + frame.data
        ended |= {frame.stream_id} if "END_STREAM" in frame.flags else set()
    elif isinstance(frame, hyperframe.frame.GoAwayFrame):
        last.append((frame.last_stream_id, frame.error_code))
    elif isinstance(frame, hyperframe.frame.RstStreamFrame):
        raise AssertionError(f"stream {frame.stream_id} was reset: {frame.error_code}")
assert ended.issuperset([ticks, *late]), ended
for stream in late:
    assert bodies[stream].split() == [b"%d" % n for n in range(1, 5001)]
assert bodies[ticks].startswith(b"tick 0\n") and bodies[ticks].endswith(b"goodbye\n"), bodies[ticks]
assert last == [(2**31 - 1, 0), (late[-1], 0)], last
assert set(status.values()) == {"200"}, status
print("ok")
"#;

#[test]
fn python_s_h2_is_served_on_many_streams_until_the_goodbye() {
    if !switched_on("http_streaming: python_s_h2_is_served_on_many_streams_until_the_goodbye") {
        return;
    }
    let Some(python) = python_with_h2() else { return };
    let streaming = Example::start("http_streaming");
    let ((ip, port), pid) = (streaming.ip_and_port(), streaming.pid().to_string());
    assert_eq!(run(&python, &["-c", PYTHON_H2, &ip, &port, &pid], ""), "ok\n");
    assert!(streaming.end().success());
}
