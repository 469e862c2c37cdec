import Addressing
import Declarations
import Records

@testable import Checklist

/// Rows 13.*, 17.2.c and 21.2.b: what a capture shows. Expected values are from checklist.md §2.4.
extension Scenario {
  static let traffic: [Scenario] =
    faults + telemetry + loginRecords + logContents + stores + access + transports + updates

  // MARK: Parts

  static let start = DeviceSample.moment
  static func ip(_ text: String) -> IPAddress { IPAddress(text) ?? IPAddress(IPv4Address(rawValue: 0)) }
  static let collector = ip("192.168.10.50")

  /// A capture of an hour that saw the devices of these numbers.
  static func captured(
    _ seen: [UInt64] = [1], _ change: @escaping @Sendable (inout TrafficFacts) -> Void = { _ in }
  ) -> @Sendable (inout SiteFacts) -> Void {
    { site in
      var traffic = TrafficFacts(
        from: start, to: start + .seconds(3600), place: "mirror.pcapng", seen: Set(seen.map(DeviceID.sample)))
      change(&traffic)
      site.traffic = traffic
    }
  }

  static func log(
    _ kind: TrafficFacts.LogRecord.Kind, after seconds: Int64 = 60, of device: UInt64 = 1, to place: IPAddress? = nil,
    clear: Bool = true, _ change: (inout TrafficFacts.LogRecord) -> Void = { _ in }
  ) -> TrafficFacts.LogRecord {
    var record = TrafficFacts.LogRecord(
      device: .sample(device), collector: place ?? collector, at: start + .seconds(seconds), kind: kind,
      isClear: clear, evidence: ["mirror.pcapng frame \(seconds)"])
    change(&record)
    return record
  }

  static func flow(
    _ peer: String, _ port: UInt16, _ protection: TrafficFacts.Protection, of device: UInt64 = 1,
    bursts: [Int64] = [0], _ change: (inout TrafficFacts.Flow) -> Void = { _ in }
  ) -> TrafficFacts.Flow {
    var flow = TrafficFacts.Flow(
      device: .sample(device), peer: ip(peer), transport: .tcp, port: port, protection: protection,
      bursts: bursts.map { start + .seconds($0) }, evidence: ["mirror.pcapng frame 7"])
    change(&flow)
    return flow
  }

  private static func site(
    _ devices: [DeviceSample] = [DeviceSample()], declared: String? = nil,
    _ change: @escaping @Sendable (inout SiteFacts) -> Void = { _ in }
  ) -> SiteSample { SiteSample(devices: devices, declared: declared, change: change) }

  private static func site(declared: String? = nil, _ change: @escaping @Sendable (inout SiteFacts) -> Void)
    -> SiteSample
  {
    SiteSample(declared: declared, change: change)
  }

  private static func logs(_ records: TrafficFacts.LogRecord..., declared: String? = nil) -> SiteSample {
    site(declared: declared, captured { $0.logs = records })
  }

  private static let noLogs =
    "statements: [{says: produces-no-logs, device: 192.168.10.1, by: Yamada, at: 2026-11-20}]"

  // MARK: 13.1.a

  private static let faults: [Scenario] = [
    Scenario("13.1.a", "no capture", site(), "site: not-tested NT-CAP"),
    Scenario("13.1.a", "a capture that did not see the device", site(captured([])), "1: not-tested NT-CAP"),
    Scenario("13.1.a", "severity 3 reached a collector", logs(log(.syslog(severity: 3))), "1: pass"),
    Scenario("13.1.a", "severity 4 is no fault", logs(log(.syslog(severity: 4))), "1: needs-review neutral"),
    Scenario(
      "13.1.a", "severity 0 among others", logs(log(.syslog(severity: 6)), log(.syslog(severity: 0))), "1: pass"),
    Scenario("13.1.a", "a trap", logs(log(.trap)), "1: pass"),
    Scenario("13.1.a", "silence is not no logging", site(captured()), "1: not-tested NT-CAP"),
    Scenario("13.1.a", "all inside TLS", logs(log(.encrypted, clear: false)), "1: not-tested NT-OPAQUE"),
    Scenario("13.1.a", "produces no logs, owner accepts", site(declared: noLogs), "1: not-applicable"),
    Scenario(
      "13.1.a", "produces no logs, yet sends them", logs(log(.syslog(severity: 2)), declared: noLogs),
      "1: needs-review against"),
    Scenario(
      "13.1.a", "one of two devices is said to make none",
      site([DeviceSample(), DeviceSample(number: 2)], declared: noLogs),
      "1: not-applicable", "site: not-tested NT-CAP"),
  ]

  // MARK: 13.1.b

  private static func telemetry(
    _ bursts: [Int64], _ change: @escaping @Sendable (inout TrafficFacts.Flow) -> Void = { _ in }
  )
    -> SiteSample
  { site(captured { $0.flows = [flow("192.168.10.60", 1883, .none, bursts: bursts, change)] }) }

  private static let everyTenMinutes: [Int64] = [0, 600, 1201, 1799, 2400, 3001]

  private static let telemetry: [Scenario] = [
    Scenario("13.1.b", "no capture", site(), "site: not-tested NT-CAP"),
    Scenario("13.1.b", "periodic over more than two periods", telemetry(everyTenMinutes), "1: pass"),
    Scenario("13.1.b", "fewer than two periods", telemetry([0, 600]), "1: not-tested NT-CAP"),
    Scenario(
      "13.1.b", "a gap of more than three periods", telemetry([0, 60, 120, 180, 420, 480, 540, 3590]),
      "1: needs-review against"),
    Scenario("13.1.b", "it stopped before the end", telemetry([0, 60, 120, 180, 240]), "1: needs-review against"),
    Scenario("13.1.b", "no periodicity", telemetry([0, 5, 700, 720, 3000]), "1: needs-review neutral"),
    Scenario(
      "13.1.b", "volume beyond the baseline",
      telemetry(everyTenMinutes) { $0.burstOctets = [400, 410, 390, 9_000_000, 400, 400] }, "1: needs-review against"),
    Scenario(
      "13.1.b", "time and names are no telemetry",
      telemetry(everyTenMinutes) { $0 = flow("192.168.10.60", 123, .none, bursts: everyTenMinutes) },
      "1: not-tested NT-CAP"),
  ]

  // MARK: 13.1.c

  private static func refused(_ number: UInt64 = 1) -> DeviceSample {
    DeviceSample(number: number, asked: [.refuted("cred.default", ServiceEndpoint(transport: .tcp, port: 23))])
  }
  /// From where the samples are audited.
  private static let auditor = ip("192.168.10.2")
  private static func failedLogin(_ seconds: Int64, from place: IPAddress?) -> TrafficFacts.LogRecord {
    log(.syslog(severity: 5), after: seconds) {
      $0.failedLogin = true
      $0.named = [place].compactMap(\.self)
    }
  }
  private static func read(_ value: String) -> String {
    "statements: [{says: log-read, device: 192.168.10.1, value: \(value), by: Yamada, at: 2026-11-21}]"
  }

  private static let loginRecords: [Scenario] = [
    Scenario("13.1.c", "no failed login was authorised", site(), "site: not-tested NT-AUTH"),
    Scenario("13.1.c", "a failed login and no capture", site([refused()]), "1: not-tested NT-CAP"),
    Scenario(
      "13.1.c", "the event with the right source and time",
      site([refused()], captured { $0.logs = [failedLogin(2, from: auditor)] }), "1: pass"),
    Scenario(
      "13.1.c", "an event of another source",
      site([refused()], captured { $0.logs = [failedLogin(2, from: ip("192.168.10.77"))] }), "1: needs-review neutral"),
    Scenario(
      "13.1.c", "an event without a source", site([refused()], captured { $0.logs = [failedLogin(2, from: nil)] }),
      "1: needs-review supports"),
    Scenario(
      "13.1.c", "an event an hour late", site([refused()], captured { $0.logs = [failedLogin(3500, from: auditor)] }),
      "1: needs-review neutral"),
    Scenario("13.1.c", "no event on the wire, may be local", site([refused()], captured()), "1: needs-review neutral"),
    Scenario(
      "13.1.c", "read in vain after the stimulus", site([refused()], declared: read("no-entry")), "1: fail"),
    Scenario("13.1.c", "read with an entry", site([refused()], declared: read("entry")), "1: pass"),
    Scenario("13.1.c", "read in vain, no stimulus known", site(declared: read("no-entry")), "1: needs-review against"),
    Scenario(
      "13.1.c", "one device of two was provoked", site([refused(), DeviceSample(number: 2)], captured([1, 2])),
      "1: needs-review neutral", "2: not-tested NT-AUTH"),
  ]

  // MARK: 13.2.a

  private static let secret = log(.syslog(severity: 6)) { $0.sensitive = "password" }

  private static let logContents: [Scenario] = [
    Scenario("13.2.a", "no capture", site(), "site: not-tested NT-CAP"),
    Scenario("13.2.a", "a pattern that nobody confirmed", logs(secret), "1: needs-review against"),
    Scenario(
      "13.2.a", "confirmed by a human",
      logs(
        secret,
        declared: "statements: [{says: log-secret, device: 192.168.10.1, value: password, by: Yamada, at: 2026-11-21}]"),
      "1: fail"),
    Scenario(
      "13.2.a", "another kind was confirmed",
      logs(
        secret,
        declared: "statements: [{says: log-secret, device: 192.168.10.1, value: token, by: Yamada, at: 2026-11-21}]"),
      "1: needs-review against"),
    Scenario("13.2.a", "absence is not proof", logs(log(.syslog(severity: 6))), "1: needs-review neutral"),
    Scenario("13.2.a", "inside TLS", logs(log(.encrypted, clear: false)), "1: not-tested NT-OPAQUE"),
    Scenario("13.2.a", "no record in the window", site(captured()), "1: not-tested NT-CAP"),
  ]

  // MARK: 13.3.a, 13.3.b

  private static let openCollector = DeviceSample(
    number: 50, asked: [.proven("ftp.anonymous", ServiceEndpoint(transport: .tcp, port: 21))])
  private static let overTCP = log(.syslog(severity: 6)) { $0.isDatagram = false }

  private static let stores: [Scenario] = [
    Scenario("13.3.a", "no capture", site(), "site: not-tested NT-CAP"),
    Scenario(
      "13.3.a", "a declared collector that gives to anybody",
      site([openCollector], declared: "logCollectors: [192.168.10.50]"),
      "50: fail tcp/21"),
    Scenario(
      "13.3.a", "a collector by what is sent to it",
      site([DeviceSample(), openCollector], captured([1]) { $0.logs = [overTCP] }),
      "50: fail tcp/21", "1: not-tested NT-SCOPE"),
    Scenario("13.3.a", "an open device that collects nothing", site([openCollector]), "site: not-tested NT-CAP"),
    Scenario("13.3.a", "plain UDP", logs(log(.syslog(severity: 6))), "1: needs-review against"),
    Scenario("13.3.a", "no forwarding seen", site(captured()), "1: needs-review neutral"),
    Scenario("13.3.a", "a collector that is not in scope", logs(overTCP), "1: not-tested NT-SCOPE"),
    Scenario(
      "13.3.a", "a collector in scope without open stores",
      site([DeviceSample(), DeviceSample(number: 50)], captured([1]) { $0.logs = [overTCP] }),
      "1: needs-review supports",
      "50: not-tested NT-CAP"),
    Scenario("13.3.a", "no logs required", site(declared: noLogs), "1: not-applicable"),
  ]

  private static func asked(_ questions: DeviceSample.Asked...) -> [DeviceSample] { [DeviceSample(asked: questions)] }
  private static let web = ServiceEndpoint(transport: .tcp, port: 443)

  private static let access: [Scenario] = [
    Scenario("13.3.b", "no credential", site(), "site: not-tested NT-CRED"),
    Scenario("13.3.b", "content without authentication", site(asked(.proven("log.no-auth", web))), "1: fail tcp/443"),
    Scenario(
      "13.3.b", "the user role, policy admin only",
      site(
        asked(.refuted("log.no-auth", web), .proven("log.role", web)),
        declared: "policies: {logsForAdministrators: true}"),
      "1: fail tcp/443"),
    Scenario(
      "13.3.b", "the user role, no policy", site(asked(.refuted("log.no-auth", web), .proven("log.role", web))),
      "1: needs-review against"),
    Scenario("13.3.b", "both denied", site(asked(.refuted("log.no-auth", web), .refuted("log.role", web))), "1: pass"),
    Scenario("13.3.b", "only anonymous tested", site(asked(.refuted("log.no-auth", web))), "1: needs-review supports"),
    Scenario(
      "13.3.b", "administration is open", site(asked(.proven("http.no-auth-admin", web))), "1: needs-review against"),
    Scenario("13.3.b", "no logs required", site(declared: noLogs), "1: not-applicable"),
  ]

  // MARK: 13.3.c, 13.3.d

  private static let transports: [Scenario] = [
    Scenario("13.3.c", "no capture", site(), "site: not-tested NT-CAP"),
    Scenario(
      "13.3.c", "clear text while the policy requires encryption",
      logs(log(.syslog(severity: 6)), declared: "policies: {encryptedLogs: true}"), "1: fail"),
    Scenario("13.3.c", "clear text without a policy", logs(log(.syslog(severity: 6))), "1: needs-review against"),
    Scenario(
      "13.3.c", "clear text that the owner allows",
      logs(log(.syslog(severity: 6)), declared: "policies: {encryptedLogs: false}"),
      "1: needs-review neutral"),
    Scenario(
      "13.3.c", "under TLS", logs(log(.encrypted, clear: false), declared: "policies: {encryptedLogs: true}"), "1: pass"
    ),
    Scenario(
      "13.3.c", "under TLS, and some not",
      logs(log(.encrypted, clear: false), log(.trap), declared: "policies: {encryptedLogs: true}"),
      "1: fail"),
    Scenario("13.3.c", "no logs required", site(declared: noLogs), "1: not-applicable"),
    Scenario("13.3.d", "no capture", site(), "site: not-tested NT-CAP"),
    Scenario(
      "13.3.d", "outside of the declared set",
      logs(log(.syslog(severity: 6), to: ip("203.0.113.9")), declared: "logCollectors: [192.168.10.50]"), "1: fail"),
    Scenario(
      "13.3.d", "some outside",
      logs(log(.trap), log(.trap, to: ip("203.0.113.9")), declared: "logCollectors: [192.168.10.50]"),
      "1: fail"),
    Scenario("13.3.d", "all declared", logs(log(.trap), declared: "logCollectors: [192.168.10.48/28]"), "1: pass"),
    Scenario("13.3.d", "no declared collector", logs(log(.trap)), "1: needs-review neutral"),
    Scenario(
      "13.3.d", "none seen", site(declared: "logCollectors: [192.168.10.50]", captured()), "1: not-tested NT-CAP"),
  ]

  // MARK: 17.2.c, 21.2.b

  private static func update(_ protection: TrafficFacts.Protection, declared: String? = nil) -> SiteSample {
    site(
      declared: declared,
      captured {
        $0.flows = [flow("203.0.113.5", 443, protection) { $0.isUpdate = true }, flow("203.0.113.6", 80, .none)]
      })
  }

  private static let updates: [Scenario] = [
    Scenario("17.2.c", "no capture", site(), "site: not-tested NT-CAP"),
    Scenario(
      "17.2.c", "clear text against the policy", update(.none, declared: "policies: {protectedUpdates: true}"),
      "1: fail"),
    Scenario("17.2.c", "clear text without a policy, may be signed", update(.none), "1: needs-review against"),
    Scenario("17.2.c", "TLS 1.2", update(.tls(version: 0x0303)), "1: pass"),
    Scenario("17.2.c", "TLS 1.3", update(.tls(version: 0x0304)), "1: pass"),
    Scenario("17.2.c", "TLS 1.0 is less than 1.2", update(.tls(version: 0x0301)), "1: needs-review against"),
    Scenario(
      "17.2.c", "usually none in the window", site(captured { $0.flows = [flow("203.0.113.6", 80, .none)] }),
      "1: not-tested NT-CAP"),
    Scenario("21.2.b", "no capture, no drill", site(), "site: not-tested NT-CAP"),
    Scenario(
      "21.2.b", "a drill that nobody noticed",
      site(declared: "statements: [{says: drill, value: not-alerted, by: Yamada, at: 2026-11-21}]"), "site: fail"),
    Scenario(
      "21.2.b", "a drill with an alert",
      site(declared: "statements: [{says: drill, value: alerted, by: Yamada, at: 2026-11-21}]"),
      "site: needs-review supports"),
    Scenario(
      "21.2.b", "SNMP polling seen", site(captured { $0.watching = [.init(.snmpPolling, from: ip("192.168.10.60"))] }),
      "site: needs-review supports"),
    Scenario("21.2.b", "nothing of the kind seen", site(captured()), "site: not-tested NT-CAP"),
  ]
}
