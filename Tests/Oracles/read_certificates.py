"""What the Python package `cryptography`, which has its own parser, reads in certificates: one JSON object a file.

    python read_certificates.py FOLDER
"""

import glob
import hashlib
import json
import os
import sys
import warnings

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

warnings.simplefilter("ignore")
folder = sys.argv[1]
result = {}
for path in sorted(glob.glob(folder + "/*.der")):
    with open(path, "rb") as file:
        octets = file.read()
    facts = {}

    def note(name, read):
        try:
            facts[name] = read()
        except Exception:  # it is stricter: what it refuses it says nothing of
            pass

    try:
        certificate = x509.load_der_x509_certificate(octets)
    except (ValueError, x509.InvalidVersion):
        continue
    note("serial", lambda: format(certificate.serial_number, "x"))
    note("subject", lambda: certificate.subject.rfc4514_string())
    note("issuer", lambda: certificate.issuer.rfc4514_string())
    note("notBefore", lambda: int(certificate.not_valid_before_utc.timestamp()))
    note("notAfter", lambda: int(certificate.not_valid_after_utc.timestamp()))
    note("sha256", lambda: hashlib.sha256(octets).hexdigest())
    note("names", lambda: [
        str(name.value) for name in certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        if isinstance(name, (x509.DNSName, x509.IPAddress))])
    note("isAuthority", lambda: certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)

    def key():
        public = certificate.public_key()
        info = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        facts["keySHA256"] = hashlib.sha256(info).hexdigest()
        if isinstance(public, rsa.RSAPublicKey):
            facts["modulus"] = format(public.public_numbers().n, "x")
            facts["exponent"] = format(public.public_numbers().e, "x")
        if isinstance(public, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)):
            return public.key_size
        raise ValueError

    note("bits", key)
    result[os.path.basename(path)[: -len(".der")]] = facts
json.dump(result, sys.stdout)
