"""Measures tenken against the C reference and its peers in one run, and prints a table.

Started by Scripts/bench, which builds what is measured. Needs root for the namespaces.
"""

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime

sys.path.insert(0, os.path.dirname(__file__))
import scanners  # noqa: E402
from bench_site import NEAR, NETWORK, OPEN, SOURCE, Site, run  # noqa: E402

CLOCK = time.monotonic
ALL_PORTS = "1-65535"


@dataclass
class Row:
    """A line of the table: what was measured, in which unit, and what it has to reach."""

    what: str
    must: str
    unit: str = "s"
    values: list = field(default_factory=list)
    peer: str = ""
    peer_values: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    holds: object = None  # (median, median of the peer or None) -> bool; None for a line without a bound

    def ok(self):
        if self.problems or not self.values:
            return False
        peer = statistics.median(self.peer_values) if self.peer_values else None
        return self.holds is None or self.holds(statistics.median(self.values), peer)

    def cells(self):
        ratio = ""
        if self.values and self.peer_values:
            ratio = f"{statistics.median(self.values) / statistics.median(self.peer_values):.2f}"
        state = ("ok" if self.ok() else "NO") if self.holds or self.problems else "–"
        note = "; ".join(dict.fromkeys(self.problems))
        peer = f"{self.peer} {spread(self.peer_values, self.unit)}" if self.peer_values else self.peer
        return [self.what, self.must, spread(self.values, self.unit), peer, ratio, state + (f" {note}" if note else "")]


def spread(values, unit):
    if not values:
        return "–"
    middle = f"{shown(statistics.median(values))} {unit}"
    return middle if len(values) == 1 else f"{middle} ({shown(min(values))}–{shown(max(values))})"


def shown(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}" if value < 100 else f"{value:.1f}"


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        self.quick = arguments.quick
        self.runs = 1 if self.quick else arguments.runs
        self.folder = tempfile.TemporaryDirectory(prefix="tenken-bench-")
        self.scope = os.path.join(self.folder.name, "scope.yaml")
        with open(self.scope, "w") as file:
            file.write(SCOPE)

    def program(self, name):
        return os.path.join(self.arguments.programs, name)

    def site(self, owned=NETWORK):
        return Site(owned, self.program("witness"))

    def measured(self, case):
        """The rows of a case; one that breaks is a row too, so that the others are still measured."""
        try:
            return getattr(self, case)()
        except (OSError, ValueError, KeyError, RuntimeError, subprocess.SubprocessError) as problem:
            return [Row(case.replace("_", " "), "", problems=[f"{type(problem).__name__}: {problem}"])]

    # The programs that are compared.

    def tenken(self, command, targets, *options, limit=900, weighed=False):
        """Runs tenken; returns its outcome and the JSON lines it printed."""
        outcome = run(
            CLOCK, self.arguments.tenken, command, *targets.split(), "--scope", self.scope, "--json", *options,
            limit=limit, weighed=weighed)
        return outcome, [json.loads(line) for line in outcome.output.splitlines() if line.startswith("{")]

    def scan(self, row, targets, ports, expected, rates=(0, 0), value=None, weighed=False):
        """One scan, with what is wrong with its result noted in the row."""
        device, total = rates
        outcome, lines = self.tenken(
            "scan", targets, "--ports", ports, "--profile", "fast", "--device-rate", str(device), "--max-rate",
            str(total), "--quiet", weighed=weighed)
        found = open_ports(lines)
        if outcome.status not in (0, 1):
            row.problems.append(f"status {outcome.status}: {last_line(outcome.complaint)}")
        elif found != expected:
            row.problems.append(f"{len(found & expected)} of {len(expected)} open ports, {len(found - expected)} wrong")
        if not row.problems:
            row.values.append(value(outcome) if value else outcome.seconds)
        return outcome

    def reference(self, site, hosts, ports):
        outcome = run(
            CLOCK, self.program("reference"), NEAR, site.mac, SOURCE, "10.99.0.0", str(hosts), str(ports))
        words = outcome.output.split()
        return dict(zip(words[::2], map(float, words[1::2])))

    def nmap(self, targets, ports, expected, row):
        outcome = run(CLOCK, "nmap", "-sS", "-n", "-T4", "-p", ports, "-oG", "-", targets)
        found = len(re.findall(r"\d+/open/tcp", outcome.output))
        row.peer_values.append(outcome.seconds)
        row.peer = "nmap -sS -n -T4" + ("" if found == expected else f" ({found} of {expected} open)")

    # The lines of the table.

    def against_reference(self):
        row = Row("16 hosts × 65,535, no ceiling", "≤ 1.15 × reference, all open", peer="C reference",
                  holds=lambda ours, peer: ours <= 1.15 * peer)
        with self.site() as site:
            for _ in range(self.runs):
                row.peer_values.append(self.reference(site, 16, 65_535)["seconds"])
                self.scan(row, span(16), ALL_PORTS, expected(16))
        return [row]

    def against_masscan(self):
        row = Row("masscan, 16 hosts × 65,535", "for comparison", peer="")
        with self.site() as site:
            for rate in (100_000, 300_000):
                outcome = run(
                    CLOCK, "masscan", "-p1-65535", "10.99.0.0/28", "--rate", str(rate), "--adapter", NEAR,
                    "--adapter-ip", SOURCE, "--router-mac", site.mac, "--wait", "3", "-oL", "-", limit=150,
                    # Version 1.3.2 counts its wait below zero and never goes.
                    done=b"waiting -")
                row.values.append(outcome.seconds)
                row.peer += f"{rate:,}/s: {len(set(re.findall(r'open tcp .*', outcome.output)))} of 112 "
        return [row]

    def against_nmap(self):
        rows = []
        for what, targets, ports, hosts, top, bound in (
                ("256 hosts × 1000", span(256), "1-1000", 256, 1000, 0.6),
                ("1 host × 65,535", "10.99.0.5", ALL_PORTS, 1, 65_535, 1.0)):
            row = Row(f"{what}, no ceiling", f"≤ {bound} × nmap -T4, all open",
                      holds=lambda ours, peer, bound=bound: ours <= bound * peer)
            first = 5 if hosts == 1 else 0
            with self.site():
                for _ in range(self.runs):
                    want = expected(hosts, top, first=first)
                    self.nmap("10.99.0.0/24" if hosts == 256 else targets, ports, len(want), row)
                    self.scan(row, targets, ports, want)
            rows.append(row)
        return rows

    def one_port(self):
        row = Row("1 host × 1 port, whole process", "≤ 0.3 s", holds=lambda ours, _: ours <= 0.3)
        with self.site():
            for _ in range(1 if self.quick else 5):
                self.scan(row, "10.99.0.5", "23", {("10.99.0.5", 23)})
        return [row]

    def discovery(self):
        row = Row("ARP /24, no loss", "256 of 256 in ≤ 1.5 s", peer="arp-scan", holds=lambda ours, _: ours <= 1.5)
        with self.site("10.99.0.0/24"):
            for _ in range(self.runs):
                peer = run(CLOCK, "arp-scan", "-q", "-I", NEAR, "10.99.0.0/24")
                row.peer_values.append(peer.seconds)
                outcome, lines = self.tenken("discover", span(256), "--quiet")
                found = {address for line in lines for address in addresses(line)}
                if outcome.status == 0 and len(found) == 256:
                    row.values.append(outcome.seconds)
                else:
                    row.problems.append(f"{len(found)} of 256, status {outcome.status}: {last_line(outcome.complaint)}")
        return [row]

    def gentle(self):
        hosts, ports = (10, 8_000) if self.quick else (50, 65_535)
        bound = 70 * ports / 65_535 + (1 if self.quick else 0)
        row = Row(f"{hosts} hosts × {ports:,} at 1000/s each", f"≤ {bound:.0f} s, all open",
                  holds=lambda ours, _: ours <= bound)
        peak = Row("  the same, device's side", "≤ 1000 in any second", unit="frames",
                   holds=lambda ours, _: ours <= 1000)
        with self.site() as site:
            witness = site.witness(2 * hosts * ports)
            self.scan(row, span(hosts, first=257), f"1-{ports}", expected(hosts, ports, first=257),
                      rates=(1000, 0))
            seen = site.testimony(witness)
        record(peak, seen, seen["peak"])
        return [row, peak]

    def many_hosts(self):
        block, hosts = ("10.99.0.0/21", 2048) if self.quick else (NETWORK, 32_768)
        row = Row(f"{hosts:,} hosts × 1 port", "all found")
        memory = Row("  its memory", "≤ 96 MB", unit="MB", holds=lambda ours, _: ours <= 96)
        with self.site(block):
            outcome = self.scan(row, span(hosts), "23", {(dotted(i), 23) for i in range(hosts)}, weighed=True)
        row.holds = lambda *_: True
        memory.values.append(outcome.megabytes)
        return [row, memory]

    def whole_network(self):
        ports = 4_096 if self.quick else 65_535
        row = Row(f"/24 × {ports:,}", "all open", holds=lambda *_: True)
        memory = Row("  its memory", "≤ 96 MB", unit="MB", holds=lambda ours, _: ours <= 96)
        with self.site():
            outcome = self.scan(row, span(256), f"1-{ports}", expected(256, ports), weighed=True)
        memory.values.append(outcome.megabytes)
        return [row, memory]

    def pacing(self):
        rows = []
        for rate in (100, 10_000) if self.quick else (10, 100, 1000, 10_000, 50_000):
            row = Row(f"pacing at {rate:,}/s", "each 100 ms within 3 % or one frame", unit="frames off",
                      holds=lambda ours, _: ours <= 0)
            hosts, ports = (1, rate * 5) if rate <= 10_000 else (8, rate * 5 // 8)
            lowest, highest = [], []
            for _ in range(self.runs):
                with self.site() as site:
                    witness = site.witness(rate * 20)
                    timing = Row("", "")
                    self.scan(timing, span(hosts, first=257), f"1-{ports}", expected(hosts, ports, first=257),
                              rates=(0, rate))
                    seen = site.testimony(witness)
                row.problems += timing.problems
                record(row, seen, beyond(seen["counts"], rate / 10))
                lowest.append(min(seen["counts"], default=0))
                highest.append(max(seen["counts"], default=0))
            row.peer = f"100 ms, all runs: {min(lowest)}–{max(highest)} frames"
            rows.append(row)
        return rows

    def loss(self):
        block, hosts = ("10.99.0.0/23", 512) if self.quick else ("10.99.0.0/20", 4096)
        ports = ",".join(map(str, OPEN + list(range(20_000, 20_013))))
        row = Row(f"{hosts} hosts × 20 ports, 2 % + 2 % loss", "≥ 99.99 % of open ports", unit="%",
                  holds=lambda ours, _: ours >= 99.99)
        want = {(dotted(host), port) for host in range(hosts) for port in OPEN}
        with self.site(block) as site:
            site.lose(2)
            outcome, lines = self.tenken(
                "scan", span(hosts), "--ports", ports, "--profile", "fast", "--device-rate", "0", "--max-rate", "0",
                "--quiet")
        found = open_ports(lines)
        if outcome.status not in (0, 1) or found - want:
            row.problems.append(f"status {outcome.status}, {len(found - want)} wrong: {last_line(outcome.complaint)}")
        row.values.append(100 * len(found & want) / len(want))
        row.peer = f"{len(found & want):,} of {len(want):,} in {outcome.seconds:.1f} s"
        return [row]

    def linearity(self):
        rows, costs = [], []
        for factor in (1, 4, 16):
            ports = 65_535 * factor // 16
            row = Row(f"{factor}×: 16 hosts × {ports:,}", "for comparison", unit="µs a probe")
            with self.site():
                for _ in range(self.runs):
                    self.scan(row, span(16), f"1-{ports}", expected(16, ports),
                              value=lambda outcome, ports=ports: outcome.seconds / (16 * ports) * 1e6)
            if row.values:
                costs.append(statistics.median(row.values))
            rows.append(row)
        rows[-1].must = "≤ 1.1 × that of 4×"
        rows[-1].holds = lambda ours, _: len(costs) == 3 and ours <= 1.1 * costs[1]
        return rows

    def against_tls_scanners(self):
        """One permissive TLS service and one SSH service, asked by tenken and by its peers."""
        audit = Row("TLS service, audit", "≤ 1.0 × the fastest peer", holds=lambda ours, peer: ours <= peer)
        full = Row("  every suite: connections", "≤ 0.6 × sslscan's", unit="", peer="sslscan",
                   holds=lambda ours, peer: ours <= 0.6 * peer)
        shell = Row("SSH service", "≤ 1.0 × ssh-audit", peer="ssh-audit", holds=lambda ours, peer: ours <= peer)
        peers = scanners.tls_peers(self.arguments.peers)
        theirs = {name: [] for name in peers}
        scope = os.path.join(self.folder.name, "services.yaml")
        with open(scope, "w") as file:
            file.write(SCOPE.replace("ot-identify", "service-questions"))
        options = ("--scope", scope, "--device-rate", "0", "--fail-on", "critical")
        tls = [self.arguments.tenken, "tls", f"{scanners.HOST}:{scanners.TLS_PORT}", *options]
        ssh = [self.arguments.tenken, "ssh", f"{scanners.HOST}:{scanners.SSH_PORT}", *options]
        counts = []
        with self.site() as site, scanners.Services(site) as services:
            for number in range(self.runs):
                seconds, count = scanners.counted(CLOCK, services, tls)
                audit.values.append(seconds)
                counts.append(count)
                full.values.append(scanners.counted(CLOCK, services, [*tls, "--full"])[1])
                for name, command in peers.items():
                    # testssl.sh takes minutes: one run tells enough.
                    if name != "testssl.sh" or number == 0 and not self.quick:
                        theirs[name].append(scanners.counted(CLOCK, services, command))
                shell.values.append(run(CLOCK, *ssh, limit=60).seconds)
                shell.peer_values.append(run(CLOCK, *scanners.ssh_peer(self.arguments.peers), limit=60).seconds)
        full.peer_values = [count for _, count in theirs["sslscan"]]
        medians = {name: statistics.median(seconds for seconds, _ in runs) for name, runs in theirs.items() if runs}
        fastest = min(medians, key=medians.get)
        audit.peer, audit.peer_values = fastest, [seconds for seconds, _ in theirs[fastest]]
        # Who opens none has failed, however quickly.
        rows = [audit, Row("  its connections", "1 to 25", unit="", values=counts, holds=lambda ours, _: 1 <= ours <= 25), full]
        for name, runs in theirs.items():
            if runs:
                connections = statistics.median(count for _, count in runs)
                rows.append(Row(f"  {name}", "for comparison", values=[seconds for seconds, _ in runs],
                                peer=f"{connections:.0f} connections"))
        return [*rows, shell]

    def identification(self):
        """The lab: everything that answers is identified and asked whatever there is to ask it."""
        def lab(*command):
            """The lab makes its namespaces itself."""
            return subprocess.run(
                [self.program("tenken-lab"), *command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)

        truth = json.loads(lab("truth").stdout)["devices"]
        ports = sorted({service["port"] for device in truth for service in device["tcp"]})
        row = Row(f"/24, {len(truth)} devices: identification, probes", "≤ 45 s, at profile standard",
                  holds=lambda ours, _: ours <= 45)
        peak = Row("  the same, devices' side", "nobody above its class's rate", unit="% of it",
                   holds=lambda ours, _: ours <= 100)
        scope = os.path.join(self.folder.name, "lab.yaml")
        with open(scope, "w") as file:
            file.write(lab("scope").stdout)
        for number in range(self.runs):
            pack, states = (os.path.join(self.folder.name, f"{name}-{number}") for name in ("pack", "states"))
            outcome = lab(
                "run", "--state-out", states, "--", self.arguments.tenken, "audit", "10.0.0.0/24", "--scope", scope,
                "--output", pack, "--ports", ",".join(map(str, ports)), "--quiet", "--no-history")
            if outcome.returncode not in (0, 1):
                row.problems.append(f"status {outcome.returncode}: {last_line(outcome.stderr)}")
                continue
            self.judge_lab(row, peak, truth, pack, states)
        return [row, peak, *self.lab_services(lab, truth, scope, pack)]

    def lab_services(self, lab, truth, scope, pack):
        """Each TLS and SSH service of the lab, asked alone."""
        alone = Row("  each TLS and SSH service, asked alone", "≤ 2 s, the slowest", holds=lambda ours, _: ours <= 2)
        fragile = Row("  those of devices with 20 frames a second", "for comparison")
        kinds = {"ssh": ["ssh"], "https": ["tls"], "tls": ["tls"], "ftp": ["tls", "--starttls", "ftp"]}
        with open(os.path.join(pack, "data", "coverage.json")) as file:
            ceilings = {device["address"]: device["rateCeiling"] for device in json.load(file)["devices"]}
        asked = [(device["address"], service["port"], kinds[service["protocol"]]) for device in truth
                 for service in device["tcp"] if service["protocol"] in kinds
                 # FTP without TLS is no TLS service.
                 and (service["protocol"] != "ftp" or "TLS" in service["daemon"])]
        times = os.path.join(self.folder.name, "times.json")
        commands = [[self.arguments.tenken, *options[:1], f"{address}:{port}", *options[1:], "--scope", scope,
                     "--fail-on", "critical"] for address, port, options in asked]
        for _ in range(self.runs):
            lab("run", "--", sys.executable, os.path.join(os.path.dirname(__file__), "one_by_one.py"), times,
                json.dumps(commands))
            with open(times) as file:
                outcomes = list(zip(asked, json.load(file)))
            failed = [f"{address}:{port}" for (address, port, _), (status, _) in outcomes if status]
            if failed:
                alone.problems.append(f"no answer about {', '.join(failed)}")
            for row, slow in ((alone, False), (fragile, True)):
                row.values.append(max(
                    seconds for (address, *_), (_, seconds) in outcomes if (ceilings[address] <= 20) == slow))
        return [alone, fragile]

    @staticmethod
    def judge_lab(row, peak, truth, pack, states):
        def part(name):
            with open(os.path.join(pack, "data", name)) as file:
                return json.load(file)

        seconds = [datetime.fromisoformat(part("run.json")[name]) for name in ("started", "ended")]
        wanted = {(device["address"], service["port"], name) for device in truth
                  for service in device["tcp"] + device["udp"] if service["technique"] is None
                  for name in service["weaknesses"]}
        found = {(finding["device"]["addresses"][0], finding["service"]["port"], finding["check"])
                 for finding in part("findings.json") if finding["service"]}
        if wanted - found:
            row.problems.append(f"{len(wanted - found)} of {len(wanted)} findings are missing")
        row.values.append((seconds[1] - seconds[0]).total_seconds())
        ceilings = {device["address"]: device["rateCeiling"] for device in part("coverage.json")["devices"]}
        with open(states) as file:
            seen = json.load(file)
        peak.values.append(max(
            100 * seen[device["name"]]["peakPerSecond"] / ceilings[device["address"]] for device in truth))

    def frames_built(self):
        rows = []
        output = subprocess.run([self.program("tenken-bench")], check=True, stdout=subprocess.PIPE, text=True).stdout
        for line in output.splitlines():
            name, rate, _ = line.split()
            row = Row(f"built: {name}", "for comparison", unit="M/s", values=[int(rate) / 1e6])
            if name in ("frames-ipv4", "frames-ipv6"):
                row.must, row.holds = "≥ 50 M/s per core", lambda ours, _: ours >= 50
            rows.append(row)
        return rows

    def frames_heard(self):
        """Captures of 802.11 that are made in memory, on one core; floods of a million invented networks."""
        rows = []
        output = subprocess.run(
            [self.program("tenken-wifi-bench")], check=True, stdout=subprocess.PIPE, text=True).stdout
        for line in output.splitlines():
            name, rate, kept, dropped = line.split()
            row = Row(f"heard: {name}", "for comparison", unit="MB/s", values=[int(rate)])
            if "flood" in name:
                if int(kept) > 4096 or int(kept) + int(dropped) < 1_000_000:
                    row.problems.append(f"{kept} networks kept, {dropped} told as dropped")
            else:
                row.must, row.holds = "≥ 400 MB/s per core", lambda ours, _: ours >= 400
            rows.append(row)
        return rows

    def verdicts(self):
        """A site of 254 devices with all ports looked at, in memory."""
        output = subprocess.run(
            [self.program("tenken-verdict-bench"), "Profiles"], check=True, stdout=subprocess.PIPE, text=True).stdout
        _, times, count = output.split()
        row = Row("verdicts: 254 devices × 65,535 ports", "≤ 2 s", unit="s", values=[int(t) / 1000 for t in times.split(",")])
        row.holds = lambda ours, _: ours <= 2
        if int(count) < 254 * 18:
            row.problems.append(f"{count} verdicts")
        return [row]

    def reports(self):
        """Every form of the report of a site of 254 devices with 2,032 findings, in either language."""
        pack = os.path.join(self.folder.name, "pack")
        subprocess.run(
            [self.program("tenken-verdict-bench"), "Profiles", pack], check=True, stdout=subprocess.DEVNULL)
        whole = Row("reports: all ten forms, 254 devices, 2,032 findings", "≤ 10 s", unit="s")
        whole.holds = lambda ours, _: ours <= 10
        memory = Row("reports: memory", "≤ 400 MB", unit="MB")
        memory.holds = lambda ours, _: ours <= 400
        page = Row("reports: octets of the page", "≤ 5 MB", unit="MB")
        page.holds = lambda ours, _: ours <= 5
        for number in range(self.runs):
            for language in ["ja", "en"]:
                made = os.path.join(self.folder.name, f"reports-{number}-{language}")
                began = CLOCK()
                process = subprocess.Popen(
                    [self.arguments.tenken, "report", pack, "--all", "--lang", language, "--output", made])
                _, status, usage = os.wait4(process.pid, 0)
                whole.values.append(CLOCK() - began)
                memory.values.append(usage.ru_maxrss / 1000)
                if status or len(os.listdir(made)) != FORMS:
                    whole.problems.append(f"status {status}")
                    continue
                page.values.append(os.path.getsize(os.path.join(made, "report.html")) / 1e6)
        return [whole, memory, page]

    def history(self):
        """Five years of weekly runs of 254 devices: what a process takes to answer, and what opening the file to write does."""
        file = os.path.join(self.folder.name, "history.sqlite")
        output = subprocess.run(
            [self.program("tenken-history-bench"), file], check=True, stdout=subprocess.PIPE, text=True).stdout
        rows = []
        for line in output.splitlines():
            name, times = line.split(": ")
            values = [int(t) for t in times.split(" (")[0].split(",")]
            # A file of half a gigabyte is looked through, but for its indexes, before anything is written.
            bound = 2000 if name == "open to write" else 200
            row = Row(f"history, in the process: {name}", f"≤ {bound} ms", unit="ms", values=values)
            row.holds = lambda ours, _, bound=bound: ours <= bound
            rows.append(row)
        for words in ["list --json", "show run-261"]:
            rows.append(self.asked(file, ["history", *words.split()]))
        rows.append(self.asked(file, ["diff", "run-259", "run-261", "--json"], statuses=[0, 1]))
        return rows

    def asked(self, file, words, statuses=(0,)):
        row = Row(f"history, 261 runs: tenken {' '.join(words)}", "≤ 200 ms", unit="ms")
        row.holds = lambda ours, _: ours <= 200
        for _ in range(self.runs):
            began = CLOCK()
            process = subprocess.run(
                [self.arguments.tenken, *words, "--history", file], stdout=subprocess.DEVNULL, check=False)
            row.values.append((CLOCK() - began) * 1000)
            if process.returncode not in statuses:
                row.problems.append(f"status {process.returncode}")
        return row

    def reference_alone(self):
        """What the machine can do: without it, no ratio means anything."""
        row = Row("C reference, 16 hosts × 65,535", "for comparison", unit="probes/s")
        with self.site() as site:
            for _ in range(self.runs):
                result = self.reference(site, 16, 65_535)
                row.values.append(result["rate"])
                if result["open"] != 16 * len(OPEN) or result["unresolved"]:
                    row.problems.append(f"{result['open']:.0f} of 112")
        return [row]


# What `tenken report --all` makes.
FORMS = 10

CASES = [
    "frames_built", "frames_heard", "verdicts", "reports", "history", "reference_alone", "one_port", "discovery", "against_nmap", "against_reference", "linearity",
    "many_hosts", "whole_network", "gentle", "pacing", "loss", "identification", "against_tls_scanners", "against_masscan",
]

# Only what the peers do as well: ARP and SYN. Without ot-identify some of the 65,535 ports get no SYN.
SCOPE = """\
version: 1
engagement: {id: "BENCH", customer: "bench", site: "bench", operator: "bench"}
valid: {from: "2020-01-01T00:00:00+09:00", until: "2099-01-01T00:00:00+09:00"}
utcOffset: "+09:00"
networks: [10.99.0.0/17]
exclude: []
techniques: [arp-discovery, tcp-syn, ot-identify]
rates: {perDevice: 0, total: 0}
"""


def dotted(number):
    return f"10.99.{number >> 8}.{number & 255}"


def span(hosts, first=0):
    """So many addresses as a range: of a block, the first and the last would not be hosts."""
    return f"{dotted(first)}-{dotted(first + hosts - 1)}"


def expected(hosts, top=65_535, first=0):
    """The open ports up to `top` of so many addresses, as (address, port)."""
    return {(dotted(first + host), port) for host in range(hosts) for port in OPEN if port <= top}


def addresses(line):
    return [line["address"]] if line.get("type") == "host" else []


def open_ports(lines):
    return {(line["address"], port) for line in lines if line.get("type") == "host" for port in line.get("open", [])}


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1][:120] if lines else "nothing said"


def record(row, seen, value):
    """Takes a value that the witness saw, unless it saw too little to tell."""
    if seen["lost"]:
        row.problems.append(f"the witness lost {seen['lost']} frames")
    elif not seen["counts"]:
        row.problems.append("nothing to measure")
    else:
        row.values.append(value)


def beyond(counts, target):
    """By how many frames the worst 100 ms lie outside 3 % of the target; a frame on the border of two
    windows falls into either of them."""
    allowed = max(0.03 * target, 1)
    return max((max(0, abs(count - target) - allowed) for count in counts), default=float("inf"))


def show(rows):
    head = ["what", "must reach", "measured (median, min–max)", "peer in the same run", "ratio", "ok"]
    table = [head, *[row.cells() for row in rows]]
    widths = [max(len(line[column]) for line in table) for column in range(len(head))]
    for number, line in enumerate(table):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


def main():
    parser = argparse.ArgumentParser(prog="Scripts/bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one run of each case, smaller cases")
    parser.add_argument("--check", action="store_true", help="end with status 1 when a bound was missed")
    parser.add_argument("--runs", type=int, default=3, help="runs of each compared case (default 3)")
    parser.add_argument("--only", metavar="CASE", nargs="+", choices=CASES, default=CASES, help=", ".join(CASES))
    parser.add_argument("--tenken", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--programs", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--peers", required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the site is removed
    bench = Bench(arguments)
    cores = len(os.sched_getaffinity(0))
    print(f"{cores} cores, Linux {os.uname().release}, load {os.getloadavg()[0]:.1f}", flush=True)
    rows = []
    try:
        for case in CASES:
            if case in arguments.only:
                print(f"… {case.replace('_', ' ')}", file=sys.stderr, flush=True)
                rows += bench.measured(case)
    finally:
        show(rows)
    missed = [row for row in rows if (row.holds or row.problems) and not row.ok()]
    return 1 if arguments.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
