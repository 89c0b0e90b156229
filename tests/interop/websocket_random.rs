//! The `websocket_random` example: other people's WebSockets.

use crate::example::Example;
use crate::foreign::{run, switched_on};
use crate::node::Node;
use crate::venv::python_with_websockets;

/// It reads, pings, closes, and comes again; then one goes away without a word.
const PYTHON: &str = r#"
import asyncio, json, sys, websockets
from websockets.asyncio.client import connect

async def main():
    url = sys.argv[1]
    async with asyncio.timeout(25):
        for _ in range(2):
            async with connect(url) as socket:
                for expected in range(3):
                    value = json.loads(await socket.recv())
                    assert value["x"] == expected and value["y"] in range(1, 6), value
                    await socket.send("hello")
                await (await socket.ping())
            assert socket.close_code == 1000, socket.close_code
        socket = await connect(url)
        await socket.recv()
        socket.transport.abort()
        try:
            await connect(url, origin="http://evil.example")
            raise AssertionError("a stranger's page is let in")
        except websockets.exceptions.InvalidStatus as refused:
            assert refused.response.status_code == 403, refused
    print("client: Python websockets", websockets.__version__)

asyncio.run(main())
"#;

#[test]
fn python_reads_values_and_goes_well_or_badly() {
    let test = "websocket_random: python_reads_values_and_goes_well_or_badly";
    if !switched_on(test) {
        return;
    }
    let Some(python) = python_with_websockets() else { return };
    let random = Example::start("websocket_random");
    let url = format!("ws://{}/data", random.address());
    eprint!("{}", run(&python, &["-c", PYTHON, &url], ""));
    random.ends_well();
}

#[test]
fn node_is_answered_and_told_that_the_server_goes_away() {
    let test = "websocket_random: node_is_answered_and_told_that_the_server_goes_away";
    if !switched_on(test) {
        return;
    }
    let Some(node) = Node::with_packages(test) else { return };
    let random = Example::start("websocket_random");
    let mut script = node.start("websocket_random.cjs", &[&format!("ws://{}", random.address())]);
    script.wait_for("step: values");
    let complaint = random.ends_well();
    assert!(complaint.contains("1 connection drained, 0 killed, 0 cut off"), "{complaint}");
    let (status, said) = script.end();
    assert!(status.success() && said.contains("step: pong\n") && said.ends_with("done\n"), "{said}");
}
