import Addressing
import Records

@testable import Checklist

extension Scenario {
  private static let cloud = "203.0.113.9"

  private static func login(
    _ results: DeviceSample.Asked..., change: (inout DeviceSample) -> Void = { _ in }
  ) -> DeviceSample {
    .whole(1, [22: .ssh, 443: .speaks(.http, tls: true)], asked: results, change)
  }
  private static let refusedSSH = DeviceSample.Asked.refuted("cred.default", .onTCP(22))
  private static let refusedWeb = DeviceSample.Asked.refuted("cred.default", .onTCP(443))

  /// JSSEC-15.1, and JSSEC-R2 "as 15.1".
  private static func initialPasswords(_ row: String) -> [Scenario] {
    [
      Scenario(
        row, "a listed default is accepted: FAIL",
        .one(login(.proven("cred.default", .onTCP(22)), refusedWeb)), "1: fail tcp/22"),
      Scenario(
        row, "a management service needs no credential: FAIL, without any login tried",
        .one(.whole(1, [2323: .speaks(.telnet)], asked: [.proven("telnet.no-auth", .onTCP(2323))])),
        "1: fail tcp/2323"),
      Scenario(
        row, "the default SNMP community answers: FAIL",
        .one(
          .whole(1, asked: [.proven("snmp.default-community", .onUDP(161))]) {
            $0.openUDP = [161]
            $0.speaksUDP = [161: .snmp]
            $0.udp = .asked([69, 161, 1900], answered: 1)
          }), "1: fail udp/161"),
      Scenario(
        row, "two proofs of one service are one row",
        .one(
          .whole(
            1, [2323: .speaks(.telnet)],
            asked: [.proven("telnet.no-auth", .onTCP(2323)), .proven("cred.none", .onTCP(2323))])),
        "1: fail tcp/2323"),
      Scenario(
        row, "every service tried with the whole list and refused: no listed default accepted, PASS(b)",
        .one(login(refusedSSH, refusedWeb)), "1: pass"),
      Scenario(
        row, "a service with a login was left untested: no pass", .one(login(refusedSSH)), "1: needs-review supports"),
      Scenario(
        row, "throttled: review",
        .one(login(refusedSSH, .unclear("cred.default", .onTCP(443), "locked-out"))),
        "1: needs-review NT-ERR neutral"),
      Scenario(
        row, "unique factory label password not supplied: review",
        .one(login(refusedSSH, refusedWeb, .unclear("cred.label", .onTCP(443), "not-supplied"))),
        "1: needs-review supports"),
      Scenario(
        row, "still in set-up state: review",
        .one(login(refusedSSH, refusedWeb, .proven("sadp.unactivated", .onUDP(37020)))),
        "1: needs-review udp/37020 against"),
      Scenario(
        row, "a part of the ports: a login may be on another",
        .one(
          login(refusedSSH, refusedWeb) {
            $0.requested = "1-1024"
            $0.requestedCount = 1_024
          }), "1: needs-review NT-TIME supports"),
      Scenario(
        row, "SNMP may be silent: no pass",
        .one(login(refusedSSH, refusedWeb) { $0.udp = .asked([161], silent: [161]) }),
        "1: needs-review NT-TIME supports"),
      Scenario(row, "nobody consented to a login: NT-AUTH", .one(login()), "1: not-tested NT-AUTH"),
      Scenario(row, "no account-bearing service: NA", .one(.whole()), "1: not-applicable"),
      Scenario(
        row, "a port that nobody can tell may bear one",
        .one(.whole(1, [4433: .nothing])), "1: not-tested NT-TIME"),
    ]
  }
  static let passwords = initialPasswords("15.1") + initialPasswords("R2")

  /// JSSEC-15.1.b: roles.
  static let roles: [Scenario] = [
    Scenario(
      "15.1.b", "a user-role account reaches an admin-only page: FAIL",
      .one(.loginPage { $0.asked += [.proven("role.admin-page", .onTCP(443))] }), "1: fail tcp/443"),
    Scenario(
      "15.1.b", "user role denied on every listed admin endpoint: PASS(b)",
      .one(.loginPage { $0.asked += [.refuted("role.admin-page", .onTCP(443))] }), "1: pass"),
    Scenario(
      "15.1.b", "denied on one web server and not asked on the other: no pass",
      .one(
        .loginPage {
          $0.open[8443] = .speaks(.http, tls: true)
          $0.asked += [.refuted("role.admin-page", .onTCP(443))]
        }), "1: needs-review NT-ERR neutral"),
    Scenario(
      "15.1.b", "the UI shows one single all-power account: review",
      .one(.loginPage { $0.asked += [.proven("role.single-account", .onTCP(443))] }), "1: needs-review against"),
    Scenario(
      "15.1.b", "single-role device by design: NA, by the owner's word",
      .one(.loginPage(), declared: says("single-role")), "1: not-applicable"),
    Scenario(
      "15.1.b", "no user credential was supplied: NT-CRED, once", .several([.loginPage(1), .loginPage(2)]),
      "site: not-tested NT-CRED"),
  ]

  /// JSSEC-15.1.c: reuse.
  static let reuse: [Scenario] = [
    Scenario(
      "15.1.c", "the same secret accepted on two devices: FAIL",
      .several([
        .whole(1, [22: .ssh], asked: [.proven("cred.default", .onTCP(22)), .proven("cred.reuse", .onTCP(22))]),
        .whole(2, [23: .telnet], asked: [.proven("cred.default", .onTCP(23)), .proven("cred.reuse", .onTCP(23))]),
      ]), "1: fail tcp/22", "2: fail tcp/23"),
    Scenario(
      "15.1.c", "identical SSH host key on two devices: review",
      .several([
        .whole(1, [22: .ssh], asked: [.proven("ssh.shared-hostkey", .onTCP(22))]),
        .whole(2, [22: .ssh], asked: [.proven("ssh.shared-hostkey", .onTCP(22))]),
      ]), "1: needs-review tcp/22 against", "2: needs-review tcp/22 against"),
    Scenario(
      "15.1.c", "identical TLS key on two devices: review",
      .several([
        .loginPage(1) { $0.asked += [.proven("tls.shared-key", .onTCP(443))] },
        .loginPage(2) { $0.asked += [.proven("tls.shared-key", .onTCP(443))] },
      ]), "1: needs-review tcp/443 against", "2: needs-review tcp/443 against"),
    Scenario("15.1.c", "single device in scope: NA", .one(login(refusedSSH, refusedWeb)), "1: not-applicable"),
    Scenario(
      "15.1.c", "no login tried: NT-AUTH", .several([.loginPage(1), .loginPage(2)]), "1: not-tested NT-AUTH",
      "2: not-tested NT-AUTH"),
    Scenario(
      "15.1.c", "tried, and no published secret twice: never a pass",
      .several([login(refusedSSH, refusedWeb), .loginPage(2)]), "1: needs-review neutral", "2: not-tested NT-AUTH"),
  ]

  /// JSSEC-16.1.a: devices.
  static let deviceAuthentication: [Scenario] = [
    Scenario(
      "16.1.a", "client certificate in a TLS 1.2 handshake: PASS(b)",
      .one(.whole()) { $0.capture([.told(1, cloud, 8883, .tls12, client: true)]) }, "1: pass"),
    Scenario(
      "16.1.a", "an 802.1X exchange seen for the device: PASS(b)",
      .one(.whole()) { $0.capture([]) { $0.admitted = [.sample(1)] } }, "1: pass"),
    Scenario(
      "16.1.a", "nothing seen: review",
      .one(.whole()) { $0.capture([.told(1, cloud, 8883, .tls12)]) }, "1: needs-review neutral"),
    Scenario(
      "16.1.a", "TLS 1.3 hides the client certificate: review",
      .one(.whole()) { $0.capture([.told(1, cloud, 8883, .tls13)]) }, "1: needs-review neutral"),
    Scenario("16.1.a", "no capture: NT-CAP, once", .several([.whole(1), .whole(2)]), "site: not-tested NT-CAP"),
    Scenario(
      "16.1.a", "not in the capture: NT-CAP",
      .one(.whole()) { $0.capture([], seen: []) }, "1: not-tested NT-CAP"),
    Scenario(
      "16.1.a", "admission control declared and an unauthenticated host got in: FAIL",
      .one(.whole(), declared: "policies: {admissionControl: true}") {
        $0.hostIsAdmitted = false
        $0.capture([.told(1, cloud, 8883, .tls12)])
      }, "site: fail", "1: needs-review neutral"),
    Scenario(
      "16.1.a", "admission control declared and nobody says whether the host was registered",
      .one(.whole(), declared: "policies: {admissionControl: true}"), "site: needs-review against",
      "site: not-tested NT-CAP"),
    Scenario(
      "16.1.a", "admission control declared and the host was registered",
      .one(.whole(), declared: "policies: {admissionControl: true}") { $0.hostIsAdmitted = true },
      "site: not-tested NT-CAP"),
  ]

  private static func camera(
    _ asked: DeviceSample.Asked..., change: (inout DeviceSample) -> Void = { _ in }
  ) -> DeviceSample {
    .whole(1, [554: .speaks(.rtsp)], asked: asked, change)
  }

  /// JSSEC-16.1.b: users.
  static let userAuthentication: [Scenario] = [
    Scenario(
      "16.1.b", "RTSP DESCRIBE 200 without authentication: FAIL",
      .one(camera(.proven("rtsp.no-auth", .onTCP(554)))), "1: fail tcp/554"),
    Scenario(
      "16.1.b", "MQTT CONNACK 0 for anybody: FAIL",
      .one(.whole(1, [1883: .speaks(.mqtt)], asked: [.proven("mqtt.anonymous", .onTCP(1883))])), "1: fail tcp/1883"),
    Scenario(
      "16.1.b", "every discovered user-facing service demanded authentication: PASS(b)",
      .one(
        .loginPage {
          $0.open[554] = .speaks(.rtsp)
          $0.asked += [.refuted("rtsp.no-auth", .onTCP(554)), .refuted("rtsp.basic", .onTCP(554))]
        }), "1: pass"),
    Scenario(
      "16.1.b", "… and an open port that nobody can tell: something unknown is left",
      .one(.loginPage { $0.open[4433] = .nothing }), "1: needs-review supports"),
    Scenario(
      "16.1.b", "… and a service that was not asked", .one(.loginPage { $0.open[554] = .speaks(.rtsp) }),
      "1: needs-review supports"),
    Scenario(
      "16.1.b", "… and gone afterwards", .one(.loginPage { $0.aliveAfter = false }), "1: needs-review NT-ERR supports"),
    Scenario(
      "16.1.b", "… and a silent port", .one(.loginPage { $0.silent = 3 }), "1: needs-review supports"),
    Scenario(
      "16.1.b", "a form over cleartext: review",
      .one(
        .whole(
          1, [80: .speaks(.http)],
          asked: [.refuted("http.no-auth-admin", .onTCP(80)), .proven("http.plaintext-login", .onTCP(80))])),
      "1: needs-review tcp/80 against"),
    Scenario(
      "16.1.b", "Basic for RTSP over cleartext: review",
      .one(camera(.refuted("rtsp.no-auth", .onTCP(554)), .proven("rtsp.basic", .onTCP(554)))),
      "1: needs-review tcp/554 against"),
    Scenario(
      "16.1.b", "a login by Telnet is over cleartext: review",
      .one(.whole(1, [23: .telnet], asked: [.refuted("telnet.no-auth", .onTCP(23))])),
      "1: needs-review tcp/23 against"),
    Scenario(
      "16.1.b", "authentication present but no throttling: review",
      .one(.loginPage { $0.asked += [.proven("cred.lockout-missing", .onTCP(443))] }),
      "1: needs-review tcp/443 against"),
    Scenario(
      "16.1.b", "no user-facing service, all ports settled: NA", .one(.whole()), "1: not-applicable"),
    Scenario(
      "16.1.b", "none found in a part of the ports: not NA",
      .one(
        .whole(1) {
          $0.requested = "1-1024"
          $0.requestedCount = 1_024
        }), "1: not-tested NT-TIME"),
    Scenario(
      "16.1.b", "undecided: NT-ERR", .one(camera(.unclear("rtsp.no-auth", .onTCP(554)))), "1: not-tested NT-ERR"),
  ]

  /// JSSEC-16.1.c: peers.
  static let peers: [Scenario] = [
    Scenario(
      "16.1.c", "cleartext to the cloud: FAIL",
      .one(.whole()) { $0.capture([.told(1, cloud, 80, .none)]) }, "1: fail"),
    Scenario(
      "16.1.c", "TLS 1.2 goes on although the certificate has expired: FAIL",
      .one(.whole()) { $0.capture([.told(1, cloud, 443, .tls12, certificate: .expired)]) }, "1: fail"),
    Scenario(
      "16.1.c", "… although it is for another name, or signed by itself: FAIL",
      .one(.whole()) {
        $0.capture([
          .told(1, cloud, 443, .tls12, certificate: .wrongName),
          .told(1, cloud, 8883, .tls12, certificate: .selfSigned),
        ])
      }, "1: fail", "1: fail"),
    Scenario(
      "16.1.c", "a valid chain for the SNI: PASS(b), server side only",
      .one(.whole()) { $0.capture([.told(1, cloud, 443, .tls12, name: "iot.example", certificate: .valid)]) }, "1: pass"
    ),
    Scenario(
      "16.1.c", "a row for each peer: one valid, one hidden by TLS 1.3",
      .one(.whole()) {
        $0.capture([
          .told(1, cloud, 443, .tls12, certificate: .valid), .told(1, cloud, 8883, .tls13, certificate: .hidden),
        ])
      }, "1: pass", "1: needs-review neutral"),
    Scenario(
      "16.1.c", "private CA: review",
      .one(.whole()) { $0.capture([.told(1, cloud, 443, .tls12, certificate: .privateAuthority)]) },
      "1: needs-review neutral"),
    Scenario(
      "16.1.c", "an expired certificate at which the session ended",
      .one(.whole()) {
        var flow = TrafficFacts.Flow.told(1, cloud, 443, .tls12, certificate: .expired)
        flow.carriedData = false
        $0.capture([flow])
      }, "1: not-tested NT-CAP"),
    Scenario("16.1.c", "no capture: NT-CAP, once", .several([.whole(1), .whole(2)]), "site: not-tested NT-CAP"),
    Scenario(
      "16.1.c", "no service outside in the window: NT-CAP",
      .one(.whole()) { $0.capture([.told(1, "192.168.10.9", 1883, .none)]) }, "1: not-tested NT-CAP"),
  ]
}
