import Addressing
import Records

@testable import Checklist

extension Scenario {
  private static let cloud = "203.0.113.9"
  private static let zones = """
    zones:
      - {id: office, networks: [192.168.1.0/24]}
      - {id: iot, networks: [192.168.10.0/24]}

    """
  private static let weak = DeviceSample.whole(1, [23: .telnet])

  /// JSSEC-14.1.a, of the table: closed network against flows.
  static let closedNetwork: [Scenario] = [
    Scenario(
      "14.1.a", "declared closed and a flow to a public address: FAIL",
      .one(.whole(), declared: "closedNetwork: true") { $0.capture([.told(1, cloud, 443, .tls12)]) }, "1: fail"),
    Scenario(
      "14.1.a", "declared closed and NTP to the Internet: FAIL",
      .one(.whole(), declared: "closedNetwork: true") { $0.capture([.told(1, cloud, 123, .none, on: .udp)]) }, "1: fail"
    ),
    Scenario(
      "14.1.a", "declared closed and no public flow in the window: supports, never a pass",
      .one(.whole(), declared: "closedNetwork: true") { $0.capture([.told(1, "192.168.10.9", 1883, .none)]) },
      "1: needs-review supports"),
    Scenario(
      "14.1.a", "no declaration: list destinations",
      .one(.whole()) { $0.capture([.told(1, cloud, 443, .tls12)]) }, "1: needs-review NT-DATA neutral"),
    Scenario(
      "14.1.a", "declared open: destinations for the owner",
      .one(.whole(), declared: "closedNetwork: false") { $0.capture([.told(1, cloud, 443, .tls12)]) },
      "1: needs-review neutral"),
    Scenario(
      "14.1.a", "no capture: NT-CAP, once for the site",
      .several([.whole(1), .whole(2)], declared: "closedNetwork: true"), "site: not-tested NT-CAP"),
    Scenario(
      "14.1.a", "a device that the capture did not see: NT-CAP",
      .several([.whole(1), .whole(2)], declared: "closedNetwork: true") {
        $0.capture([.told(1, cloud, 443, .tls12)])
      }, "1: fail", "2: not-tested NT-CAP"),
  ]

  /// A gateway whose list of mappings has one for device 1.
  private static let forwarding = DeviceSample.whole(2, asked: [.proven("upnp.port-mapping", .onUDP(1900))]) {
    $0.claims = [Claim(.portForward, "tcp/8023 192.168.10.1:23", source: "udp/1900 ssdp", confidence: .high)]
  }

  /// JSSEC-14.1.b: weak device and exposure.
  static let exposure: [Scenario] = [
    Scenario(
      "14.1.b", "fails 14.2.c and a port mapping leads to it: FAIL", .several([weak, forwarding]), "1: fail",
      "site: not-tested NT-VANT"),
    Scenario(
      "14.1.b", "fails 15.1 and an outside vantage reached it: FAIL",
      .one(.whole(1, [443: .speaks(.http, tls: true)], asked: [.proven("cred.default", .onTCP(443))])) {
        $0.reached(1, from: nil, outside: true, [.onTCP(443)])
      }, "1: fail"),
    Scenario(
      "14.1.b", "exposed but strong authentication: review",
      .one(.loginPage()) { $0.reached(1, from: nil, outside: true, [.onTCP(443)]) }, "1: needs-review neutral"),
    Scenario(
      "14.1.b", "scanned closed from outside and no IGD mapping: PASS(b)",
      .several([.whole(1), .whole(2, asked: [.refuted("upnp.port-mapping", .onUDP(1900))])]) {
        $0.reached(1, from: nil, outside: true)
      }, "1: pass", "site: not-tested NT-VANT"),
    Scenario(
      "14.1.b", "scanned closed from outside, no gateway asked for its mappings: not yet a pass",
      .one(.whole()) { $0.reached(1, from: nil, outside: true) }, "1: needs-review supports"),
    Scenario(
      "14.1.b", "weak device with a global IPv6 address, inbound not verified: review",
      .one(.whole(1, [23: .telnet]) { $0.moreAddresses = ["2001:db8::17"].compactMap { IPAddress($0) } }),
      "1: needs-review against"),
    Scenario("14.1.b", "a LAN-only run: NT-VANT is the normal result", .one(weak), "site: not-tested NT-VANT"),
    Scenario(
      "14.1.b", "a part of the ports from outside is no look from outside",
      .one(.whole()) { $0.reached(1, from: nil, outside: true, complete: false) }, "site: not-tested NT-VANT"),
  ]

  private static func heard(_ item: String, _ status: VerdictStatus, polarity: Polarity? = nil) -> Verdict {
    Verdict(
      item: "jssec-iot-v1/JSSEC-\(item)", device: .sample(1), service: nil, status: status, polarity: polarity,
      bounds: Bounds(coverage: nil, cannotConclude: LocalizedText(ja: "範囲外", en: "out of reach")),
      explanation: LocalizedText(ja: "受信した内容", en: "what was heard"), evidence: ["data/wifi/networks.json"])
  }

  private static func radio(_ verdicts: [Verdict] = [], networks: Int = 0) -> RadioFacts {
    RadioFacts(verdicts: verdicts, bands: "2.4 GHz, 5 GHz", networksInScope: networks)
  }

  /// JSSEC-14.2.a and JSSEC-14.2.b: Wi-Fi.
  static let wireless: [Scenario] = [
    Scenario("14.2.a", "nothing listened: NT-RADIO", .one(.whole()), "site: not-tested NT-RADIO"),
    Scenario(
      "14.2.a", "a network with WEP: FAIL as it was judged",
      .one(.whole()) { $0.radio = radio([heard("14.2.a", .fail)], networks: 1) }, "1: fail"),
    Scenario(
      "14.2.a", "CCMP with WPA2 alone: PASS(b) as it was judged",
      .one(.whole()) { $0.radio = radio([heard("14.2.a", .pass)], networks: 1) }, "1: pass"),
    Scenario(
      "14.2.a", "declared no WLAN and none heard on the bands: NA",
      .one(.whole(), declared: "policies: {wirelessLAN: false}") { $0.radio = radio() }, "site: not-applicable"),
    Scenario(
      "14.2.a", "declared no WLAN and one heard: against",
      .one(.whole(), declared: "policies: {wirelessLAN: false}") {
        $0.radio = radio([heard("14.2.a", .pass)], networks: 1)
      }, "1: pass", "site: needs-review against"),
    Scenario(
      "14.2.a", "declared no WLAN and nothing listened: the word alone is not enough",
      .one(.whole(), declared: "policies: {wirelessLAN: false}"), "site: not-tested NT-RADIO"),
    Scenario(
      "14.2.a", "none heard and nothing declared: NT-RADIO", .one(.whole()) { $0.radio = radio() },
      "site: not-tested NT-RADIO"),
    Scenario("14.2.b", "nothing listened: NT-RADIO", .one(.whole()), "site: not-tested NT-RADIO"),
    Scenario(
      "14.2.b", "the MAC address seen on a wired port alone: supports, never a pass",
      .one(.whole()) {
        $0.radio = radio()
        $0.radio?.wired = [.sample(1)]
      }, "1: needs-review supports"),
    Scenario(
      "14.2.b", "seen on Wi-Fi: ask why wired was not chosen",
      .one(.whole()) {
        $0.radio = radio()
        $0.radio?.wireless = [.sample(1)]
      }, "1: needs-review NT-INT neutral"),
    Scenario(
      "14.2.b", "seen on both: the question stays",
      .one(.whole()) {
        $0.radio = radio()
        $0.radio?.wireless = [.sample(1)]
        $0.radio?.wired = [.sample(1)]
      }, "1: needs-review NT-INT neutral"),
    Scenario(
      "14.2.b", "seen on neither: NT-VANT", .one(.whole()) { $0.radio = radio() }, "1: not-tested NT-VANT"),
    Scenario(
      "14.2.b", "judged where it was heard: once",
      .one(.whole()) {
        $0.radio = radio([heard("14.2.b", .needsReview, polarity: .neutral)], networks: 1)
        $0.radio?.wireless = [.sample(1)]
      }, "1: needs-review neutral"),
  ]

  /// JSSEC-14.2.c: what the cases of RuleCase do not tell.
  static let telnetExceptions: [Scenario] = [
    Scenario(
      "14.2.c", "Telnet, and the owner says that SSH cannot be had: FAIL, with the exception beside it",
      .one(weak, declared: says("no-ssh")), "1: fail tcp/23", "1: needs-review neutral"),
    Scenario(
      "14.2.c", "no Telnet, and SSH cannot be had: an exception is a person's",
      .one(.whole(), declared: says("no-ssh")), "1: needs-review neutral"),
    Scenario(
      "14.2.c", "the exception of another device", .one(.whole(), declared: says("no-ssh", device: "192.168.10.9")),
      "1: pass"),
    Scenario(
      "14.2.c", "SSH present but SSH-1: review",
      .one(.whole(1, [22: .ssh], asked: [.proven("ssh.v1", .onTCP(22))])), "1: needs-review tcp/22 against"),
    Scenario(
      "14.2.c", "SSH with weak algorithms only: review",
      .one(.whole(1, [22: .ssh], asked: [.proven("ssh.weak-only", .onTCP(22))])), "1: needs-review tcp/22 against"),
    Scenario(
      "14.2.c", "SSH that offers a weak MAC beside others: not weak-only",
      .one(.whole(1, [22: .ssh], asked: [.proven("ssh.weak-mac", .onTCP(22))])), "1: pass"),
    Scenario(
      "14.2.c", "SSH-1 in a part of the ports: both are said",
      .one(
        .whole(1, [22: .ssh], asked: [.proven("ssh.v1", .onTCP(22))]) {
          $0.requested = "1-1024"
          $0.requestedCount = 1_024
        }), "1: needs-review tcp/22 against", "1: not-tested NT-TIME"),
  ]

  private static let behind = says("behind-gateway", value: "192.168.10.200") + zones

  /// JSSEC-14.3.a: the gateway.
  static let gateway: [Scenario] = [
    Scenario(
      "14.3.a", "declared behind a gateway and answers the office directly: FAIL",
      .one(.whole(), declared: behind) { $0.reached(1, from: "office", [.onTCP(80)]) }, "1: fail"),
    Scenario(
      "14.3.a", "from the office the gateway alone answers: PASS(b)",
      .several([.whole(1), .whole(200)], declared: behind) {
        $0.reached(1, from: "office")
        $0.reached(200, from: "office", [.onTCP(443)])
      }, "1: pass", "site: not-tested NT-DATA"),
    Scenario(
      "14.3.a", "nobody answers the office: the path may be broken",
      .several([.whole(1), .whole(200)], declared: behind) {
        $0.reached(1, from: "office")
        $0.reached(200, from: "office")
      }, "1: needs-review supports", "site: not-tested NT-DATA"),
    Scenario(
      "14.3.a", "seen from beside it alone: NT-VANT",
      .one(.whole(1, [80: .speaks(.http)]), declared: behind) { $0.reached(1, from: "iot", [.onTCP(80)]) },
      "1: not-tested NT-VANT"),
    Scenario(
      "14.3.a", "a part of the ports from the office: NT-VANT",
      .one(.whole(), declared: behind) { $0.reached(1, from: "office", complete: false) }, "1: not-tested NT-VANT"),
    Scenario(
      "14.3.a", "weak device directly reachable, nothing declared: review", .one(weak), "1: needs-review against"),
    Scenario(
      "14.3.a", "said to be hard to protect, reached, and no gateway declared: review",
      .one(.whole(1, [80: .speaks(.http)]), declared: says("hard-to-secure")), "1: needs-review against"),
    Scenario(
      "14.3.a", "nothing declared, nothing weak: NT-DATA", .several([.whole(1), .whole(2)]), "site: not-tested NT-DATA"),
    Scenario(
      "14.3.a", "no hard-to-secure device by the owner's decision: NA",
      .one(weak, declared: says("hard-to-secure", value: "none", device: nil)), "site: not-applicable"),
  ]

  private static func allows(_ what: String) -> String {
    zones + "reach:\n  - {from: office, to: iot, allow: \(what)}\n"
  }
  private static func database(_ result: DeviceSample.Asked, from vantage: String = "192.168.10.2") -> DeviceSample {
    .whole(1, [6379: .speaks(.redis)], asked: [result]) { sample in
      if let address = IPAddress(vantage) { sample.vantage = address }
    }
  }

  /// JSSEC-14.3.b: encryption and databases.
  static let dataProtection: [Scenario] = [
    Scenario(
      "14.3.b", "a database usable without credential: FAIL", .one(database(.proven("redis.no-auth", .onTCP(6379)))),
      "1: fail tcp/6379"),
    Scenario(
      "14.3.b", "… from a vantage that may not: FAIL",
      .one(database(.proven("redis.no-auth", .onTCP(6379)), from: "192.168.1.9"), declared: allows("[tcp/443]")),
      "1: fail tcp/6379"),
    Scenario(
      "14.3.b", "… from a declared vantage: review",
      .one(database(.proven("redis.no-auth", .onTCP(6379)), from: "192.168.1.9"), declared: allows("[tcp/6379]")),
      "1: needs-review tcp/6379 against"),
    Scenario(
      "14.3.b", "a flow declared sensitive in cleartext: FAIL",
      .one(.whole(), declared: says("sensitive", value: "tcp/1883")) {
        $0.capture([.told(1, "192.168.10.9", 1883, .none)])
      }, "1: fail"),
    Scenario(
      "14.3.b", "the same inside TLS is no fail",
      .one(.whole(), declared: says("sensitive", value: "tcp/8883")) {
        $0.capture([.told(1, "192.168.10.9", 8883, .tls12)])
      }, "1: pass"),
    Scenario(
      "14.3.b", "cleartext protocol without declaration: review",
      .one(.whole()) { $0.capture([.told(1, "192.168.10.9", 1883, .none)]) }, "1: needs-review against"),
    Scenario(
      "14.3.b", "TLS 1.0 is not TLS 1.2 or later: review",
      .one(.whole()) { $0.capture([.told(1, cloud, 443, .tls(version: 0x0301))]) }, "1: needs-review against"),
    Scenario(
      "14.3.b", "a cleartext login that a probe found: review",
      .one(.whole(1, [80: .speaks(.http)], asked: [.proven("http.plaintext-login", .onTCP(80))])),
      "1: needs-review tcp/80 against"),
    Scenario(
      "14.3.b", "a database reachable with authentication: review",
      .one(database(.refuted("redis.no-auth", .onTCP(6379)))), "1: needs-review tcp/6379 neutral"),
    Scenario(
      "14.3.b", "flows inside TLS 1.2 or later, no database reachable: PASS(b)",
      .one(.loginPage()) {
        $0.capture([.told(1, cloud, 443, .tls12), .told(1, cloud, 123, .none, on: .udp), .told(1, cloud, 8883, .tls13)])
      }, "1: pass"),
    Scenario(
      "14.3.b", "the same with silent ports: a database may be behind them",
      .one(.whole(1) { $0.silent = 12 }) { $0.capture([.told(1, cloud, 443, .tls12)]) }, "1: needs-review supports"),
    Scenario(
      "14.3.b", "traffic that nobody can tell: review",
      .one(.whole()) { $0.capture([.told(1, cloud, 4433, .opaque)]) }, "1: needs-review NT-OPAQUE neutral"),
    Scenario(
      "14.3.b", "requests for names alone are not its data: NT-CAP",
      .one(.whole()) { $0.capture([.told(1, "192.168.10.254", 53, .none, on: .udp)]) }, "1: not-tested NT-CAP"),
    Scenario("14.3.b", "no capture: NT-CAP, once", .several([.whole(1), .whole(2)]), "site: not-tested NT-CAP"),
  ]
}
