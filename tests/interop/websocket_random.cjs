// npm's ws against the `websocket_random` example: `node websocket_random.cjs ws://ADDRESS`.
"use strict";

const assert = require("node:assert/strict");
const WebSocket = require("ws");

console.log(`client: ws ${require("ws/package.json").version}`);
const socket = new WebSocket(`${process.argv[2]}/data`);
const values = [];
socket.on("error", (error) => { console.error(error); process.exit(1); });
socket.on("message", (data, isBinary) => {
  assert(!isBinary);
  const { x, y } = JSON.parse(data);
  assert.equal(x, values.length);
  assert(Number.isInteger(y) && y >= 1 && y <= 5);
  values.push(y);
  if (values.length === 2) socket.ping("are you there");
  if (values.length === 4) console.log("step: values");
});
socket.on("pong", (data) => {
  assert.equal(data.toString(), "are you there");
  console.log("step: pong");
});
// It stays until the server goes.
socket.on("close", (code) => {
  assert.equal(code, 1001);
  console.log("done");
});
