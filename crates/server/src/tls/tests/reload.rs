//! New files while handshakes go on.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use greenroom_testkit::LogCapture;
use tokio::runtime::Builder;
use tokio::time::{Instant, sleep};

use crate::limit::Limits;
use crate::tls::tests::authority::{Authority, Shown};
use crate::tls::tests::folder::Folder;
use crate::tls::tests::shake::{facts, shake, trusting};
use crate::tls::{ClientCertificates, HandshakeErrorKind, Tls, TlsClient, TlsErrorKind};

/// One state of all the files, and a client that fits it and no other.
struct State {
    authority: Authority,
    shown: Shown,
    client: TlsClient,
}

impl State {
    fn new() -> Self {
        let authority = Authority::new();
        let (shown, me) = (authority.server(&["localhost"]), authority.client(|_| {}));
        let client = trusting(&authority).client_certificate_pem(me.certificate, me.key).unwrap();
        Self { authority, shown, client }
    }

    fn write(&self, folder: &Folder) -> [PathBuf; 3] {
        [
            folder.write("cert.pem", &self.shown.certificate),
            folder.write("key.pem", &self.shown.key),
            folder.write("ca.pem", &self.authority.pem),
        ]
    }

    fn tls(&self, folder: &Folder) -> Tls {
        let [certificate, key, ca] = self.write(folder);
        let tls = Tls::builder().certificate_files(certificate, key);
        tls.client_certificates(ClientCertificates::required_from_file(ca)).build().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_handshakes_during_reloads_are_each_wholly_old_or_new() {
    let folder = Arc::new(Folder::new());
    let states = Arc::new([State::new(), State::new()]);
    let tls = states[0].tls(&folder);
    let is_over = Arc::new(AtomicBool::new(false));
    let reloader = tokio::spawn({
        let (tls, states, is_over) = (tls.clone(), Arc::clone(&states), Arc::clone(&is_over));
        async move {
            let mut reloads = 0;
            while !is_over.load(Ordering::Relaxed) {
                reloads += 1;
                states[reloads % 2].write(&folder);
                tls.reload().await.unwrap();
                tokio::task::yield_now().await;
            }
            reloads
        }
    });
    let mut served = [0, 0];
    for n in 0..1000 {
        let at = n % 2;
        let (server, client) = shake(&tls, &states[at].client, "localhost").await;
        match client {
            // It was shown the certificate of its own state: then it must be trusted as well.
            Ok(_) => {
                server.unwrap();
                served[at] += 1;
            }
            Err(error) => {
                assert_eq!(error.kind(), HandshakeErrorKind::PeerCertificate, "{error}");
                assert_eq!(server.unwrap_err().kind(), HandshakeErrorKind::Refused);
            }
        }
    }
    is_over.store(true, Ordering::Relaxed);
    let reloads = reloader.await.unwrap();
    assert!(reloads > 1, "{reloads}");
    assert!(served[0] + served[1] > 0, "{served:?}");
}

#[tokio::test]
async fn a_bad_state_of_the_files_changes_nothing_and_a_good_one_everything() {
    let folder = Folder::new();
    let (old, new) = (State::new(), State::new());
    let tls = old.tls(&folder);
    let half = |text: &str| text[..text.len() / 2].to_owned();
    let stages: [(&str, Option<String>, TlsErrorKind); 6] = [
        ("cert.pem", Some(half(&new.shown.certificate)), TlsErrorKind::BadPem),
        ("cert.pem", Some(new.shown.certificate.clone()), TlsErrorKind::KeyMismatch),
        ("key.pem", None, TlsErrorKind::Unreadable),
        ("key.pem", Some(String::new()), TlsErrorKind::NoKey),
        ("key.pem", Some(half(&new.shown.key)), TlsErrorKind::BadPem),
        ("ca.pem", Some(half(&new.authority.pem)), TlsErrorKind::BadPem),
    ];
    for (name, contents, kind) in stages {
        match contents {
            Some(contents) => drop(folder.write(name, contents)),
            None => std::fs::remove_file(folder.path(name)).unwrap(),
        }
        if name == "ca.pem" {
            folder.write("key.pem", &new.shown.key);
        }
        let error = tls.reload().await.unwrap_err();
        assert_eq!((error.kind(), error.file().is_some()), (kind, true), "{error}");
        facts(&tls, &old.client, "localhost").await;
    }
    new.write(&folder);
    tls.reload().await.unwrap();
    facts(&tls.clone(), &new.client, "localhost").await;
    let (server, _) = shake(&tls, &old.client, "localhost").await;
    server.unwrap_err();
}

#[tokio::test]
async fn a_handshake_goes_on_with_what_it_began_with() {
    let folder = Folder::new();
    let (old, new) = (State::new(), State::new());
    let tls = old.tls(&folder);
    let (near, far) = tokio::io::duplex(64 * 1024);
    let server = tls.accept(near, Limits::new());
    new.write(&folder);
    tls.reload().await.unwrap();
    let (server, client) = tokio::join!(server, old.client.connect(far, "localhost"));
    client.unwrap();
    server.unwrap();
}

#[test]
fn a_reload_that_is_dropped_changes_nothing() {
    let runtime = Builder::new_current_thread().enable_time().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let folder = Folder::new();
        let (old, new) = (State::new(), State::new());
        let tls = old.tls(&folder);
        new.write(&folder);
        // The one thread that may block is busy, so the reading has to wait.
        let (let_go, held) = std::sync::mpsc::channel::<()>();
        let busy = tokio::task::spawn_blocking(move || held.recv());
        let mut reload = Box::pin(tls.reload());
        assert!(reload.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(reload);
        drop(let_go);
        assert!(busy.await.unwrap().is_err());
        // Behind the reading.
        tokio::task::spawn_blocking(|| {}).await.unwrap();
        facts(&tls, &old.client, "localhost").await;
    });
}

#[tokio::test(start_paused = true)]
async fn the_watch_reloads_what_has_changed_and_tries_again_what_is_bad() {
    let log = LogCapture::of("greenroom");
    let folder = Folder::new();
    let (old, new) = (State::new(), State::new());
    let tls = old.tls(&folder);
    let watch = tokio::spawn(tls.watch());
    let begin = Instant::now();
    sleep(Duration::from_secs(25)).await;
    assert_eq!(log.take_text(), [""; 0], "nothing has changed");

    folder.write("cert.pem", &new.shown.certificate);
    sleep(Duration::from_secs(30)).await;
    let lines = log.take_text();
    assert_eq!(lines.len(), 1, "the same failure is told once: {lines:?}");
    assert!(lines[0].starts_with("WARN ") && lines[0].contains("key.pem"), "{lines:?}");
    facts(&tls, &old.client, "localhost").await;

    new.write(&folder);
    sleep(Duration::from_secs(11)).await;
    let lines = log.take_text();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].starts_with("INFO "), "{lines:?}");
    facts(&tls, &new.client, "localhost").await;
    assert_eq!(begin.elapsed().as_secs(), 66);

    drop(tls);
    watch.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_watch_looks_as_often_as_told_and_ends_where_there_is_nothing_to_see() {
    let folder = Folder::new();
    let (old, new) = (State::new(), State::new());
    let tls = old.tls(&folder);
    let watch = tokio::spawn(tls.watch().every(Duration::from_secs(3600)));
    sleep(Duration::from_secs(1800)).await;
    new.write(&folder);
    sleep(Duration::from_secs(1700)).await;
    facts(&tls, &old.client, "localhost").await;
    sleep(Duration::from_secs(200)).await;
    facts(&tls, &new.client, "localhost").await;
    watch.abort();

    Tls::from_pem(&old.shown.certificate, &old.shown.key).unwrap().watch().await;
}
