"""TLS and SSH audits beside their peers: time, and connections that the service counts."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from bench_site import TARGET, run

WITNESS = pathlib.Path(__file__).resolve().parent.parent / "Witnesses" / "tls_site.py"
HOST = "10.99.0.5"
# The permissive server of the witness: TLS 1.0 to 1.3 with every suite that OpenSSL has left.
TLS_PORT, SSH_PORT = 4401, 4422


class Services:
    """`with Services(site) as services:` stands them behind the bench site's target."""

    def __init__(self, site):
        self.site = site
        self.folder = tempfile.TemporaryDirectory(prefix="tenken-bench-tls-")

    def __enter__(self):
        path = self.folder.name
        self.site.spawn(TARGET, sys.executable, str(WITNESS), path)
        key = os.path.join(path, "host-key")
        subprocess.run(["dropbearkey", "-t", "rsa", "-s", "2048", "-f", key], check=True, capture_output=True)
        self.site.spawn(TARGET, "dropbear", "-F", "-E", "-r", key, "-p", str(SSH_PORT))
        until = time.monotonic() + 30
        while not os.path.exists(os.path.join(path, "ready")):
            if time.monotonic() > until:
                raise RuntimeError("the TLS servers did not start")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def connections(self):
        time.sleep(0.5)  # the witness writes five times a second
        with open(os.path.join(self.folder.name, "connections.json")) as file:
            return json.load(file).get(str(TLS_PORT), 0)


def tls_peers(programs):
    place = f"{HOST}:{TLS_PORT}"
    return {
        "sslscan": ["sslscan", "--no-colour", place],
        "nmap ssl-enum-ciphers": ["nmap", "-n", "-Pn", "-p", str(TLS_PORT), "--script", "ssl-enum-ciphers", HOST],
        "sslyze": [os.path.join(programs, "sslyze"), place],
        "testssl.sh": ["testssl", "--quiet", "--color", "0", "-p", "-s", "-f", "-S", place],
    }


def ssh_peer(programs):
    return [os.path.join(programs, "ssh-audit"), "-p", str(SSH_PORT), HOST]


def counted(clock, services, command):
    """Seconds and connections of one run."""
    before = services.connections()
    outcome = run(clock, *command, limit=900)
    return outcome.seconds, services.connections() - before
