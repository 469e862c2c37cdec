"""The bench site: an auditor and a target in network namespaces of their own, on one veth pair.

The target owns a whole block of addresses by a local route and answers ARP for all of them. Seven
ports listen on every one. Nothing here can reach a real network.
"""

import json
import os
import signal
import subprocess
import tempfile
import time

AUDITOR, TARGET = "tenken-bench-a", "tenken-bench-t"
NEAR, FAR = "bench-a", "bench-t"
# Beside the /17 of the target, on one /15, so that every address of the /17 is an ordinary one.
SOURCE, KEEPER, NETWORK = "10.98.255.1", "10.98.255.2", "10.99.0.0/17"
OPEN = [23, 80, 443, 554, 1883, 8080, 49152]

GREETING = f"""
import socket, time
until = time.monotonic() + 10
while True:
    try:
        socket.create_connection(("{KEEPER}", {OPEN[0]}), timeout=0.2).close()
        break
    except OSError:
        if time.monotonic() > until: raise
"""

LISTENER = """
import signal, socket, sys
sockets = []
for port in map(int, sys.argv[1:]):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("0.0.0.0", port))
    s.listen(65535)
    sockets.append(s)
print("ready", flush=True)
signal.pause()
"""


def sh(*command):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)


def inside(namespace, *command):
    return ["ip", "netns", "exec", namespace, *command]


class Site:
    """`with Site() as site:` raises the site and removes all of it again, whatever happens."""

    def __init__(self, owned=NETWORK, witness=None):
        self.owned, self.witness_program = owned, witness
        self.processes = []

    def __enter__(self):
        self.__exit__()  # what a run that was killed has left behind
        try:
            self.raise_namespaces()
            self.start(TARGET, "python3", "-c", LISTENER, *map(str, OPEN))
            # A link that was just raised drops what it sends until the kernel has looked at its
            # carrier, up to a second later.
            while any(self.link(*end)["operstate"] != "UP" for end in ((AUDITOR, NEAR), (TARGET, FAR))):
                time.sleep(0.02)
            # Whether frames really pass is known when one connection was made, to no target's address.
            sh(*inside(AUDITOR, "python3", "-c", GREETING))
            self.mac = self.link(TARGET, FAR)["address"]
        except BaseException:
            self.__exit__()
            raise
        return self

    def link(self, namespace, name):
        shown = subprocess.run(
            ["ip", "-n", namespace, "-j", "link", "show", name], check=True, stdout=subprocess.PIPE)
        return json.loads(shown.stdout)[0]

    def raise_namespaces(self):
        for namespace in (AUDITOR, TARGET):
            sh("ip", "netns", "add", namespace)
        sh("ip", "link", "add", NEAR, "netns", AUDITOR, "type", "veth", "peer", "name", FAR, "netns", TARGET)
        for namespace, end, address in ((AUDITOR, NEAR, SOURCE), (TARGET, FAR, KEEPER)):
            sh(*inside(namespace, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1",
                       "net.ipv4.conf.all.rp_filter=0", f"net.ipv4.conf.{end}.rp_filter=0",
                       "net.core.somaxconn=65535", "net.ipv4.tcp_max_syn_backlog=65535"))
            for name in ("lo", end):
                sh("ip", "-n", namespace, "link", "set", name, "up")
            sh("ip", "-n", namespace, "address", "add", f"{address}/15", "dev", end)
        # Each namespace counts its own half-open connections; the answers do not depend on them.
        sh(*inside(TARGET, "sysctl", "-qw", "net.ipv4.tcp_syncookies=1", "net.ipv4.tcp_synack_retries=0"))
        sh("ip", "-n", TARGET, "route", "add", "local", self.owned, "dev", "lo")

    def start(self, namespace, *command):
        """Starts a helper that says "ready" and runs until the site is removed."""
        process = subprocess.Popen(
            inside(namespace, *command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.processes.append(process)
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{command[0]} did not start")
        return process

    def spawn(self, namespace, *command):
        """A program that ends with the site; nobody waits for a word of it."""
        self.processes.append(subprocess.Popen(
            inside(namespace, *command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL))

    def witness(self, frames):
        """Counts frames on the device's side from now on; `testimony` ends it."""
        return self.start(TARGET, self.witness_program, FAR, str(frames))

    def testimony(self, process):
        process.send_signal(signal.SIGTERM)
        text = process.communicate()[0]
        self.processes.remove(process)
        return json.loads(text)

    def lose(self, percent):
        """Drops so many per cent of the frames in each direction, ARP included."""
        rules = "".join(
            f'table netdev loss-{hook} {{\n chain c {{\n type filter hook {hook} device "{FAR}" priority 0\n'
            f' numgen random mod 100 < {percent} drop\n }}\n}}\n' for hook in ("ingress", "egress"))
        subprocess.run(inside(TARGET, "nft", "-f", "-"), check=True, input=rules, text=True)

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()
        self.processes.clear()
        for namespace in (AUDITOR, TARGET):
            listing = subprocess.run(
                ["ip", "netns", "pids", namespace], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            for number in listing.stdout.split():
                os.kill(int(number), signal.SIGKILL)
            subprocess.run(["ip", "netns", "delete", namespace], stderr=subprocess.DEVNULL)


class Outcome:
    """How a program ended: seconds of wall-clock time, peak memory in MB, its output."""

    def __init__(self, seconds, megabytes, status, output, complaint):
        self.seconds, self.megabytes, self.status = seconds, megabytes, status
        self.output, self.complaint = output, complaint


# Linux counts what a process used before exec too, and this one may be large: a small one starts the program.
WEIGHED = """
import os, resource, sys
status = os.spawnvp(os.P_WAIT, sys.argv[1], sys.argv[1:])
print("maxrss", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(status if status >= 0 else 128 - status)
"""


def interrupt_when_said(process, complaint, word):
    """Interrupts a program that has said it is done and does not go."""
    while process.poll() is None:
        time.sleep(0.05)
        size = os.fstat(complaint.fileno()).st_size
        if word in os.pread(complaint.fileno(), 200, max(0, size - 200)):
            process.send_signal(signal.SIGINT)
            time.sleep(1)


def run(clock, *command, limit=600, weighed=False, done=None):
    """Runs a program in the auditor's namespace and waits for it; `weighed` measures its memory too.

    `done`: what a program writes to its standard error when it has finished and only hangs.
    """
    if weighed:
        command = ("python3", "-S", "-c", WEIGHED, *command)
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaint:
        begin = clock()
        process = subprocess.Popen(
            inside(AUDITOR, *command), stdin=subprocess.DEVNULL, stdout=output, stderr=complaint)
        signal.signal(signal.SIGALRM, lambda *_: process.kill())
        signal.alarm(limit)
        if done:
            interrupt_when_said(process, complaint, done)
        process.wait()
        signal.alarm(0)
        seconds = clock() - begin
        output.seek(0)
        complaint.seek(0)
        complaints, _, kilobytes = complaint.read().decode(errors="replace").rpartition("maxrss ")
        return Outcome(
            seconds, int(kilobytes) / 1024 if weighed else None, process.returncode, output.read().decode(),
            complaints if weighed else kilobytes)
