"""Makes certificates, each with one flaw alone, and says what is wrong with each.

    python3 make_certificates.py FOLDER

The DER is built here octet by octet, since no library makes what devices carry. Keys and signatures are OpenSSL's, those
of broken RSA keys are computed here. FOLDER gets NAME.der for each, NAME.key where OpenSSL has its key, and certificates.json: what each was made with.
"""

import hashlib
import json
import os
import random
import subprocess
import sys
import time

folder = sys.argv[1]
rng = random.Random(2026)
now = int(time.time())
DAY = 86400


def openssl(*words, given=None):
    return subprocess.run(["openssl", *words], input=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout


# DER (X.690)

def tlv(tag, content):
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def seq(*parts):
    return tlv(0x30, b"".join(parts))


def integer(number):
    count = 1
    while not -(1 << (8 * count - 1)) <= number < 1 << (8 * count - 1):
        count += 1
    return tlv(2, number.to_bytes(count, "big", signed=True))


def oid(text):
    arcs = [int(arc) for arc in text.split(".")]
    octets = b""
    for arc in [arcs[0] * 40 + arcs[1]] + arcs[2:]:
        group = bytes([arc & 0x7F])
        while arc := arc >> 7:
            group = bytes([0x80 | arc & 0x7F]) + group
        octets += group
    return tlv(6, octets)


NULL = b"\x05\x00"
bits = lambda content: tlv(3, b"\0" + content)
attribute = lambda kind, value, tag=0x0C: tlv(0x31, seq(oid(kind), tlv(tag, value)))
CN, O, C = "2.5.4.3", "2.5.4.10", "2.5.4.6"
common = lambda text, tag=0x0C: seq(attribute(CN, text if isinstance(text, bytes) else text.encode(), tag))


def moment(seconds, form=None):
    parts = time.gmtime(seconds)
    if form == "no seconds":
        return tlv(23, time.strftime("%y%m%d%H%MZ", parts).encode())
    if form == "generalized" or not 1950 <= parts.tm_year < 2050:
        return tlv(24, time.strftime("%Y%m%d%H%M%SZ", parts).encode())
    return tlv(23, time.strftime("%y%m%d%H%M%SZ", parts).encode())


def extension(kind, value, critical=False):
    return seq(oid(kind), *([b"\x01\x01\xff"] if critical else []), tlv(4, value))


dns = lambda text: tlv(0x82, text if isinstance(text, bytes) else text.encode())
address = lambda text: tlv(0x87, bytes(int(part) for part in text.split(".")))
alternative = lambda *names: extension("2.5.29.17", seq(*names))
authority = lambda flag: extension("2.5.29.19", seq(b"\x01\x01\xff") if flag else seq(), True)
usage = lambda *kinds: extension("2.5.29.37", seq(*map(oid, kinds)))
SERVER, CLIENT = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"


# Keys

class Key:
    """A key of OpenSSL's: its PEM, and its SubjectPublicKeyInfo."""

    def __init__(self, *make):
        self.pem = openssl(*make)
        self.info = openssl("pkey", "-pubout", "-outform", "DER", given=self.pem)

    def sign(self, body, hash):
        with open(f"{folder}/key.pem", "wb") as file:
            file.write(self.pem)
        if hash is None:
            with open(f"{folder}/body", "wb") as file:
                file.write(body)
            return openssl("pkeyutl", "-sign", "-rawin", "-inkey", f"{folder}/key.pem", "-in", f"{folder}/body")
        return openssl("dgst", f"-{hash}", "-sign", f"{folder}/key.pem", given=body)


PREFIX = {"sha256": "3031300d060960864801650304020105000420", "sha1": "3021300906052b0e03021a05000414"}


class Modulus:
    """An RSA key of given primes (RFC 8017 §8.2)."""

    def __init__(self, p, q, e=65537):
        self.n, self.e = p * q, e
        self.d = pow(e, -1, (p - 1) * (q - 1)) if e % 2 else 1
        self.info = seq(seq(oid("1.2.840.113549.1.1.1"), NULL), bits(seq(integer(self.n), integer(e))))

    def sign(self, body, hash):
        size = (self.n.bit_length() + 7) // 8
        tail = bytes.fromhex(PREFIX[hash]) + hashlib.new(hash, body).digest()
        block = b"\0\1" + b"\xff" * (size - 3 - len(tail)) + b"\0" + tail
        return pow(int.from_bytes(block, "big"), self.d, self.n).to_bytes(size, "big")


prime = lambda bits: int(openssl("prime", "-generate", "-bits", str(bits), "-hex"), 16)
small = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2))]


def is_prime(n):
    return all(n % p for p in small) and all(pow(a, n - 1, n) == 1 for a in (2, 3, 5))


def next_prime(n):
    n += 2
    while not is_prime(n):
        n += 2
    return n


def prime_of_infineons_form(bits):
    """k · M + (65537^a mod M), Nemec and others 2017."""
    product = 2
    for p in small:
        if p <= 167:
            product *= p
    while True:
        k = rng.getrandbits(bits - product.bit_length()) | 1 << (bits - product.bit_length())
        n = k * product + pow(65537, rng.getrandbits(64), product)
        if is_prime(n):
            return n


RSA = {"md5": "1.2.840.113549.1.1.4", "sha1": "1.2.840.113549.1.1.5", "sha256": "1.2.840.113549.1.1.11",
       "md2": "1.2.840.113549.1.1.2"}
ECDSA = {"sha256": "1.2.840.10045.4.3.2", "sha1": "1.2.840.10045.4.1"}

rsa2048 = Key("genrsa", "2048")
issuer_key = Key("genrsa", "2048")
ISSUER, SUBJECT = seq(attribute(C, b"JP", 0x13), attribute(O, b"Example Works"), attribute(CN, b"Works CA")), common("camera.local")
NAMES = alternative(dns("camera.local"), address("192.0.2.7"))
entries = []


def make(name, flags=(), remark=None, *, key=None, signer=None, algorithm=None, hash="sha256", subject=SUBJECT, issuer=None,
         serial=0x1234567890ABCDEF, version=3, start=-30 * DAY, end=300 * DAY, start_form=None, end_form=None, names=NAMES,
         extensions=(authority(False), usage(SERVER)), self_signed=False, tail=b"", change=None, signature=None, **facts):
    key = key or rsa2048
    signer = signer or (key if self_signed else issuer_key)
    algorithm = algorithm or seq(oid(RSA[hash]), NULL)
    issuer = issuer or (subject if self_signed else ISSUER)
    all_extensions = [part for part in (names, *extensions) if part]
    body = seq(
        *([tlv(0xA0, integer(version - 1))] if version != 1 else []),
        integer(serial), algorithm, issuer, seq(moment(now + start, start_form), moment(now + end, end_form)), subject, key.info,
        *([tlv(0xA3, seq(*all_extensions))] if all_extensions and version >= 3 else []))
    der = seq(body, algorithm, bits(signature or signer.sign(body, hash))) + tail
    if change:
        der = change(der)
    with open(f"{folder}/{name}.der", "wb") as file:
        file.write(der)
    if hasattr(key, "pem"):
        with open(f"{folder}/{name}.key", "wb") as file:
            file.write(key.pem)
    entries.append({
        "name": name, "flags": list(flags), "remark": remark, "isSelfSigned": self_signed, "version": version,
        "serial": ("-" if serial < 0 else "") + format(abs(serial), "x"), "notBefore": now + start, "notAfter": now + end,
        "keySHA256": hashlib.sha256(key.info).hexdigest(), "sha256": hashlib.sha256(der[: len(der) - len(tail)]).hexdigest(),
        **facts})
    return der


EXPIRED, EARLY, SELF, KEY, SIGNATURE, NAME = (
    f"tls.cert-{word}" for word in ("expired", "not-yet-valid", "self-signed", "weak-key", "weak-signature", "name"))

# Nothing is wrong with these.
make("sound")
ec = lambda curve, *more: Key("ecparam", "-name", curve, "-genkey", "-noout", *more)
make("sound-p256", key=ec("prime256v1"), keyAlgorithm="ec", bits=256, curve="prime256v1")
make("sound-p384", key=ec("secp384r1"), keyAlgorithm="ec", bits=384, curve="secp384r1")
make("sound-ed25519", key=Key("genpkey", "-algorithm", "ed25519"), keyAlgorithm="ed25519", bits=256)
make("sound-rsa4096", key=Key("genrsa", "4096"), keyAlgorithm="rsa", bits=4096)
make("sound-wildcard", names=alternative(dns("*.local")))
make("sound-upper-case", names=alternative(dns("CAMERA.Local")))
make("sound-two-names", names=alternative(dns("other.example"), dns("camera.local")))
make("sound-ipv6", names=alternative(tlv(0x87, bytes.fromhex("20010db8000000000000000000000007"))), address="2001:db8::7")
make("sound-signed-by-ed25519", signer=(edsigner := Key("genpkey", "-algorithm", "ed25519")), hash=None, algorithm=seq(oid("1.3.101.112")))
make("sound-signed-by-ec", signer=(ecsigner := ec("prime256v1")), algorithm=seq(oid(ECDSA["sha256"])))
make("sound-generalized-time", start_form="generalized", end_form="generalized")
make("sound-utf8-name", subject=seq(attribute(O, "株式会社例示製作所".encode()), attribute(CN, "カメラ一号".encode())), commonName="カメラ一号")
make("sound-bmp-name", subject=common("カメラ".encode("utf-16-be"), 0x1E), commonName="カメラ")
make("sound-t61-name", subject=common(b"camera", 0x14), commonName="camera")
make("sound-empty-subject", subject=seq())
make("sound-uri-name", names=alternative(tlv(0x86, b"urn:uuid:1"), tlv(0x81, b"a@example.org"), dns("camera.local")))
make("sound-trailing-octets", tail=b"\0garbage")
make("sound-twenty-octets-serial", serial=(1 << 158) + 7)

# One flaw each.
make("expired", [EXPIRED], start=-800 * DAY, end=-DAY)
make("expired-1970", [EXPIRED], start=-now, end=-now + 3650 * DAY)
make("not-yet", [EARLY], start=DAY, end=365 * DAY)
make("hundred-years", [], "lifetime", end=36500 * DAY)
make("ends-before-it-begins", [EXPIRED, EARLY], "order", start=DAY, end=-DAY)
make("self-signed", [SELF], self_signed=True)
make("self-signed-ec", [SELF], self_signed=True, key=ecsigner, algorithm=seq(oid(ECDSA["sha256"])), keyAlgorithm="ec", bits=256)
make("self-signed-ed25519", [SELF], self_signed=True, key=edsigner, hash=None, algorithm=seq(oid("1.3.101.112")), keyAlgorithm="ed25519")
make("issuer-of-the-same-name", [], issuer=SUBJECT)
for size in (512, 1024, 1536):
    make(f"rsa{size}", [KEY], key=Key("genrsa", str(size)), keyAlgorithm="rsa", bits=size)
make("rsa-e3", [], "exponent", key=Key("genrsa", "-3", "2048"), exponent="3")
p, q, r = prime(1024), prime(1024), prime(1024)
make("rsa-e1", [KEY], key=Modulus(p, q, 1), exponent="1")
make("rsa-e-even", [KEY], key=Modulus(p, q, 65536), exponent="10000")
make("close-primes", [KEY], key=Modulus(p, next_prime(p)))
make("roca", [KEY], key=Modulus(prime_of_infineons_form(1024), prime_of_infineons_form(1024)))
make("shared-factor-1", [], key=Modulus(p, q), modulus=format(p * q, "x"))
make("shared-factor-2", [], key=Modulus(p, r), modulus=format(p * r, "x"))
make("p192", [KEY], key=ec("prime192v1"), keyAlgorithm="ec", bits=192, curve="prime192v1")
make("secp160r1", [KEY], key=ec("secp160r1"), keyAlgorithm="ec", bits=161, curve="secp160r1")
make("explicit-p256", [], "explicit", key=ec("prime256v1", "-param_enc", "explicit"), keyAlgorithm="ec", curve="explicit:prime256v1")
make("dsa1024", [KEY], key=Key("dsaparam", "-genkey", "-noout", "1024"), keyAlgorithm="dsa", bits=1024)
make("md5", [SIGNATURE], hash="md5", signatureAlgorithm="md5WithRSAEncryption")
make("sha1", [SIGNATURE], hash="sha1", signatureAlgorithm="sha1WithRSAEncryption")
make("md2", [SIGNATURE], hash="md2", signature=b"\x17" * 256, signatureAlgorithm="md2WithRSAEncryption")
make("ecdsa-sha1", [SIGNATURE], signer=ecsigner, hash="sha1", algorithm=seq(oid(ECDSA["sha1"])), signatureAlgorithm="ecdsa-with-SHA1")
make("pss-sha1", [SIGNATURE], algorithm=seq(oid("1.2.840.113549.1.1.10"), seq()), signatureAlgorithm="rsassaPss-sha1")
make("self-signed-sha1", [SELF, SIGNATURE], self_signed=True, hash="sha1")
make("version-1", [NAME], "version", version=1)
make("version-4", [], "version", version=4)
make("no-names", [NAME], names=None)
make("address-as-common-name", [NAME], names=None, subject=common("192.0.2.7"), commonName="192.0.2.7")
make("other-address", [NAME], names=alternative(address("192.0.2.8")))
make("localhost", [NAME], names=alternative(dns("localhost"), address("127.0.0.1")))
make("example-name", [NAME], names=alternative(dns("www.example.com")))
make("openssl-defaults", [SELF], "factory", self_signed=True,
     subject=seq(attribute(C, b"AU", 0x13), attribute("2.5.4.8", b"Some-State"), attribute(O, b"Internet Widgits Pty Ltd")))
make("negative-serial", [], "serial", serial=-0x1234)
make("zero-serial", [], "serial", serial=0)
make("authority-as-leaf", [], "authority", extensions=(authority(True), usage(SERVER)))
make("no-server-usage", [], "usage", extensions=(authority(False), usage(CLIENT)))
make("nul-in-common-name", [], "nul", subject=common(b"camera.local\0.example.org"), commonName="camera.local\0.example.org")
make("nul-in-name", [NAME], "nul", names=alternative(dns(b"localhost\0.example.org")))
make("time-without-seconds", start=-30 * DAY - (now - 30 * DAY) % 60, start_form="no seconds")
make("time-that-is-none", [], change=lambda der: der.replace(moment(now + 300 * DAY), b"\x17\x0d" + b"991399999999Z"), notAfter=None, sha256=None)
make("unknown-key", [], change=lambda der: der.replace(oid("1.2.840.113549.1.1.1"), oid("1.2.840.113549.1.1.99")), hasKey=False, sha256=None)
make("unknown-signature", [], algorithm=seq(oid("1.2.3.4.5")), signatureAlgorithm="1.2.3.4.5")
make("broken-extension", [NAME], "", names=extension("2.5.29.17", b"\x30\x05nope"))
make("thousand-names", names=alternative(*(dns(f"n{i}.example.net") for i in range(1000)), dns("camera.local")), tooMany=True)
make("ca", [], self_signed=True, key=issuer_key, subject=ISSUER, names=None, extensions=(authority(True),), isRoot=True)

for name in ("key.pem", "body"):
    if os.path.exists(f"{folder}/{name}"):
        os.remove(f"{folder}/{name}")
with open(f"{folder}/certificates.json", "w") as file:
    json.dump({"now": now, "certificates": entries}, file)
