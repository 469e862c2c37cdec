"""A TLS server without a socket: records come by standard input and leave by standard output.

    python3 tls_server.py CERTIFICATE.der KEY.pem [mutual] [tls12]

On standard error it says how the handshake and the conversation ended.
"""

import os
import ssl
import sys
import tempfile

certificate, key, options = sys.argv[1], sys.argv[2], sys.argv[3:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.set_ciphers("ALL:@SECLEVEL=0")
with tempfile.NamedTemporaryFile("w") as pem:
    for name in certificate.split(","):
        with open(name, "rb") as file:
            pem.write(ssl.DER_cert_to_PEM_cert(file.read()))
    pem.flush()
    context.load_cert_chain(pem.name, key)
if "mutual" in options:
    context.verify_mode = ssl.CERT_REQUIRED
if "tls12" in options:
    context.maximum_version = ssl.TLSVersion.TLSv1_2
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
server = context.wrap_bio(incoming, outgoing, server_side=True)


def exchange():
    octets = outgoing.read()
    if octets:
        os.write(1, octets)
    more = os.read(0, 65536)
    if more:
        incoming.write(more)
    else:
        incoming.write_eof()


def until_done(step):
    while True:
        try:
            return step()
        except ssl.SSLWantReadError:
            exchange()


try:
    until_done(server.do_handshake)
    print("handshake complete,", server.version(), server.getpeercert() or "no client certificate", file=sys.stderr)
    said = until_done(lambda: server.read(1))
    print("close_notify" if said == b"" else f"data {said}", file=sys.stderr)
except ssl.SSLZeroReturnError:
    print("close_notify", file=sys.stderr)
except ssl.SSLError as error:
    print(f"failed: {error.reason}", file=sys.stderr)
os.write(1, outgoing.read())
