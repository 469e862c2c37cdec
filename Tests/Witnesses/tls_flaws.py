"""TLS servers with one known flaw each, and sound ones beside them, for the end-to-end tests.

    tls_flaws.py FOLDER

Listens in the namespace it is started in and writes FOLDER/ready. The flaws are put into tlslite-ng by what is published about them
(CVE-2014-0160, CVE-2014-0224, ROBOT, CVE-2016-9244, CVE-2014-8730); nothing here knows how tenken asks. What the two that give memory
away have in memory is MARKER, which must not be found in any file of a run.
"""

import os
import pathlib
import socket
import subprocess
import sys
import threading
import time

FOLDER = pathlib.Path(sys.argv[1])
MARKER = b"MEMORY-OF-THE-SERVER-NOT-FOR-DISK"

# 4611 sound tlslite-ng, 4612 OpenSSL with everything, 4613 GnuTLS, 4614 nginx, 4615 TLS 1.3 alone, 4616 mute, 4617 goes away; 4618 to 4620
# OpenSSL with TLS 1.0, with TLS 1.1, and with CBC and SHA-384 alone, whose records are all made differently.
FLAWS = {4601: "heartbleed", 4602: "ccs", 4603: "robot", 4604: "ticketbleed", 4605: "poodle", 4606: "robot-silence",
         4607: "poodle-tls10", 4611: "none"}


def make_heartbleed():
    """The payload is as long as the request says, whatever came (CVE-2014-0160)."""
    from tlslite.messages import Heartbeat

    def parse(self, parser):
        self.message_type = parser.get(1)
        length = parser.get(2)
        memory = parser.getFixBytes(parser.getRemainingLength()) + bytearray(MARKER * 2000)
        self.payload = memory[:length]
        self.padding = bytearray(16)
        return self

    Heartbeat.parse = parse


def make_ccs():
    """A ChangeCipherSpec is obeyed at any time, with a master secret of no octets before there is another (CVE-2014-0224)."""
    from tlslite.constants import ContentType, HandshakeType
    from tlslite.tlsconnection import TLSConnection

    exchange, records = TLSConnection._serverCertKeyExchange, TLSConnection._getNextRecord

    def remember(self, clientHello, serverHello, *rest):
        self.hellos = (clientHello, serverHello)
        return exchange(self, clientHello, serverHello, *rest)

    def next_record(self):
        for result in records(self):
            if result in (0, 1):
                yield result
                continue
            header, parser = result
            if header.type == ContentType.handshake and parser.bytes[0] == HandshakeType.client_key_exchange:
                self.has_keys = True
            if header.type == ContentType.change_cipher_spec and not getattr(self, "has_keys", False):
                client, server = self.hellos
                self._recordLayer.calcPendingStates(
                    server.cipher_suite, bytearray(0), client.random, server.random, ["python"])
                self._recordLayer.changeReadState()
                yield from next_record(self)
                return
            yield result

    TLSConnection._serverCertKeyExchange, TLSConnection._getNextRecord = remember, next_record


def make_robot(silent):
    """What is not padded as PKCS #1 asks for is declined at once, or the connection hangs, instead of going on with a random secret."""
    from tlslite.errors import TLSDecodeError
    from tlslite.keyexchange import RSAKeyExchange

    def process(self, message):
        key = self.privateKey
        size = (key.n.bit_length() + 7) // 8
        block = pow(int.from_bytes(message.encryptedPreMasterSecret, "big"), key.d, key.n).to_bytes(size, "big")
        end = block.find(b"\0", 2)
        if block[:2] != b"\0\2" or end < 10:
            if silent:
                time.sleep(15)
            raise TLSDecodeError("padding")
        secret = bytearray(block[end + 1:])
        return secret if len(secret) == 48 else bytearray(os.urandom(48))

    RSAKeyExchange.processClientKeyExchange = process


def make_ticketbleed():
    """The name of a resumed session has 32 octets, whatever the client's had (CVE-2016-9244)."""
    from tlslite.messages import ServerHello

    create = ServerHello.create

    def padded(self, version, random, session_id, *rest, **named):
        if 0 < len(session_id) < 32:
            session_id = bytearray(session_id) + bytearray(MARKER)[:32 - len(session_id)]
        return create(self, version, random, session_id, *rest, **named)

    ServerHello.create = padded


def make_poodle():
    """Of the padding only the length is looked at (CVE-2014-8730)."""
    import tlslite.recordlayer

    def check(data, mac, number, kind, version, block_size=16):
        end = len(data) - data[-1] - 1 - mac.digest_size
        if end < 0:
            return False
        own = mac.copy()
        own.update(bytes(number) + bytes([kind, *version, end >> 8, end & 0xff]) + bytes(data[:end]))
        return own.digest() == bytes(data[end:end + mac.digest_size])

    tlslite.recordlayer.ct_check_cbc_mac_and_pad = check


def tlslite(port, flaw):
    from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey

    makers = {"heartbleed": make_heartbleed, "ccs": make_ccs, "robot": lambda: make_robot(False),
              "robot-silence": lambda: make_robot(True), "ticketbleed": make_ticketbleed, "poodle": make_poodle,
              "poodle-tls10": make_poodle}
    makers.get(flaw, lambda: None)()
    settings = HandshakeSettings()
    settings.minVersion, settings.maxVersion = (3, 1), (3, 1) if flaw == "poodle-tls10" else (3, 3)
    settings.cipherNames = ["aes128", "aes256", "aes128gcm"]
    settings.cipherImplementations = ["python"]
    settings.keyExchangeNames = ["rsa", "ecdhe_rsa"]
    settings.use_heartbeat_extension = True
    settings.ticketKeys, settings.ticket_count = [bytearray(range(32))], 1
    settings.useEncryptThenMAC = True
    chain = X509CertChain()
    chain.parsePemList((FOLDER / "cert.pem").read_text())
    key = parsePEMKey((FOLDER / "key.pem").read_text(), private=True, implementations=["python"])

    def serve(connection):
        connection.settimeout(20)
        try:
            tls = TLSConnection(connection)
            tls.handshakeServer(certChain=chain, privateKey=key, settings=settings)
            while tls.read(max=1024, min=1):
                pass
        except Exception:  # handshakes that do not go on are what it is here for
            pass
        connection.close()

    listen(port, serve)


def mute(connection):
    connection.settimeout(30)
    while connection.recv(4096):
        pass


relayed = 0


def goes_away(connection):
    """Five connections to the sound server; from then on it resets everything, as one that has hung or that limits connections."""
    global relayed
    relayed += 1
    if relayed > 5:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()
        return
    onward = socket.create_connection(("127.0.0.1", 4611))

    def copy(source, sink):
        try:
            while data := source.recv(4096):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    thread = threading.Thread(target=copy, args=(onward, connection), daemon=True)
    thread.start()
    copy(connection, onward)
    thread.join()
    onward.close()
    connection.close()


def listen(port, serve):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", port))
    listener.listen(50)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=quietly, args=(serve, connection), daemon=True).start()


def quietly(serve, connection):
    try:
        serve(connection)
    except OSError:
        pass


def start(*command):
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=FOLDER)


def main():
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "30",
         "-subj", "/CN=device.example"], check=True, stdin=subprocess.DEVNULL, capture_output=True, cwd=FOLDER)
    subprocess.run(["openssl", "rsa", "-in", "key.pem", "-traditional", "-out", "key.pem"], check=True, capture_output=True,
                   cwd=FOLDER)
    for port, flaw in FLAWS.items():
        start(sys.executable, __file__, str(FOLDER), str(port), flaw)
    s_server = ["openssl", "s_server", "-key", "key.pem", "-cert", "cert.pem", "-www", "-accept"]
    start(*s_server, "4612", "-cipher", "ALL:@SECLEVEL=0", "-legacy_renegotiation")
    start("gnutls-serv", "--port", "4613", "--x509keyfile", "key.pem", "--x509certfile", "cert.pem", "--quiet", "--http",
          "--priority", "NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:+SHA1:+RSA:+AES-128-CBC:+AES-256-CBC")
    (FOLDER / "nginx.conf").write_text(
        f"daemon off; pid {FOLDER}/nginx.pid; error_log {FOLDER}/nginx.log; events {{}}\n"
        f"http {{ access_log off; server {{ listen 4614 ssl; ssl_certificate {FOLDER}/cert.pem;\n"
        f"ssl_certificate_key {FOLDER}/key.pem; ssl_protocols TLSv1.2; }} }}\n")
    start("nginx", "-c", f"{FOLDER}/nginx.conf")
    start(*s_server, "4615", "-tls1_3")
    start(*s_server, "4618", "-tls1", "-cipher", "ALL:@SECLEVEL=0")
    start(*s_server, "4619", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")
    start(*s_server, "4620", "-tls1_2", "-cipher", "ECDHE-RSA-AES256-SHA384")
    threading.Thread(target=listen, args=(4616, mute), daemon=True).start()
    threading.Thread(target=listen, args=(4617, goes_away), daemon=True).start()
    for port in [*FLAWS, *range(4612, 4621)]:
        until = time.monotonic() + 20
        while True:
            try:
                # Not to the one that counts.
                if port != 4617:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > until:
                    sys.exit(f"nothing listens on {port}")
                time.sleep(0.1)
    (FOLDER / "ready").touch()
    while True:
        time.sleep(60)


if len(sys.argv) > 2:
    tlslite(int(sys.argv[2]), sys.argv[3])
else:
    main()
