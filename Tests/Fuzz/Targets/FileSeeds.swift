internal import Declarations
internal import Foundation
internal import Notices
internal import Records
internal import ScopeFile

/// Files that are read whole, short ones of each kind.
enum FileSeeds {
  private static func octets(_ text: String) -> [UInt8] { Array(text.utf8) }

  static let documents = [
    octets(scope), octets(DeclarationsTemplate.text), octets(declarations), octets(mud), octets(references),
    octets(NoticeSettingsTemplate.text), octets(notices),
    octets("version: 1\ncolumns:\n  asset: 管理No.\n  mac: [MAC(LAN), MAC(WLAN)]\n"),
    octets("# ours\nadmin:admin\nroot:\n:1234\n"),
    octets(
      "id: published\ntransports: [telnet]\npairs:\n  - { account: root, password: \"1\" }\n  - { account: a }\n"
        + "sources:\n  - { title: t, url: \"https://example.invalid/\", retrieved: 2026-11-29 }\n"),
    // What readers of YAML have stumbled over: aliases that multiply, depth, tags, keys that are no text.
    octets("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"),
    octets(aliases), octets(String(repeating: "[", count: 8000)), octets(String(repeating: "- ", count: 8000)),
    octets(String(repeating: "[", count: 400) + String(repeating: "]", count: 400)),
    octets("? [a, b]\n: !!binary aGk=\n? {c: d}\n: !!set {e, f}\n<<: {g: 0x1f}\n"), octets("\"\\e[31m\\u202e\": 1\n"),
    octets("version: 77777777777770:777777777770:77777777777777777:777777777777777770\n"),
    octets("- 0o17\n- 1_000\n- 190:20:30\n- .inf\n- 2001-12-14t21:59:43.10-05:00\n"),
  ]

  /// Ten lists of ten, each of the one before: ten thousand million words, and the last is a key.
  private static let aliases =
    (1...9).reduce("l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n") { text, level in
      text + "l\(level): &l\(level) [" + [String](repeating: "*l\(level - 1)", count: 10).joined(separator: ", ")
        + "]\n"
    } + "? *l9\n: 1\n"

  private static let scope = """
    version: 1
    engagement: { id: E-1, customer: 例, site: "Head office", operator: x }
    valid: { from: 2026-11-01T00:00:00+09:00, until: 2026-12-01T00:00:00+09:00 }
    utcOffset: "+09:00"
    networks: [192.168.10.0/24, "fe80::/10", 10.0.0.1-10.0.0.9]
    exclude: [192.168.10.5, { target: "00:11:22:aa:bb:cc", reason: x }]
    techniques: [passive, arp-discovery, tcp-syn, service-questions]
    rates: { perDevice: 100, total: 20000 }
    wifi: { ssids: [iot, 0xff41], bssids: ["00:11:22:aa:bb:cc"], exclude: { ssids: [guest], bssids: [] } }
    """

  private static let declarations = """
    version: 1
    closedNetwork: true
    classes: { cam: { allow: [{ transport: tcp, ports: [80, 8000-8010], why: web }], mud: cam.json } }
    devices: [{ target: "00:11:22:aa:bb:cc", class: cam }, { target: 10.0.0.1, allow: [] }]
    fragile: [{ target: 10.0.0.2, why: old, ot: true }]
    zones: [{ id: a, networks: [10.0.0.0/24] }, { id: b, networks: [10.0.1.0/24] }]
    reach: [{ from: a, to: b, rule: none }]
    logCollectors: [10.0.0.9]
    roles: [{ role: owner, who: x }]
    """

  private static let notices = """
    version: 1
    languages: [en, ja]
    utcOffset: "-03:30"
    on: [regressed, fixed]
    level: low
    digest: { weekday: sunday, at: "23:59" }
    channels:
      - { name: a, type: webhook, url: "https://h:1/x", secretFile: /s, tokenFile: /t, tokenHeader: X-T, caFile: /c, proxy: "http://p:1", body: text }
      - { name: b, type: email, from: a@b.example, to: [c@d], program: /p, digest: false }
      - { name: c, type: syslog, to: "tcp://[::1]:601", facility: local7 }
      - { name: d, type: command, command: [/x, y], seconds: 5 }
      - { name: e, type: metrics, file: /m }
      - { name: f, type: webhook, urlFile: /u }
    """

  private static let references = """
    version: 1
    advisories:
      snapshot: x
      date: 2026-11-18
      entries: [{ id: A-1, title: x, vendor: v, product: p, versions: { before: "1.2" } }, { id: A-2, title: y, vendor: v, product: p, versions: all }]
    support: [{ vendor: v, model: p, ends: 2027-03-31, source: u }]
    latest: [{ vendor: v, model: p, version: "1.2", date: 2026-11-01, source: u }]
    """

  private static let mud = """
    {"ietf-mud:mud": {"mud-version": 1, "mud-url": "https://example.com/cam", "last-update": "2026-01-01T00:00:00Z",
      "is-supported": true, "to-device-policy": {"access-lists": {"access-list": [{"name": "to"}]}}},
     "ietf-access-control-list:acls": {"acl": [{"name": "to", "aces": {"ace": [
       {"name": "e", "matches": {"ipv4": {"source-ipv4-network": "10.0.0.0/8"}, "ietf-mud:mud": {"same-manufacturer": [null]},
        "tcp": {"destination-port": {"lower-port": 80, "upper-port": 90}}}, "actions": {"forwarding": "accept"}}]}}]}}
    """

  /// A file of each kind; an input's first octet counts here.
  static let profilePaths = [
    "devices/allied-telesis/centrecom.yaml", "devices/classes.yaml", "scans/gentle.yaml", "ports/ot.yaml",
    "udp/dns.yaml",
    "udp/echonet-lite.yaml", "catalogs/jssec-iot-v1.yaml", "checks/redis.no-auth/check.yaml", "wording/reasons.yaml",
    "wording/limitations.yaml", "vocabularies/roles.yaml", "fingerprints/telnet.yaml",
    "ssh/guidelines/rfc9142.yaml", "ssh/software.yaml", "ssh/known-keys.yaml",
    "tls/guidelines/iot-baseline.yaml", "tls/guidelines/mozilla-intermediate.yaml",
    "wifi/baselines/strict.yaml", "checks/wifi.wep/check.yaml",
    "wifi/default-ssids.yaml", "catalogs/iotac-guideline-1.0.yaml", "crosswalk/terminal-equipment-34-10.yaml",
    "crosswalk/meti-sme-guide.yaml", "vocabularies/observations.yaml",
  ]

  /// Long files up to the last line that fits: their beginnings hold every key.
  static let profiles = profilePaths.indices.map { place in
    let octets = Repository.octets(profilePaths[place])
    guard octets.count > 6000 else { return [UInt8(place)] + octets }
    let front = octets.prefix(6000)
    return [UInt8(place)] + front.prefix((front.lastIndex(of: 0x0a) ?? 0) + 1)
  }

  static let fingerprints =
    ["http-authenticate", "telnet", "upnp-server"].map {
      Array(Repository.octets("fingerprints/\($0).yaml").prefix(3500))
    }
    + [XMLSeeds.recog, octets(patterns)]

  private static let patterns = #"""
    matches: ssh.banner
    preference: 0.5
    fingerprints:
      - id: a
        pattern: '^(?<v>[\w.-]+?)\s*(?i:x|\h{2,4})(?=y)(?!z)\R?\p{Alnum}+\k<v>[^\]a-f&&[^b]]*$'
        certainty: 0.5
        claims: { model: "{v}" }
        source: x
        examples: [{ text: ab, claims: {} }]
        counterexamples: [c]
    """#

  static let tables = [
    octets("管理番号,MACアドレス,IPアドレス,ホスト名,備考\nA-1,00:11:22:aa:bb:cc,192.168.1.5,cam,\"x, \"\"y\"\"\"\r\nA-2,,DHCP,,\n"),
    octets("asset,mac,ip,serial,vendor,model\n1,0011.22aa.bbcc 00-11-22-33-44-55,fe80::1%eth0,S1,ｶﾞﾗｽ,Ｘ１\n"),
    [0xef, 0xbb, 0xbf] + octets("ip,name\n10.0.0.1,a\n"), [0xff, 0xfe, 0x41, 0x00],
    // 管理番号,IPアドレス in code page 932.
    [
      0x8a, 0xc7, 0x97, 0x9d, 0x94, 0xd4, 0x8d, 0x86, 0x2c, 0x49, 0x50, 0x83, 0x41, 0x83, 0x68, 0x83, 0x8c, 0x83, 0x58,
      0x0a,
    ]
      + octets("A,10.0.0.1\n") + [0xb6, 0xde, 0x2c, 0x0a],
    octets(
      "Registry,Assignment,Organization Name,Organization Address\nMA-L,001122,\"CIMSYS \"\"Inc\"\"\",x\nMA-M,0011222,B,y\n"
    ),
  ]
}
