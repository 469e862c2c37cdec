"""DTLS servers that nobody here wrote, behind a path that counts and loses datagrams, for the end-to-end tests.

    dtls_site.py FOLDER

Listens in the namespace it is started in, writes FOLDER/ready, and counts each port's datagrams in FOLDER/datagrams.json as
[to the server, from it] until it is killed.
"""

import asyncio
import json
import pathlib
import socket
import subprocess
import sys

FOLDER = pathlib.Path(sys.argv[1])
counts = {}


def start(*command):
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=FOLDER)


def s_server(port, *options):
    start("openssl", "s_server", "-accept", f"127.0.0.1:{port}", *options)


def servers():
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "30",
         "-subj", "/CN=device.example"], check=True, stdin=subprocess.DEVNULL, capture_output=True, cwd=FOLDER)
    cert = ["-key", "key.pem", "-cert", "cert.pem"]
    everything = ["-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0", "-dtls"]
    s_server(14601, *cert, "-dtls1_2", "-serverpref", "-cipher", "ECDHE+AESGCM")
    s_server(14602, *cert, *everything)
    gnutls = ["gnutls-serv", "--udp", "--x509keyfile", "key.pem", "--x509certfile", "cert.pem", "--quiet"]
    start(*gnutls, "--port", "14603", "--priority", "NORMAL:-VERS-ALL:+VERS-DTLS1.2")
    start(*gnutls, "--port", "14604", "--priority", "NORMAL:-VERS-ALL:+VERS-DTLS1.2:+VERS-DTLS1.0")
    s_server(14605, *cert, "-dtls1", "-cipher", "DEFAULT:@SECLEVEL=0")
    s_server(14606, "-dtls1_2", "-nocert", "-psk", "0102030405060708", "-cipher", "PSK")
    # In as few datagrams as the link allows, and in as many as the protocol does.
    s_server(14607, *cert, "-dtls1_2", "-mtu", "1500")
    s_server(14608, *cert, "-dtls1_2", "-mtu", "256")
    start(*gnutls, "--port", "14609", "--priority", "NORMAL:-VERS-ALL:+VERS-DTLS1.2")
    s_server(14610, *cert, *everything)
    # Its secure port is the next one (RFC 7252 §12.7, as libcoap has it).
    start("coap-server-openssl", "-A", "127.0.0.1", "-p", "14612", "-k", "secret", "-h", "hint")


class Back(asyncio.DatagramProtocol):
    """One client's way to the server."""

    def __init__(self, front, client):
        self.front, self.client = front, client

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, _):
        counts[self.front.port][1] += 1
        if not self.front.is_lost():
            self.front.transport.sendto(data, self.client)

    def error_received(self, error):
        pass


class Front(asyncio.DatagramProtocol):
    def __init__(self, port, server, lose_every=0):
        self.port, self.server, self.lose_every = port, server, lose_every
        self.passed, self.backs = 0, {}
        counts[port] = [0, 0]

    def connection_made(self, transport):
        self.transport = transport

    def is_lost(self):
        self.passed += 1
        return self.lose_every and self.passed % self.lose_every == 0

    def datagram_received(self, data, client):
        counts[self.port][0] += 1
        if self.server and not self.is_lost():
            asyncio.get_running_loop().create_task(self.forward(data, client))

    async def forward(self, data, client):
        if client not in self.backs:
            self.backs[client] = asyncio.get_running_loop().create_task(
                asyncio.get_running_loop().create_datagram_endpoint(
                    lambda: Back(self, client), remote_addr=("127.0.0.1", self.server)))
        transport, _ = await self.backs[client]
        transport.sendto(data)


FRONTS = [Front(port, port + 10_000) for port in range(4601, 4609)] + [
    Front(4609, 14609, lose_every=4),
    Front(4610, 14610, lose_every=5),
    # Says nothing, ever.
    Front(4611, None),
    Front(4613, 14613),
]


def listening():
    lines = subprocess.run(["ss", "-ulnH"], capture_output=True, text=True).stdout.split()
    return {line.rsplit(":", 1)[-1] for line in lines if ":" in line}


async def main():
    servers()
    for _ in range(100):
        if {str(front.server) for front in FRONTS if front.server} <= listening():
            break
        await asyncio.sleep(0.1)
    else:
        sys.exit(f"not all of them listen: {listening()}")
    for front in FRONTS:
        await asyncio.get_running_loop().create_datagram_endpoint(
            lambda front=front: front, local_addr=("10.9.0.2", front.port))
    (FOLDER / "ready").touch()
    while True:
        await asyncio.sleep(0.2)
        (FOLDER / "datagrams.new").write_text(json.dumps(counts))
        (FOLDER / "datagrams.new").rename(FOLDER / "datagrams.json")


asyncio.run(main())
