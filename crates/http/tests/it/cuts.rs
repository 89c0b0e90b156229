//! Requests mean the same wherever their bytes are cut.

use std::time::Duration;

use greenroom_http::{BodyError, Request, Response};
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use tokio::runtime::Builder;
use tokio::time::sleep;

use crate::raw::Client;
use crate::stage::{Stage, deaf, echo};

/// One request, and what is to be answered.
#[derive(Debug, Clone)]
struct Case {
    bytes: Vec<u8>,
    status: u16,
    body: Vec<u8>,
}

/// Reads its body, or does not.
async fn service(request: Request) -> Result<Response, BodyError> {
    if request.uri().path().starts_with("/deaf") { Ok(deaf(request).await) } else { echo(request).await }
}

fn chunked(body: &[u8], sizes: &[usize], careless: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = body;
    for size in sizes.iter().chain(&[usize::MAX]) {
        let (chunk, after) = rest.split_at((*size).min(rest.len()));
        if !chunk.is_empty() {
            let extension = if careless { ";a=\"b\"" } else { "" };
            bytes.extend(format!("{:X}{extension}\r\n", chunk.len()).into_bytes());
            bytes.extend([chunk, b"\r\n"].concat());
        }
        rest = after;
    }
    bytes.extend(if careless { &b"000\r\nX-Sum: 0\r\n\r\n"[..] } else { b"0\r\n\r\n" });
    bytes
}

fn good() -> impl Strategy<Value = Case> {
    let body = prop_oneof![
        vec(any::<u8>(), 0..60),
        Just(b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n".to_vec()),
        Just(b"\r\n\r\n0\r\n\r\n".to_vec()),
    ];
    let framing = (0..4_u8, vec(1_usize..20, 0..4), any::<bool>());
    ("/(deaf)?[a-z]{0,5}", body, framing, "(\r\n){0,2}").prop_map(
        |(path, body, (framing, sizes, careless), blank)| {
            let (method, fields, sent) = match framing {
                0 => ("GET", String::new(), Vec::new()),
                1 => ("POST", format!("Content-Length: {}\r\n", body.len()), body.clone()),
                2 => ("PUT", format!("X: {careless}\r\ncontent-length:{}\r\n", body.len()), body.clone()),
                _ => ("POST", "Transfer-Encoding: chunked\r\n".to_owned(), chunked(&body, &sizes, careless)),
            };
            let head = format!("{blank}{method} {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
            let reads = framing > 0 && !path.starts_with("/deaf");
            let space = if path.starts_with("/deaf") { "" } else { " " };
            let said = format!("{method} {path}{space}").into_bytes();
            Case {
                bytes: [head.as_bytes(), &sent].concat(),
                status: 200,
                body: if reads { [said, body].concat() } else { said },
            }
        },
    )
}

/// What nothing can follow.
fn last() -> impl Strategy<Value = Option<Case>> {
    let bad = |bytes: &str| Some(Case { bytes: bytes.as_bytes().to_vec(), status: 400, body: Vec::new() });
    prop_oneof![
        Just(None),
        Just(bad("nonsense\r\n\r\n")),
        Just(bad("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")),
        Just(bad("GET / HTTP/1.1\nHost: a\r\n\r\n")),
        Just(bad(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        )),
        Just(bad("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX0\r\n\r\n")),
    ]
}

/// All that is answered to bytes that come in these parts.
fn answers(parts: &[&[u8]]) -> Vec<(u16, Vec<u8>)> {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let stage = Stage::new(service).await;
        let mut client: Client<_> = stage.connect().await;
        for part in parts {
            client.send(part).await;
            // Whatever can be done with them is done first.
            sleep(Duration::from_millis(1)).await;
        }
        client.half_close().await;
        let mut answers = Vec::new();
        while let Ok(answer) = client.answer_to("GET").await {
            answers.push((answer.status, answer.body));
        }
        assert!(client.ahead.is_empty(), "{}", client.ahead.escape_ascii());
        drop(client);
        stage.close().await;
        answers
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn requests_are_the_same_wherever_their_bytes_are_cut(
        cases in vec(good(), 1..6),
        last in last(),
        cuts in vec(any::<proptest::sample::Index>(), 0..8),
    ) {
        let cases: Vec<_> = cases.into_iter().chain(last).collect();
        let bytes: Vec<u8> = cases.iter().flat_map(|case| case.bytes.clone()).collect();
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let parts: Vec<_> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        let cut = answers(&parts);
        let of = |(status, body): &(u16, Vec<u8>)| (*status, if *status == 200 { body.clone() } else { Vec::new() });
        let expected: Vec<_> = cases.iter().map(|case| (case.status, case.body.clone())).collect();
        assert_eq!(cut.iter().map(of).collect::<Vec<_>>(), expected);
        assert_eq!(cut, answers(&[&bytes]), "uncut");
    }
}

#[test]
fn requests_are_the_same_byte_by_byte() {
    let bytes = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\nPOST /deaf HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
        3;x\r\nabc\r\n0\r\nX: y\r\n\r\n\r\nPUT /b HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nGET GET / HTTP/1.1\nHost: a\r\n\r\n";
    let whole = answers(&[bytes]);
    assert_eq!(whole.iter().map(|it| it.0).collect::<Vec<_>>(), [200, 200, 200, 400]);
    assert_eq!(answers(&bytes.chunks(1).collect::<Vec<_>>()), whole);
    for cut in 1..bytes.len() {
        let (one, two) = bytes.split_at(cut);
        assert_eq!(answers(&[one, two]), whole, "cut at {cut}");
    }
}
