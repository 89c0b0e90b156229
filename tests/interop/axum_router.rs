//! The `axum_router` example.

use crate::example::Example;
use crate::foreign::{run, switched_on};

#[test]
fn curl_is_served_by_axum() {
    if !switched_on("axum_router: curl_is_served_by_axum") {
        return;
    }
    let router = Example::start("axum_router");
    for version in ["--http1.0", "--http1.1", "--http2-prior-knowledge"] {
        let curl = |more: &[&str], path: &str| {
            let url = format!("http://{}{path}", router.address());
            run(
                "curl",
                &[&["-sS", "--max-time", "60", version, "-w", " %{http_code}"], more, &[&url]].concat(),
                "",
            )
        };
        assert_eq!(curl(&[], "/hello/ann"), "hello ann\n 200", "{version}");
        assert_eq!(curl(&["-d", "some words"], "/shout"), "SOME WORDS 200", "{version}");
        assert_eq!(curl(&["-X", "DELETE"], "/shout"), " 405", "{version}");
        assert_eq!(curl(&[], "/ready"), "ready\n 200", "{version}");
        let head = curl(&["-I"], "/whoami");
        assert!(head.contains("x-request-id: "), "{version}: {head}");
    }
    router.ends_well();
}

#[test]
fn h2load_and_ab_are_served_by_axum() {
    if !switched_on("axum_router: h2load_and_ab_are_served_by_axum") {
        return;
    }
    let router = Example::start("axum_router");
    let url = format!("http://{}/hello/ann", router.address());
    let printed = run("h2load", &["-n", "2000", "-c", "10", "-m", "10", &url], "");
    assert!(printed.contains("2000 succeeded, 0 failed"), "{printed}");
    let printed = run("ab", &["-n", "2000", "-c", "20", "-q", &url], "");
    assert!(printed.contains("Failed requests:        0"), "{printed}");
    router.ends_well();
}
