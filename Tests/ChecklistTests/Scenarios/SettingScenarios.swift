import Addressing
import Records

@testable import Checklist

extension Scenario {
  private static let zones = """
    zones:
      - {id: office, networks: [192.168.1.0/24]}
      - {id: iot, networks: [192.168.10.0/24]}
      - {id: plant, networks: [10.0.0.0/24]}

    """
  private static let upnp = DeviceSample.whole(1, asked: [.proven("upnp.enabled", .onUDP(1900))]) {
    $0.openUDP = [1900]
    $0.udp = .asked([69, 161, 1900], answered: 1)
  }
  private static let unneeded = says("unneeded", value: "upnp.enabled")

  /// JSSEC-15.2.a: functions.
  static let functions: [Scenario] = [
    Scenario(
      "15.2.a", "on the never-needed profile (ADB): FAIL",
      .one(.whole(1, [5555: .speaks(.adb)], asked: [.proven("adb.open", .onTCP(5555))])), "1: fail tcp/5555"),
    Scenario(
      "15.2.a", "ADB, even where it is declared needed: FAIL",
      .one(
        .whole(1, [5555: .speaks(.adb)], asked: [.proven("adb.open", .onTCP(5555))]),
        declared: says("needed", value: "adb.open")), "1: fail tcp/5555"),
    Scenario("15.2.a", "active and declared unneeded: FAIL", .one(upnp, declared: unneeded), "1: fail udp/1900"),
    Scenario("15.2.a", "active, no declaration: review", .one(upnp), "1: needs-review udp/1900 against"),
    Scenario(
      "15.2.a", "active and declared needed",
      .one(upnp, declared: says("needed", value: "upnp.enabled")), "1: needs-review supports"),
    Scenario(
      "15.2.a", "declared off, no answer in active and passive observation: PASS(b)",
      .one(.whole(), declared: unneeded) { $0.capture([.told(1, "192.168.10.9", 1883, .none)]) }, "1: pass"),
    Scenario(
      "15.2.a", "declared off, silent when asked and in the capture: no answer either",
      .one(.whole(1) { $0.udp = .asked([69, 161, 1900], silent: [1900]) }, declared: unneeded) { $0.capture([]) },
      "1: pass"),
    Scenario(
      "15.2.a", "declared off, no answer, and no capture: the passive half is missing",
      .one(.whole(), declared: unneeded), "1: needs-review NT-CAP supports"),
    Scenario(
      "15.2.a", "declared off, no answer, and heard answering somebody else",
      .one(.whole(), declared: unneeded) {
        $0.capture([.told(1, "192.168.10.9", 1900, .none, on: .udp, incoming: true)])
      },
      "1: needs-review against"),
    Scenario(
      "15.2.a", "declared off and its port was not asked: NT-TIME",
      .one(.whole(1) { $0.udp = nil }, declared: unneeded) { $0.capture([]) }, "1: not-tested NT-TIME"),
    Scenario("15.2.a", "nothing active and no declaration: NT-DATA", .one(.whole()), "1: not-tested NT-DATA"),
    Scenario(
      "15.2.a", "asked, not active, no declaration",
      .one(.whole(1, asked: [.refuted("upnp.enabled", .onUDP(1900))])), "1: needs-review NT-DATA supports"),
    Scenario(
      "15.2.a", "asked and undecided: NT-ERR", .one(.whole(1, asked: [.unclear("upnp.enabled", .onUDP(1900))])),
      "1: not-tested NT-ERR"),
  ]

  private static let allowed = "devices:\n  - {device: 192.168.10.1, allow: [tcp/443]}\n"
  private static func web(
    _ result: DeviceSample.Asked = .refuted("port.unnecessary", .onTCP(443)),
    _ change: (inout DeviceSample) -> Void = { _ in }
  ) -> DeviceSample {
    .whole(1, [443: .speaks(.http, tls: true)], asked: [result], change)
  }

  /// JSSEC-15.2.b: ports.
  static let ports: [Scenario] = [
    Scenario(
      "15.2.b", "an open service outside the declared allow-list: FAIL",
      .one(web(.proven("port.unnecessary", .onTCP(443))), declared: allowed), "1: fail tcp/443"),
    Scenario(
      "15.2.b", "in the deny profile although declared: FAIL",
      .one(
        .whole(1, [23: .telnet], asked: [.refuted("port.unnecessary", .onTCP(23))]),
        declared: "devices:\n  - {device: 192.168.10.1, allow: [tcp/23]}\n"), "1: fail tcp/23"),
    Scenario(
      "15.2.b", "open set within the allow-list after full TCP and listed UDP: PASS(b)", .one(web(), declared: allowed),
      "1: pass"),
    Scenario(
      "15.2.b", "nothing open, and nothing may be: PASS(b)",
      .one(.whole(), declared: "devices:\n  - {device: 192.168.10.1, allow: []}\n"), "1: pass"),
    Scenario(
      "15.2.b", "UDP open|filtered: review",
      .one(web { $0.udp = .asked([69, 161], silent: [161]) }, declared: allowed), "1: needs-review supports"),
    Scenario(
      "15.2.b", "UDP not asked: review", .one(web { $0.udp = nil }, declared: allowed), "1: needs-review supports"),
    Scenario(
      "15.2.b", "a silent TCP port: review", .one(web { $0.silent = 1 }, declared: allowed), "1: needs-review supports"
    ),
    Scenario(
      "15.2.b", "gone after the scan: no pass", .one(web { $0.aliveAfter = false }, declared: allowed),
      "1: needs-review NT-ERR supports"),
    Scenario(
      "15.2.b", "a part of TCP: NT-TIME",
      .one(
        web {
          $0.requested = "1-1024"
          $0.requestedCount = 1_024
        }, declared: allowed), "1: not-tested NT-TIME"),
    Scenario(
      "15.2.b", "documents name the ports and no allow-list does: review", .one(web()), "1: needs-review supports"),
    Scenario(
      "15.2.b", "no allow-list: every open service listed", .one(.whole(1, [443: .speaks(.http, tls: true)])),
      "1: needs-review NT-DATA neutral"),
  ]

  private static func firmware(_ asked: DeviceSample.Asked...) -> DeviceSample { .whole(1, asked: asked) }

  /// JSSEC-15.3.a: firmware.
  static let firmware: [Scenario] = [
    Scenario(
      "15.3.a", "older than the reference latest: FAIL", .one(firmware(.proven("firmware.outdated"))), "1: fail"),
    Scenario(
      "15.3.a", "self-reported version = reference latest: PASS(b)",
      .one(firmware(.refuted("firmware.outdated"), .proven("firmware.latest"))), "1: pass"),
    Scenario(
      "15.3.a", "merely not older than a document's", .one(firmware(.refuted("firmware.outdated"))),
      "1: needs-review supports"),
    Scenario(
      "15.3.a", "version only inferred: review",
      .one(firmware(.unclear("firmware.outdated", nil, "inferred"))), "1: needs-review NT-DATA neutral"),
    Scenario(
      "15.3.a", "no reference: review", .one(firmware(.unclear("firmware.outdated", nil, "no-reference"))),
      "1: needs-review NT-DATA neutral"),
    Scenario("15.3.a", "no version at all: NT-DATA", .one(.whole()), "1: not-tested NT-DATA"),
    Scenario(
      "15.3.a", "vendor states not updatable: NA", .one(.whole(), declared: says("not-updatable")),
      "1: not-applicable"),
    Scenario(
      "15.3.a", "said not to be updatable, and a newer version is published: FAIL",
      .one(firmware(.proven("firmware.outdated")), declared: says("not-updatable")), "1: fail"),
  ]

  private static func matrix(_ office: String, plant: String? = nil) -> String {
    zones + "reach:\n  - {from: office, to: iot, allow: \(office)}\n"
      + (plant.map { "  - {from: plant, to: iot, allow: \($0)}\n" } ?? "")
  }

  /// JSSEC-15.4.a: zones.
  static let segmentation: [Scenario] = [
    Scenario(
      "15.4.a", "a pair declared blocked is reachable: FAIL",
      .one(.loginPage(), declared: matrix("nothing")) { $0.reached(1, from: "office", [.onTCP(443)]) }, "1: fail"),
    Scenario(
      "15.4.a", "a service beyond those that are allowed: FAIL",
      .one(.loginPage(), declared: matrix("[tcp/443]")) { $0.reached(1, from: "office", [.onTCP(80), .onTCP(443)]) },
      "1: fail"),
    Scenario(
      "15.4.a", "a WAN to device port mapping exists: FAIL",
      .one(
        .whole(1, asked: [.proven("upnp.igd", .onUDP(1900)), .proven("upnp.port-mapping", .onUDP(1900))]),
        declared: matrix("nothing")
      ) {
        $0.reached(1, from: "office")
      }, "1: fail udp/1900"),
    Scenario(
      "15.4.a", "all declared-blocked pairs filtered from every vantage: PASS(b)",
      .one(.loginPage(), declared: matrix("[tcp/443]", plant: "nothing")) {
        $0.reached(1, from: "office", [.onTCP(443)])
        $0.reached(1, from: "plant")
      }, "1: pass"),
    Scenario(
      "15.4.a", "one blocked zone was not looked from: NT-VANT",
      .one(.loginPage(), declared: matrix("nothing", plant: "nothing")) { $0.reached(1, from: "office") },
      "1: not-tested NT-VANT"),
    Scenario(
      "15.4.a", "a part of the ports from the blocked zone: NT-VANT",
      .one(.loginPage(), declared: matrix("nothing")) { $0.reached(1, from: "office", complete: false) },
      "1: not-tested NT-VANT"),
    Scenario(
      "15.4.a", "filtered, but the device was gone: no pass",
      .one(.whole(1) { $0.aliveAfter = false }, declared: matrix("nothing")) { $0.reached(1, from: "office") },
      "1: not-tested NT-ERR"),
    Scenario(
      "15.4.a", "IGD enabled without mapping: review",
      .one(
        .whole(1, asked: [.proven("upnp.igd", .onUDP(1900)), .refuted("upnp.port-mapping", .onUDP(1900))]),
        declared: matrix("nothing")), "1: needs-review udp/1900 against"),
    Scenario(
      "15.4.a", "a global IPv6 address present: review",
      .one(
        .whole(1) { $0.moreAddresses = ["2001:db8::17"].compactMap { IPAddress($0) } }, declared: matrix("nothing")
      ) {
        $0.reached(1, from: "office")
      }, "1: needs-review neutral"),
    Scenario(
      "15.4.a", "no zone matrix: review, once", .several([.whole(1), .whole(2)]), "site: needs-review NT-DATA neutral"),
    Scenario(
      "15.4.a", "in no zone of the matrix: NT-DATA",
      .one(
        .whole(),
        declared: """
          zones:
            - {id: office, networks: [192.168.1.0/24]}
            - {id: plant, networks: [10.0.0.0/24]}
          reach:
            - {from: office, to: plant, allow: nothing}
          """), "1: not-tested NT-DATA"),
    Scenario(
      "15.4.a", "everything may reach the zone: nothing to hold it against",
      .one(.whole(), declared: matrix("everything")), "1: not-tested NT-DATA"),
  ]

  /// JSSEC-15.5.a: settings.
  static let settings: [Scenario] = [
    Scenario(
      "15.5.a", "settings page served without authentication: FAIL",
      .one(.whole(1, [80: .speaks(.http)], asked: [.proven("http.no-auth-admin", .onTCP(80))])), "1: fail tcp/80"),
    Scenario(
      "15.5.a", "… or to the user role: FAIL",
      .one(.loginPage { $0.asked += [.proven("role.admin-page", .onTCP(443))] }),
      "1: fail tcp/443"),
    Scenario(
      "15.5.a", "every discovered configuration endpoint demanded authentication: PASS(b)",
      .one(
        .loginPage {
          $0.open[22] = .ssh
          $0.opensSSH = [22: false]
        }), "1: pass"),
    Scenario(
      "15.5.a", "a first page that is refused (401) demands it too: PASS(b)",
      .one(.whole(1, [443: .speaks(.http, tls: true)]) { $0.firstPages = [443: 401] }), "1: pass"),
    Scenario(
      "15.5.a", "SSH beside it that nobody asked: not every one",
      .one(.loginPage { $0.open[22] = .ssh }), "1: needs-review supports"),
    Scenario(
      "15.5.a", "a protocol without authentication by design: review",
      .one(.whole(1, [502: .speaks(ProtocolName(rawValue: "modbus"))], asked: [.proven("modbus.open", .onTCP(502))])),
      "1: needs-review tcp/502 against"),
    Scenario(
      "15.5.a", "configuration changed without a change record: review",
      .one(.loginPage()) { $0.changes = changed }, "1: needs-review tcp/443 against"),
    Scenario(
      "15.5.a", "the change is acknowledged",
      .one(
        .loginPage(),
        declared: says("acknowledged", value: "configuration dev-001122000001 tcp/443")
      ) { $0.changes = changed },
      "1: pass"),
    Scenario(
      "15.5.a", "a part of the ports",
      .one(
        .loginPage {
          $0.requested = "1-1024"
          $0.requestedCount = 1_024
        }), "1: needs-review NT-TIME supports"),
    Scenario("15.5.a", "nothing that can be asked: NT-TOOL", .one(.whole()), "1: not-tested NT-TOOL"),
  ]

  private static var changed: ChangeFacts {
    ChangeFacts(
      runs: [("run-1", DeviceSample.moment)],
      changes: [
        ChangeFacts.Change(.configuration, of: .sample(1), service: .onTCP(443), before: "a1", after: "b2")
      ], compared: [.sample(1)])
  }
}
