//! The `web_proxy` example, in front of other people's servers.

use crate::example::Example;
use crate::folder::Folder;
use crate::foreign::{run, switched_on};

/// Python's own server, which says where it listens as the examples do.
const SERVER: &str = r#"
import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
print(f"listening on 127.0.0.1:{server.server_address[1]}", flush=True)
server.serve_forever()
"#;

#[test]
fn curl_sees_python_s_pages_through_it() {
    if !switched_on("web_proxy: curl_sees_python_s_pages_through_it") {
        return;
    }
    let folder = Folder::new();
    std::fs::write(folder.file("a page.html"), "<a href='/other'>x</a>").expect("a new file");
    let mut command = std::process::Command::new("python3");
    command.args(["-c", SERVER, &folder.path("")]);
    let pages = Example::run("python", command);
    let proxy = Example::start("web_proxy");
    let curl = |more: &[&str], path: &str| {
        let url = format!("http://{}{path}", proxy.address());
        let form = " %{http_code} %header{location}";
        run("curl", &[&["-sS", "--max-time", "60", "-w", form], more, &[&url]].concat(), "")
    };
    let host = pages.place().to_owned();
    let listing = curl(&[], &format!("/{host}/"));
    assert!(listing.contains("<a href=\"a%20page.html\">") && listing.ends_with(" 200 "), "{listing}");
    let page = curl(&[], &format!("/{host}/a%20page.html"));
    assert_eq!(page, format!("<a href='/{host}/other'>x</a> 200 "));
    assert!(curl(&[], &format!("/{host}/missing")).ends_with(" 404 "));
    let form = curl(&["--data-urlencode", &format!("url={host}/a page.html?x=y&z")], "/");
    assert!(form.ends_with(" 400 "), "a blank is no part of a URL: {form}");
    let form = curl(&["--data-urlencode", &format!("url=http://{host}/a?x=y&z")], "/");
    assert_eq!(form, format!(" 302 /{host}/a?x=y&z"));
    assert!(curl(&["-X", "PUT"], "/").ends_with(" 501 "));
    pages.crash();
    let gone = curl(&[], &format!("/{host}/"));
    assert!(gone.contains("cannot connect") && gone.ends_with(" 502 "), "{gone}");
    assert!(proxy.ends_well().contains(&format!("http://{host}/missing: 404 Not Found")));
}
