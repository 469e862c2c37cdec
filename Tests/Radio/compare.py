"""Compares what tenken heard of networks made of radios in software with the configurations that they were made of.

Usage: compare.py CONFIGURATIONS RESULTS. What is expected is derived here from hostapd's options, by what they mean, and from nothing
that tenken prints.
"""
import json
import pathlib
import sys

networks, results = map(pathlib.Path, sys.argv[1:])
problems = []
compared = 0


def check(what, got, expected):
    global compared
    compared += 1
    if got != expected:
        problems.append(f"{what}: {got!r}, and {expected!r} was expected")


def text(name):
    path = results / name
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def options(path):
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)


AKMS = {"WPA-PSK": "psk", "WPA-PSK-SHA256": "psk-sha256", "SAE": "sae", "OWE": "owe", "WPA-EAP": "802.1x", "FT-PSK": "ft-psk"}
CIPHERS = {"CCMP": "ccmp-128", "TKIP": "tkip"}


def expected(conf):
    """What a network of such a configuration has to be called."""
    wpa = int(conf.get("wpa", 0))
    old = conf.get("wpa_pairwise", "").split() if wpa & 1 else []
    new = conf.get("rsn_pairwise", "").split() if wpa & 2 else []
    akms = conf.get("wpa_key_mgmt", "").split() if wpa else []
    # What a broadcast is encrypted with every station has to understand.
    group = None if not wpa else "tkip" if "TKIP" in old + new else "ccmp-128"
    pmf = ["none", "capable", "required"][int(conf.get("ieee80211w", 0))]
    if wpa == 0:
        security = "wep" if "wep_key0" in conf else "open"
    elif wpa == 1:
        security = "wpa1"
    elif wpa == 3:
        security = "wpa1+wpa2"
    elif "OWE" in akms:
        security = "owe"
    elif "SAE" in akms:
        security = "wpa3" if akms == ["SAE"] else "wpa2+wpa3"
    else:
        security = "wpa2"
    wps = None
    if "wps_state" in conf:
        # hostapd speaks version 2 since 2.0.
        wps = {"configured": conf["wps_state"] == "2", "locked": conf.get("ap_setup_locked") == "1", "version2": True}
    findings = set()
    if security == "open":
        findings.add("wifi.owe-open-half" if "owe_transition_ssid" in conf else "wifi.open")
    if security == "wep":
        findings.add("wifi.wep")
    if wpa & 1:
        findings.add("wifi.wpa1")
    if "TKIP" in old + new:
        findings.add("wifi.tkip")
    if wps and not wps["locked"]:
        findings.add("wifi.wps")
    # WPA3's own rules ask for it, so that what is told there is another finding, which none of these has.
    if security in ("wpa2", "wpa1+wpa2"):
        findings |= {"none": {"wifi.no-pmf"}, "capable": {"wifi.pmf-optional"}, "required": set()}[pmf]
    if security == "wpa2+wpa3":
        findings.add("wifi.transition")
    if "SAE" in akms and conf.get("sae_pwe", "0") == "0":
        findings.add("wifi.sae-no-h2e")
    if "FT-PSK" in akms:
        findings.add("wifi.ft-psk")
    return {
        "security": security, "pairwise": sorted(CIPHERS[x] for x in set(old + new)), "group": group,
        "akm": sorted(AKMS[x] for x in akms), "pmf": pmf, "wps": wps, "findings": sorted(findings),
        "channel": int(conf["channel"]),
    }


def band(conf):
    return "2.4" if conf["hw_mode"] == "g" else "6" if "op_class" in conf else "5"


def hides(conf):
    return conf.get("ignore_broadcast_ssid") == "1"


configurations = [(f"02:00:00:00:{number:02x}:00", path.stem, options(path)) for number, path in enumerate(sorted(networks.glob("*.conf")))]
assert len(configurations) > 10


def report(name):
    status = text(f"{name}.status").strip()
    if status not in ("0", "1"):
        problems.append(f"tenken ended with {status or 'nothing'} for {name}: {text(name + '.err').strip()}")
        return None
    return json.loads(text(f"{name}.json"))


def compare(name, bands, named=()):
    """Every network of the bands, and no other; names of those that hide only where a station said them."""
    found = report(name)
    if found is None:
        return None
    wanted = [row for row in configurations if band(row[2]) in bands]
    by_address = {network["bssid"]: network for network in found["networks"]}
    check(f"{name}: networks", sorted(by_address), sorted(address for address, _, _ in wanted))
    for address, row, conf in wanted:
        network = by_address.get(address)
        if network is None:
            continue
        for key, value in expected(conf).items():
            got = network[key]
            if key in ("pairwise", "akm"):
                got = sorted(got)
            elif key == "findings":
                got = sorted(finding["check"] for finding in got)
            elif key == "wps" and got is not None:
                got = {part: got[part] for part in value or got}
            check(f"{name}: {row}: {key}", got, value)
        check(f"{name}: {row}: name", network["ssid"], conf["ssid"] if not hides(conf) or row in named else None)
    return found


def seen(found, row):
    address = next(address for address, other, _ in configurations if other == row)
    network = next((network for network in found["networks"] if network["bssid"] == address), {"findings": []})
    return {finding["check"] for finding in network["findings"] if any(proof["kind"] == "seen" for proof in finding["proofs"])}


scan = compare("scan", {"2.4", "5", "6"})
if scan:
    check("scan: bands", {channel["band"] for channel in scan["coverage"]["channels"]}, {"2.4", "5", "6"})
    check("scan: what is only seen in data", set().union(*(seen(scan, row) for _, row, _ in configurations)), set())

passive = compare("passive", {"2.4"})
if passive:
    check("passive: bands", {channel["band"] for channel in passive["coverage"]["channels"]}, {"2.4"})

monitor = compare("monitor", {"2.4", "5"}, named=("15-hidden",))
if monitor:
    channels = monitor["coverage"]["channels"]
    listened = [channel for channel in channels if channel["seconds"] >= 0.2]
    # What the rules of Germany allow: 1 to 13, and in 5 GHz at least the 19 of 36 to 64 and 100 to 140.
    check("monitor: 2.4 GHz", {channel["number"] for channel in listened if channel["band"] == "2.4"}, set(range(1, 14)))
    middle = {channel["number"] for channel in listened if channel["band"] == "5"}
    check("monitor: 5 GHz", set([*range(36, 65, 4), *range(100, 141, 4)]) - middle, set())
    check("monitor: time", 25 <= sum(channel["seconds"] for channel in channels) <= 40, True)
    check("monitor: 6 GHz was left out", any(limit["band"] == "6" for limit in monitor["coverage"]["limitations"]), True)
    # What stations did while it listened.
    check("monitor: an open network in use", "wifi.open" in seen(monitor, "00-open"), True)
    check("monitor: WEP in use", "wifi.wep" in seen(monitor, "01-wep"), True)
    check("monitor: TKIP in use", "wifi.tkip" in seen(monitor, "02-wpa1"), True)
    check("stations that were connected", text("links.txt").count("Connected to"), 6)

check("schedule: the network that was joined", 'ssid: "radio-wpa1"' in text("schedule.txt"), True)

compare("read", {"2.4", "5", "6"}, named=("15-hidden",))

given = report("given")
if given:
    check("an interface that was in monitor mode is used", given["coverage"]["frames"] > 20, True)
    check("and stays", "type monitor" in text("given.txt"), True)
check("monitor interface while listening", text("while-listening.txt").split(), ["1", "1"])
check("monitor interfaces left over, after the end, SIGINT and SIGKILL", text("left-over.txt").split(), ["0", "0", "0"])
check("interrupted: status", text("interrupted.status").strip(), "4")
check("interrupted: it says so", [source["brokenOff"] for source in json.loads(text("interrupted.json"))["coverage"]["sources"]],
      [{"offset": None, "reason": "interrupted"}])

# What stands in the way: the status, and what the text has to name.
for name, status, words in [
    ("forbidden", "3", ["wifi-scan", "Nothing was sent"]), ("forbidden-monitor", "3", ["wifi-listen", "Nothing was sent"]),
    ("missing", "5", ["wlan99", "iw dev"]), ("wired", "5", ["lo", "not wireless"]), ("down", "5", ["ip link set", "up"]),
    ("switched-off", "5", ["rfkill unblock"]), ("busy", "5", ["set it down", "ip link set"]),
]:
    check(f"{name}: status", text(f"{name}.status").strip(), status)
    check(f"{name}: {text(name + '.err').strip()!r}", [word for word in words if word not in text(f"{name}.err")], [])

for problem in problems:
    print(f"compare: {problem}", file=sys.stderr)
print(f"{compared} comparisons with {len(configurations)} networks, {len(problems)} of them failed")
sys.exit(1 if problems else 0)
