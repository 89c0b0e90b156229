//! The `proxy_protocol` example: headers that others write, and ours, read by others.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use greenroom::ProxyHeader;

use crate::example::Example;
use crate::folder::Folder;
use crate::foreign::{outcome, run, switched_on};
use crate::haproxy::Haproxy;
use crate::process::PATIENCE;

/// What the example has answered, line by line.
fn answer(stream: &mut TcpStream) -> Vec<String> {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer and its end");
    answer.lines().map(str::to_owned).collect()
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a limit can be set");
    stream
}

fn asks(address: SocketAddr, first: &[u8]) -> Vec<String> {
    let mut stream = connect(address);
    // It is told at once. It does not say that it has done: haproxy gives up a server that it has not reached by then.
    stream.write_all(first).expect("a client may write");
    answer(&mut stream)
}

#[test]
fn curl_is_told_its_own_address() {
    if !switched_on("proxy_protocol: curl_is_told_its_own_address") {
        return;
    }
    let server = Example::start("proxy_protocol");
    let url = format!("http://{}/", server.address());
    let arguments = ["-sS", "--max-time", "20", "--http0.9", "--haproxy-protocol"];
    // curl adds the port that it came from.
    let arguments = [&arguments[..], &["-w", "%{local_port}", &url]].concat();
    let printed = run("curl", &arguments, "");
    let lines: Vec<_> = printed.lines().collect();
    let [peer, local, version, port] = lines[..] else { panic!("{printed}") };
    assert_eq!(peer, format!("peer: 127.0.0.1:{port}"));
    assert_eq!(local, format!("local: {}", server.address()));
    assert_eq!(version, "version: 1");
    assert!(server.ends_well().contains("without a header that is believed: 0"));
}

#[test]
fn without_a_header_and_from_others_than_the_trusted_nobody_is_answered() {
    if !switched_on("proxy_protocol: without_a_header_and_from_others_than_the_trusted_nobody_is_answered") {
        return;
    }
    let server = Example::start("proxy_protocol");
    let url = format!("http://{}/", server.address());
    outcome("curl", &["-sS", "--max-time", "20", "--http0.9", &url], b"").badly();
    assert!(server.ends_well().contains("without a header that is believed: 1"));

    let server = Example::start_with("proxy_protocol", &["127.0.0.1:0", "192.0.2.0/24", "::1"]);
    let url = format!("http://{}/", server.address());
    outcome("curl", &["-sS", "--max-time", "20", "--http0.9", "--haproxy-protocol", &url], b"").badly();
    assert!(server.ends_well().contains("without a header that is believed: 1"));
}

#[test]
fn a_header_typed_by_hand_will_do() {
    if !switched_on("proxy_protocol: a_header_typed_by_hand_will_do") {
        return;
    }
    let server = Example::start("proxy_protocol");
    let typed = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n";
    let target = format!("TCP:{}", server.address());
    let (ip, port) = server.ip_and_port();
    let clients: [(&str, &[&str]); 2] = [("nc", &[&ip, &port]), ("socat", &["-t", "20", "-", &target])];
    for (program, arguments) in clients {
        let printed = run(program, arguments, typed);
        assert_eq!(printed, "peer: 192.0.2.7:56324\nlocal: 198.51.100.1:443\nversion: 1\n", "{program}");
    }
    server.ends_well();
}

#[test]
fn behind_haproxy_clients_are_told_their_own_addresses_by_either_version() {
    if !switched_on("proxy_protocol: behind_haproxy_clients_are_told_their_own_addresses_by_either_version") {
        return;
    }
    for (options, version) in
        [("send-proxy", 1), ("send-proxy-v2", 2), ("send-proxy-v2 proxy-v2-options crc32c", 2)]
    {
        let server = Example::start("proxy_protocol");
        let haproxy = Haproxy::start("", server.address(), options);
        let mut stream = connect(haproxy.address());
        let own = stream.local_addr().expect("it is connected");
        let told = answer(&mut stream);
        let expected =
            [format!("peer: {own}"), format!("local: {}", haproxy.address()), format!("version: {version}")];
        assert_eq!(told, expected, "{options}");
        haproxy.stop();
        server.ends_well();
    }
}

#[test]
fn haproxy_tells_of_the_tls_that_it_has_taken_off() {
    if !switched_on("proxy_protocol: haproxy_tells_of_the_tls_that_it_has_taken_off") {
        return;
    }
    let folder = Folder::new().with_certificate();
    let pem = ["cert.pem", "key.pem"]
        .map(|name| std::fs::read_to_string(folder.file(name)).expect("openssl has written it"));
    std::fs::write(folder.file("both.pem"), pem.concat()).expect("the folder can be written");
    let server = Example::start("proxy_protocol");
    let bind = format!("ssl crt {} alpn foo,echo", folder.path("both.pem"));
    let options = "send-proxy-v2-ssl-cn proxy-v2-options ssl,cert-cn,ssl-cipher,authority,crc32c";
    let haproxy = Haproxy::start_in(folder, &bind, server.address(), options);
    let address = haproxy.address().to_string();
    let client = ["s_client", "-quiet", "-tls1_3", "-servername", "localhost", "-alpn", "echo"];
    let told = run("openssl", &[&client[..], &["-connect", &address]].concat(), "");
    let told: Vec<_> = told.lines().collect();
    assert_eq!(told[1..3], [&format!("local: {address}"), "version: 2"], "{told:?}");
    for line in ["authority: localhost", "tls: TLSv1.3", "cipher: TLS_AES_256_GCM_SHA384"] {
        assert!(told.contains(&line), "{line} in {told:?}");
    }
    haproxy.stop();
    server.ends_well();
}

#[test]
fn haproxy_reads_our_headers_and_passes_on_what_they_say() {
    if !switched_on("proxy_protocol: haproxy_reads_our_headers_and_passes_on_what_they_say") {
        return;
    }
    let server = Example::start("proxy_protocol");
    let haproxy = Haproxy::start("accept-proxy", server.address(), "send-proxy-v2");
    for (source, destination) in
        [("192.0.2.7:56324", "198.51.100.1:443"), ("[2001:db8::7]:56324", "[2001:db8::1]:443")]
    {
        let header = ProxyHeader::proxied(source.parse().expect("one"), destination.parse().expect("one"));
        let expected = [format!("peer: {source}"), format!("local: {destination}"), "version: 2".to_owned()];
        let with_more = header.clone().with_field(0x02, b"example.org").expect("it fits").with_checksum();
        let written = [header.to_v1().expect("version 1 can say it"), header.to_v2(), with_more.to_v2()];
        for bytes in written {
            assert_eq!(asks(haproxy.address(), &bytes), expected, "{}", bytes.escape_ascii());
        }
    }
    // Of these haproxy takes the connection's own addresses. (What is unknown in version 2, haproxy 2.6 calls invalid.)
    let unknown = ProxyHeader::unknown().to_v1().expect("version 1 can say it");
    for bytes in [ProxyHeader::local().to_v2(), unknown] {
        let told = asks(haproxy.address(), &bytes);
        assert_eq!(told[1], format!("local: {}", haproxy.address()), "{}", bytes.escape_ascii());
    }
    haproxy.stop();
    server.ends_well();
}
