//! `send_file`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::program::Program;

/// It decides only how long a broken example is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// More than all buffers between two sockets hold.
const LARGE: usize = 48 * 1024 * 1024;
const REFUSED: &str = "ERROR there is no such file\n";

/// A folder of its own for each test; gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{}", std::process::id()));
        fs::create_dir_all(path.join("shown/inner")).expect("the target folder is ours");
        Self(path)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.join(name), bytes).expect("the folder is ours");
    }

    async fn serve(&self) -> (Program, String) {
        let shown = self.0.join("shown");
        let mut program = Program::start("send_file", &["127.0.0.1:0", shown.to_str().expect("it is UTF-8")]);
        let line = program.line().await.expect("it listens");
        (program, line.strip_prefix("listening on ").expect("it says where").to_owned())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Asks for a name; gives the answer's first line, and the stream with what follows.
async fn ask(address: &str, name: &str) -> (String, BufReader<TcpStream>) {
    let mut stream = BufReader::new(TcpStream::connect(address).await.expect("it listens"));
    stream.write_all(format!("{name}\n").as_bytes()).await.expect("it reads");
    let mut line = String::new();
    timeout(PATIENCE, stream.read_line(&mut line)).await.expect("it answers").expect("it is text");
    (line, stream)
}

async fn rest(mut stream: BufReader<TcpStream>) -> Vec<u8> {
    let mut bytes = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("it ends").expect("it ends well");
    bytes
}

/// No two stretches of it are alike.
fn bytes(len: usize) -> Vec<u8> {
    (0..len as u64).map(|n| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8).collect()
}

#[tokio::test]
async fn send_file_sends_what_is_in_the_file_and_tells_how_far_it_is() {
    let folder = Folder::new("whole");
    let large = bytes(LARGE);
    folder.write("shown/large", &large);
    folder.write("shown/empty", b"");
    let (mut program, address) = folder.serve().await;
    let (head, stream) = ask(&address, "large").await;
    assert_eq!(head, format!("OK {LARGE}\n"));
    assert!(rest(stream).await == large, "the bytes differ");
    for percent in ["25 %", "50 %", "75 %", "100 %"] {
        let line = program.line().await.expect("it tells its progress");
        assert!(line.ends_with(&format!(" large: {percent}")), "{line}");
    }
    let (head, stream) = ask(&address, "empty").await;
    assert_eq!((head.as_str(), rest(stream).await), ("OK 0\n", Vec::new()));
}

#[tokio::test]
async fn send_file_waits_for_a_slow_client_alone_and_through_a_stop() {
    let folder = Folder::new("slow");
    let large = bytes(LARGE);
    folder.write("shown/large", &large);
    let (mut program, address) = folder.serve().await;
    let (head, slow) = ask(&address, "large").await;
    assert_eq!(head, format!("OK {LARGE}\n"));
    let quick = ask(&address, "large").await.1;
    let its_address = quick.get_ref().local_addr().unwrap().to_string();
    assert!(rest(quick).await == large, "the bytes differ");
    // Who reads nothing is sent no more than the system's buffers hold.
    loop {
        let line = program.line().await.expect("it tells its progress");
        let (client, percent) = line.split_once(" large: ").expect("it names the file");
        if percent == "100 %" {
            assert_eq!(client, its_address);
            break;
        }
    }
    program.signal("TERM").await;
    assert!(rest(slow).await == large, "the bytes differ");
    let (status, _, complaint) = program.end().await;
    assert!(status.success(), "{status}\n{complaint}");
    assert!(complaint.contains(" 0 killed, 0 cut off"), "{complaint}");
}

#[tokio::test]
async fn send_file_knows_no_way_out_of_its_folder() {
    let folder = Folder::new("inside");
    folder.write("secret", b"secret");
    folder.write("shown/inner/deep", b"deep");
    let shown = folder.0.join("shown");
    symlink("../secret", shown.join("link")).unwrap();
    symlink("..", shown.join("up")).unwrap();
    let made = Command::new("mkfifo").arg(shown.join("pipe")).status().unwrap();
    assert!(made.success());
    let (_program, address) = folder.serve().await;
    let absolute = folder.0.join("secret");
    for name in [
        "",
        ".",
        "..",
        "../secret",
        "link",
        "up/secret",
        "inner",
        "inner/deep",
        "pipe",
        "no such",
        "a\0b",
        absolute.to_str().unwrap(),
    ] {
        let (head, stream) = ask(&address, name).await;
        assert_eq!((head.as_str(), rest(stream).await), (REFUSED, Vec::new()), "{name:?}");
    }
}
