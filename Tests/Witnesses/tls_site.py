"""TLS servers that nobody here wrote, and small devices in front of one of them, for the end-to-end tests.

    tls_site.py FOLDER

Listens in the namespace it is started in, writes FOLDER/ready, and counts each port's connections in FOLDER/connections.json
until it is killed. Ports from 4401 are servers, ports from 4501 the permissive one behind something.
"""

import asyncio
import json
import pathlib
import signal
import socket
import subprocess
import sys
import time

FOLDER = pathlib.Path(sys.argv[1])
PERMISSIVE = 4401
# Services that go on to TLS at a word, by stunnel: protocol and greeting.
MAIL = {
    14408: ("smtp", b"220 mail.example ESMTP\r\n"), 14409: ("imap", b"* OK IMAP4rev1\r\n"), 14410: ("pop3", b"+OK POP3\r\n"),
}
counts = {}


def start(*command):
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=FOLDER)


def make(*command):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, cwd=FOLDER)


def keys():
    make("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem",
         "-days", "30", "-subj", "/CN=device.example", "-addext", "subjectAltName=DNS:device.example")
    # A group of its own, with 1024 bits; -dsaparam only makes it quickly.
    make("openssl", "dhparam", "-dsaparam", "-out", "dh.pem", "1024")


def servers():
    s_server = ["openssl", "s_server", "-key", "key.pem", "-cert", "cert.pem", "-www"]
    everything = ["-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0", "-legacy_renegotiation"]
    start(*s_server, "-accept", "14401", "-dhparam", "dh.pem", *everything)
    start(*s_server, "-accept", "14402", "-tls1_3")
    start("gnutls-serv", "--port", "14403", "--x509keyfile", "key.pem", "--x509certfile", "cert.pem", "--quiet",
          "--priority", "NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:+3DES-CBC:+SHA1:+DHE-RSA:+RSA:%ALLOW_SMALL_RECORDS")
    (FOLDER / "stunnel.conf").write_text(
        "foreground = yes\npid =\ncert = cert.pem\nkey = key.pem\nsslVersionMin = TLSv1.2\n"
        "[web]\naccept = 127.0.0.1:14404\nconnect = 127.0.0.1:9\n" + "".join(
            f"[{protocol}]\naccept = 127.0.0.1:{port}\nconnect = 127.0.0.1:{port + 100}\nprotocol = {protocol}\n"
            for port, (protocol, _) in MAIL.items()))
    start("stunnel4", "stunnel.conf")
    (FOLDER / "nginx.conf").write_text(
        f"daemon off; pid {FOLDER}/nginx.pid; error_log {FOLDER}/nginx.log; events {{}}\n"
        f"http {{ access_log off; server {{ listen 127.0.0.1:14405 ssl; ssl_certificate {FOLDER}/cert.pem;\n"
        f"ssl_certificate_key {FOLDER}/key.pem; ssl_protocols TLSv1.2; ssl_prefer_server_ciphers on;\n"
        "ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256; } }\n")
    start("nginx", "-c", f"{FOLDER}/nginx.conf")
    start(sys.executable, __file__, str(FOLDER), "tlslite", "14406", "old")
    start(sys.executable, __file__, str(FOLDER), "tlslite", "14407", "anonymous")


def directory():
    """OpenLDAP without a database, which goes on to TLS all the same."""
    (FOLDER / "slapd.conf").write_text(
        f"pidfile {FOLDER}/slapd.pid\nTLSCertificateFile {FOLDER}/cert.pem\nTLSCertificateKeyFile {FOLDER}/key.pem\n")
    start("slapd", "-d", "0", "-h", "ldap://127.0.0.1:14411", "-f", f"{FOLDER}/slapd.conf")


async def mail():
    """What stunnel has behind it: a greeting, after which the words of STARTTLS are stunnel's own."""
    for port, (_, greeting) in MAIL.items():
        async def greet(reader, writer, greeting=greeting):
            writer.write(greeting)
            await reader.read()
            writer.close()

        await asyncio.start_server(greet, "127.0.0.1", port + 100)


def tlslite(port, kind):
    """SSL 3 with RC4, 3DES and NULL, or anonymous key exchange: what OpenSSL 3 no longer does."""
    from tlslite.mathtls import RFC2409_GROUP2
    from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey

    settings = HandshakeSettings()
    settings.minVersion, settings.maxVersion = (3, 0), (3, 3)
    settings.cipherNames = ["rc4", "3des", "null", "aes128"]
    settings.macNames = ["sha", "md5", "sha256"]
    settings.minKeySize = 512
    settings.cipherImplementations = ["python"]
    # Oakley group 2 (RFC 2409 §6.2).
    settings.dhParams = RFC2409_GROUP2
    options = {"settings": settings}
    if kind == "anonymous":
        options["anon"] = True
    else:
        chain = X509CertChain()
        chain.parsePemList((FOLDER / "cert.pem").read_text())
        options["certChain"] = chain
        options["privateKey"] = parsePEMKey((FOLDER / "key.pem").read_text(), private=True)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(50)
    while True:
        connection, _ = listener.accept()
        connection.settimeout(5)
        try:
            TLSConnection(connection).handshakeServer(**options)
        except Exception:  # a handshake that does not go on is what it is here for
            pass
        connection.close()


class Front:
    """Passes connections on to a server, in a device's way."""

    def __init__(self, port, server, cap=None, delay=0, pause_every=None, shut=None, pieces=False, warning=False,
                 mute=False, half=False):
        self.port, self.server, self.cap, self.delay = port, server, cap, delay
        self.pause_every, self.shut, self.pieces, self.warning = pause_every, shut, pieces, warning
        self.mute, self.half = mute, half
        self.open, self.paused_until, self.since_pause, self.was_shut = 0, 0, 0, False

    @staticmethod
    def reset(writer):
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        writer.transport.abort()

    async def take(self, reader, writer):
        counts[self.port] = counts.get(self.port, 0) + 1
        if self.shut == counts[self.port]:
            asyncio.get_running_loop().create_task(self.close_for_two_seconds())
        if self.pause_every and time.monotonic() > self.paused_until:
            self.since_pause += 1
            if self.since_pause > self.pause_every:
                self.since_pause, self.paused_until = 0, time.monotonic() + 1.5
        busy = self.cap is not None and self.open >= self.cap
        if busy or self.pause_every and time.monotonic() < self.paused_until:
            return self.reset(writer)
        self.open += 1
        try:
            await asyncio.sleep(self.delay)
            if self.mute:
                await reader.read()
                return
            await self.relay(reader, writer)
        except OSError:
            pass
        finally:
            self.open -= 1
            writer.close()

    async def relay(self, reader, writer):
        onward_reader, onward = await asyncio.open_connection("127.0.0.1", self.server)

        async def upstream():
            while data := await reader.read(65536):
                onward.write(data)
            onward.close()

        async def downstream():
            first = True
            while data := await onward_reader.read(65536):
                if first and self.warning:
                    # unrecognized_name as a warning (RFC 6066 §3).
                    writer.write(bytes.fromhex("15030100020170"))
                first = False
                if self.pieces:
                    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    for place in range(len(data)):
                        writer.write(data[place:place + 1])
                        if place % 16 == 0:
                            await asyncio.sleep(0)
                else:
                    writer.write(data)
                if self.half:
                    writer.write_eof()
                    break
            if not self.half and writer.can_write_eof():
                writer.write_eof()

        try:
            await asyncio.gather(upstream(), downstream())
        finally:
            # Also when the client resets: the server behind takes one connection at a time.
            onward.transport.abort()

    async def close_for_two_seconds(self):
        """SYNs are dropped, as by a device whose queue is full."""
        rule = f"tcp dport {self.port} tcp flags syn / syn,ack drop"
        for command in ("add table ip full", "add chain ip full in { type filter hook input priority 0 ; }",
                        f"add rule ip full in {rule}"):
            await (await asyncio.create_subprocess_exec("nft", command)).wait()
        await asyncio.sleep(2)
        await (await asyncio.create_subprocess_exec("nft", "delete table ip full")).wait()

    async def listen(self):
        await asyncio.start_server(self.take, "0.0.0.0", self.port, backlog=50)


FRONTS = [Front(port, port + 10_000) for port in range(4401, 4412)] + [
    Front(4501, 14401, cap=1),
    Front(4502, 14401, cap=2),
    Front(4503, 14401, delay=0.1),
    Front(4504, 14401, pause_every=7),
    Front(4505, 14401, shut=6),
    Front(4506, 14401, half=True),
    Front(4507, 14401, pieces=True),
    Front(4508, 14401, warning=True),
    Front(4509, 14401, mute=True),
]


async def main():
    keys()
    servers()
    directory()
    await mail()
    for port in range(14401, 14412):
        until = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > until:
                    sys.exit(f"nothing listens on {port}")
                await asyncio.sleep(0.1)
    for front in FRONTS:
        await front.listen()
    (FOLDER / "ready").touch()
    while True:
        await asyncio.sleep(0.2)
        (FOLDER / "connections.new").write_text(json.dumps(counts))
        (FOLDER / "connections.new").rename(FOLDER / "connections.json")


if len(sys.argv) > 2:
    tlslite(int(sys.argv[3]), sys.argv[4])
else:
    asyncio.run(main())
