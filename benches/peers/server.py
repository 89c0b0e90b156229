"""gevent's servers: `server.py MODE CERTIFICATE KEY`. Prints its address, and ends with its input."""

import os
import socket
import ssl
import sys
import threading

from gevent.pywsgi import WSGIServer
from gevent.server import DatagramServer, StreamServer

ANY = ("127.0.0.1", 0)
BACKLOG = 1024


def served(handle):
    def serve(conn, _peer):
        try:
            handle(conn)
        except OSError:
            pass  # The client went away.

    return serve


@served
def echo(conn):
    while data := conn.recv(4096):
        conn.sendall(data)


@served
def lines(conn):
    with conn.makefile("rb") as reader:
        for line in reader:
            conn.sendall(line)


class Datagrams(DatagramServer):
    def handle(self, data, peer):
        self.socket.sendto(data, peer)


def hello(_environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "13")])
    return [b"hello, world\n"]


def server(mode, certificate, key):
    if mode == "echo":
        return StreamServer(ANY, echo, backlog=BACKLOG)
    if mode == "lines":
        return StreamServer(ANY, lines, backlog=BACKLOG)
    if mode == "tls":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return StreamServer(ANY, echo, backlog=BACKLOG, ssl_context=context)
    if mode == "datagrams":
        return Datagrams(ANY)
    if mode == "http":
        return WSGIServer(ANY, hello, backlog=BACKLOG, log=None)
    raise SystemExit(f"no such mode: {mode}")


def end_with_input():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_input, daemon=True).start()
it = server(*sys.argv[1:])
it.start()
if it.socket.type == socket.SOCK_STREAM:
    # What is accepted inherits it, pywsgi's connections too.
    it.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
print("%s:%d" % it.socket.getsockname(), flush=True)
it.serve_forever()
