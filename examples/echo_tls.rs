//! A line echo server that speaks TLS.
//!
//! Shows: a `Tls` from files, and one handed over as text; what the handshake has settled; how many clients never got
//!        through it.
//!
//! Run:    cargo run --release --example echo_tls [address] [--cert FILE --key FILE] [--raw]
//!         (default: 127.0.0.1:16443, with a certificate for localhost that is made up at each start: for development only)
//! Then:   openssl s_client -quiet -connect 127.0.0.1:16443, which says that it does not know the made-up certificate
//! Type:   a few lines, each comes back; `quit` to leave. The greeting names the version of TLS and the cipher suite. With
//!         --raw there is no greeting, and bytes come back as they are. Ctrl-C here stops the server: clients are told
//!         goodbye by TLS's own end of the connection.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to whoever runs it")]

use std::io;

use greenroom::{Connection, StreamServer, Tls, terminate};
use tokio::io::AsyncWriteExt;

const USAGE: &str = "usage: echo_tls [address] [--cert FILE --key FILE] [--raw]";

#[tokio::main]
async fn main() -> io::Result<()> {
    let options = Options::read(std::env::args().skip(1)).ok_or_else(|| io::Error::other(USAGE))?;
    let tls = match options.files {
        Some((certificate, key)) => Tls::from_files(certificate, key)?,
        None => {
            let (certificate, key) = self_signed().map_err(io::Error::other)?;
            Tls::from_pem(certificate, key)?
        }
    };
    let signal = terminate();
    let server = StreamServer::bind(options.address).tls(tls);
    let server = if options.raw { server.start(echo_bytes).await } else { server.start(echo_lines).await }?;
    for address in server.local_addrs() {
        println!("listening on {address}");
    }
    let report = server.stop_when(signal).await;
    let failed = server.stats().unprepared.get("tls").copied().unwrap_or_default();
    eprintln!("{report}; handshakes that failed: {failed}");
    Ok(())
}

pub(crate) async fn echo_lines(mut conn: Connection) -> io::Result<()> {
    if let Some(tls) = conn.tls() {
        let greeting =
            format!("Welcome! This is {}, {}. Type quit to exit.\r\n", tls.version(), tls.cipher_suite());
        conn.write_all(greeting.as_bytes()).await?;
    }
    let mut lines = conn.lines();
    while let Some(line) = lines.next().await? {
        if line.trim().eq_ignore_ascii_case("quit") {
            break;
        }
        lines.send(line).await?;
    }
    Ok(())
}

pub(crate) async fn echo_bytes(mut conn: Connection) -> io::Result<()> {
    while let Some(chunk) = conn.recv().await? {
        conn.write_all(&chunk).await?;
    }
    Ok(())
}

/// A certificate and its key for this machine, as PEM. Nobody else has reason to trust them.
pub(crate) fn self_signed() -> Result<(String, String), rcgen::Error> {
    let made = rcgen::generate_simple_self_signed(["localhost", "127.0.0.1", "::1"].map(str::to_owned))?;
    Ok((made.cert.pem(), made.signing_key.serialize_pem()))
}

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) address: String,
    pub(crate) files: Option<(String, String)>,
    pub(crate) raw: bool,
}

impl Options {
    /// `None`: they are not as `USAGE` says.
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let (mut address, mut certificate, mut key, mut raw) = (None, None, None, false);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--cert" => certificate = Some(arguments.next()?),
                "--key" => key = Some(arguments.next()?),
                "--raw" => raw = true,
                option if option.starts_with('-') || address.is_some() => return None,
                _ => address = Some(argument),
            }
        }
        let files = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => return None,
        };
        Some(Self { address: address.unwrap_or_else(|| "127.0.0.1:16443".to_owned()), files, raw })
    }
}
