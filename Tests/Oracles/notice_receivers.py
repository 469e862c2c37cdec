"""Receivers of notices on loopback, for Tests/EndToEndTests/NoticesTests.swift: `hook`, `udp`, `tcp`, `unix`.

Writes the port it listens on into FOLDER/port and what came, a line of JSON each, into FOLDER/got.
"""
import hmac
import http.server
import json
import pathlib
import re
import socket
import ssl
import sys
import time

kind, folder = sys.argv[1], pathlib.Path(sys.argv[2])
options = dict(word.split("=", 1) for word in sys.argv[3:])


def got(**what) -> None:
    with (folder / "got").open("a") as file:
        file.write(json.dumps(what) + "\n")


def listening(port) -> None:
    (folder / "port.new").write_text(str(port))
    (folder / "port.new").rename(folder / "port")


class Hook(http.server.BaseHTTPRequestHandler):
    """Answers with the statuses that it was told, one after the other, and the last of them from then on."""

    answers = options.get("answers", "200").split(",")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signature = dict(p.split("=", 1) for p in self.headers.get("Tenken-Signature", "t=0,v1=").split(","))
        key = options.get("key", "").encode()
        expected = hmac.new(key, signature["t"].encode() + b"." + body, "sha256").hexdigest()
        got(path=self.path, headers={k.lower(): v for k, v in self.headers.items()}, body=body.decode(),
            signed=hmac.compare_digest(expected, signature["v1"]) and abs(time.time() - int(signature["t"])) < 60)
        answer = Hook.answers.pop(0) if len(Hook.answers) > 1 else Hook.answers[0]
        if answer == "hang":
            time.sleep(600)
        status, _, rest = answer.partition(":")
        self.send_response(int(status))
        if status == "429":
            self.send_header("Retry-After", rest)
        if status.startswith("30"):
            self.send_header("Location", rest)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments) -> None:
        pass


def hook() -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    if "certificate" in options:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options["certificate"], options["privateKey"])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    listening(server.server_port)
    server.serve_forever()


GRAMMAR = re.compile(
    r"<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+) (\[(?:[^\"\\\]]|\"(?:[^\"\\\]]|\\.)*\")*\]) \ufeff(.*)", re.S)


def message(octets: bytes) -> None:
    match = GRAMMAR.fullmatch(octets.decode())
    got(fields=list(match.groups()) if match else None, octets=len(octets))


def datagrams(server: socket.socket) -> None:
    while True:
        message(server.recv(65536))


def udp() -> None:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    listening(server.getsockname()[1])
    datagrams(server)


def unix() -> None:
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind(str(folder / "log"))
    listening(0)
    datagrams(server)


def tcp() -> None:
    """RFC 6587 §3.4.1: a length in digits, a blank, so many octets."""
    server = socket.create_server(("127.0.0.1", 0))
    listening(server.getsockname()[1])
    while True:
        connection, _ = server.accept()
        data = b"".join(iter(lambda: connection.recv(65536), b""))
        connection.close()
        while data:
            length, _, rest = data.partition(b" ")
            message(rest[: int(length)])
            data = rest[int(length):]


{"hook": hook, "udp": udp, "tcp": tcp, "unix": unix}[kind]()
