import Addressing
import Authority
import Credentials
import Foundation
import LabSupport
import Probes
import Records
import Testing
import Wire

@testable import Audit

/// Enters on the connections of a ``VirtualDialer``.
private final class VirtualLogins: LoginDialer {
  let dialer: VirtualDialer

  init(_ dialer: VirtualDialer) { self.dialer = dialer }

  func open(
    _ address: IPAddress, zone: Int32?, mac: MACAddress?, port: UInt16, from source: IPAddress?
  ) -> SessionOpening {
    dialer.open(address, zone: zone, mac: mac, port: port, from: source)
  }

  func send(_ session: Int, _ octets: [UInt8]) -> SendOutcome { dialer.send(session, octets) }
  func poll() -> [SessionEvent] { dialer.poll() }
  func close(_ session: Int) { dialer.close(session) }

  func enter(_ session: Int, _ octets: [UInt8], under permit: borrowing LoginPermit) -> SendOutcome {
    dialer.send(session, octets)
  }

  func enter(_ session: Int, _ octets: [UInt8], spending permit: consuming LoginPermit) -> SendOutcome {
    dialer.send(session, octets)
  }
}

/// Logins in whole runs: when they come, what is kept, what is not.
struct LoginRunTests {
  /// Journals that live as long as the test.
  private final class Journals: LoginJournalStore {
    final class File: LoginJournal {
      let store: Journals
      let device: DeviceID

      init(_ store: Journals, _ device: DeviceID) {
        self.store = store
        self.device = device
      }

      func read() throws -> [UInt8] { store.octets[device] ?? [] }
      func append(_ octets: [UInt8]) throws { store.octets[device, default: []] += octets }
    }

    var octets: [DeviceID: [UInt8]] = [:]
    func open(_ device: DeviceID) throws -> (any LoginJournal)? { File(self, device) }
  }

  /// A camera that `account` and `secret` open; it echoes the password, as some do.
  private final class Camera {
    let device: VirtualDevice
    private(set) var entered: [String] = []
    private var account: String?
    private var isIn = false

    init(
      account right: String = "root", secret: String, greeting: [UInt8] = Site.telnetGreeting, number: Int = 5
    ) {
      device = VirtualDevice(mac: "00:11:22:00:00:0\(number)", address: "10.0.0.\(number)", open: [23])
      device.greetings[23] = greeting
      device.replies[23] = { [self] octets in
        guard octets.first != 0xff else { return nil }
        let line = String(decoding: octets.filter { $0 >= 0x20 }, as: UTF8.self)
        if isIn {
          isIn = line.isEmpty
          return line.isEmpty ? Array("\r\n# ".utf8) : Array("bye\r\n".utf8)
        }
        guard let known = account else {
          // The Telnet probe's empty line is none of ours.
          guard !line.isEmpty else { return nil }
          account = line
          return Array("\(line)\r\nPassword: ".utf8)
        }
        account = nil
        entered.append("\(known)/\(line)")
        isIn = known == right && line == secret
        return Array("\(line)\r\n\(isIn ? "# " : "Login incorrect\r\nIPCAM login: ")".utf8)
      }
    }
  }

  private func audit(
    _ camera: Camera, journals: Journals = Journals(), consents: Bool = true, isAsked: Bool = true
  ) throws -> VirtualAudit {
    try audit([camera], journals: journals, consents: consents, isAsked: isAsked)
  }

  private func audit(
    _ cameras: [Camera], journals: Journals = Journals(), consents: Bool = true, isAsked: Bool = true,
    list: CredentialList? = nil
  ) throws -> VirtualAudit {
    var scope = try VirtualAudit.scope(
      techniques: [.arpDiscovery, .tcpSYN, .serviceQuestions, .defaultCredentials, .credentialList])
    if consents {
      scope.consents = [
        Consent(
          name: "g", members: [.addresses(try AddressRange(parsing: "10.0.0.0/24"))],
          administrator: .init(name: "a", organisation: "o"),
          techniques: list == nil ? [.defaultCredentials] : [.defaultCredentials, .credentialList],
          validFrom: scope.validFrom, validUntil: scope.validUntil, paper: .init(file: "p", sha256: ""))
      ]
    }
    let gate = TransmissionGate(scope: scope)
    let profiles = try CredentialProfiles(VirtualAudit.profiles)
    return try VirtualAudit(
      cameras.map(\.device), try VirtualAudit.plan(ports: "23,100-160", scope: scope),
      logins: isAsked
        ? { dialer, clock in
          LoginSetup(
            authority: LoginAuthority(store: journals, gate: gate, wall: { clock.wall }), dialer: VirtualLogins(dialer),
            profiles: profiles, list: list,
            random: { CredentialPair(account: "nobody", secret: Secret(Array("k4x9q".utf8))) })
        } : nil)
  }

  @Test func `a default is found after a control, proven, logged out of, and shown without the password`() throws {
    let camera = Camera(account: "admin", secret: "admin")
    let audit = try audit(camera)
    try audit.run.run()
    // The generic pairs in their order, then the control: the same name, another password.
    #expect(camera.entered == ["root/admin", "admin/admin", "admin/k4x9q"])
    let result = audit.result()
    let finding = try #require(result.findings.first { $0.check == "cred.default" })
    #expect(finding.detail.en.contains("admin") && finding.detail.en.contains("generic/telnet, no. 2"))
    #expect(result.verdicts(camera.device, "jssec-iot-v1/JSSEC-15.1").map(\.status) == [.fail])
    #expect(audit.sink.logins.count == 3 && finding.evidence.count == 3)
    #expect(camera.device.mostOpen == 1 && camera.device.openNow == 0)
    let tally = audit.run.loginTally
    #expect(tally.services == 1 && tally.pairs == 2 && tally.accepted == 1 && tally.undecided == 0)
    #expect(audit.sink.events["login.done"]?.count == 3)
    // The logout came, and nothing else that a session could take for a command.
    let heard = String(decoding: camera.device.heard[23] ?? [], as: UTF8.self)
    #expect(heard.components(separatedBy: "exit\r\n").count == 2)
  }

  @Test func `octets of logins are nowhere in the evidence`() throws {
    let camera = Camera(account: "root", secret: "vizxv", greeting: Array("\r\nAXIS Camera\r\nIPCAM login: ".utf8))
    let audit = try audit(camera)
    try audit.run.run()
    #expect(camera.entered == ["root/pass"], "the greeting chose the profile")
    let secret = Array("pass".utf8)
    func holds(_ octets: [UInt8]) -> Bool { Data(octets).range(of: Data("root\r\n".utf8)) != nil }
    #expect(!audit.sink.frames.contains { holds($0.octets) })
    #expect(!audit.sink.questions.values.contains { holds($0) })
    for (name, login) in audit.sink.logins {
      // What is digested is what was sent; what is kept is not.
      let sent = try #require(login.sent)
      #expect(holds(sent) && Data(sent).range(of: Data(secret + [0x0d, 0x0a])) != nil)
      #expect(!login.transcript.lowercased().contains("|pass|"), "\(name)\n\(login.transcript)")
    }
    let told = audit.sink.events.values.joined().joined()
    #expect(!told.contains("\"pass\"") && told.contains(#"axis\/camera"#))
  }

  @Test func `nobody asked, nobody consented: no name is entered`() throws {
    for (consents, isAsked) in [(true, false), (false, true)] {
      let camera = Camera(secret: "admin")
      let audit = try audit(camera, consents: consents, isAsked: isAsked)
      try audit.run.run()
      #expect(camera.entered.isEmpty && audit.sink.logins.isEmpty)
      let rows = audit.result().verdicts(camera.device, "jssec-iot-v1/JSSEC-15.1")
      #expect(rows.map(\.reason) == [.noAuthorisation])
      #expect(audit.run.loginTally.notPermitted == (isAsked ? 1 : 0))
    }
  }

  @Test func `what another run spent is spent`() throws {
    let journals = Journals()
    let camera = Camera(secret: "only-the-owner-knows")
    try audit(camera, journals: journals).run.run()
    #expect(camera.entered == ["root/admin", "admin/admin"])
    let second = Camera(secret: "only-the-owner-knows")
    let audit = try audit(second, journals: journals)
    try audit.run.run()
    #expect(second.entered.isEmpty)
    let row = try #require(audit.result().verdicts(second.device, "jssec-iot-v1/JSSEC-15.1").first)
    #expect(row.status == .needsReview && row.explanation.en.contains("budget-spent"))
  }

  @Test func `what logins came to counts for a continuation`() throws {
    let audit = try audit(Camera(secret: "admin"))
    try audit.run.run()
    var restored = RestoredRun(portCount: 62)
    for line in audit.sink.journal { restored.take(try JSONDecoder().decode(JournalLine.self, from: line)) }
    #expect(restored.discarded.isEmpty)
    #expect(restored.findings.contains { $0.check == "cred.default" })
    #expect(restored.entries.first?.probed.contains("tcp/23 telnet-login") == true)
  }

  private func verdicts(_ audit: VirtualAudit, _ question: String) -> [ProbeVerdict] {
    restored(audit).observations.compactMap { observation -> ProbeVerdict? in
      guard case .probed(let verdict) = observation.fact, verdict.question == question else { return nil }
      return verdict
    }
  }

  @Test func `a password that two devices accept is told of both, and of nobody else`() throws {
    let cameras = [
      Camera(account: "admin", secret: "admin", number: 5), Camera(account: "root", secret: "admin", number: 6),
      Camera(secret: "only-the-owner-knows", number: 7),
    ]
    let audit = try audit(cameras)
    try audit.run.run()
    let result = audit.result()
    let reused = result.findings.filter { $0.check == "cred.reuse" }
    #expect(
      Set(reused.map(\.device.addresses)) == [["10.0.0.5"], ["10.0.0.6"]].map { $0.compactMap { IPAddress($0) } }.asSet)
    #expect(reused.count == 2)
    // Each names the other, and the evidence is the logins of both.
    for finding in reused {
      let isFirst = finding.device.addresses == [IPAddress("10.0.0.5")]
      #expect(finding.detail.en.contains(isFirst ? "10.0.0.6" : "10.0.0.5") && finding.evidence.count >= 5)
    }
    #expect(result.verdicts(cameras[0].device, "jssec-iot-v1/JSSEC-15.1.c").map(\.status) == [.fail])
    #expect(result.verdicts(cameras[2].device, "jssec-iot-v1/JSSEC-15.1.c").map(\.status) == [.needsReview])
  }

  /// The only password of Poly's G7500 is the end of the serial number, which this device does not tell.
  @Test func `a password that stands on the label is said not to have been tried`() throws {
    let profile = try #require(try CredentialProfiles(VirtualAudit.profiles).profile("poly/g7500"))
    let service = Service(
      endpoint: ServiceEndpoint(transport: .tcp, port: 23), state: .open, protocolName: .telnet)
    let address = try #require(IPAddress("10.0.0.5"))
    let machine = try #require(LoginTransport.telnet.machine(service, profile, at: address, seed: 1))
    let course = LoginCourse(profile: profile, service: service, transport: .telnet, machine: machine)
    #expect(course.conclusion == .refused && course.tried == 0, "nothing that is known was accepted, and nothing tried")
    let label = try #require(course.labelVerdict)
    #expect(label.question == "cred.label" && label.result == .inconclusive(reason: "not-supplied"))
    #expect(label.basis.en.contains("(1 of the profile poly/g7500)") && label.basis.ja.contains("1件"))
  }

  @Test func `one device is no reuse, and whether it locks is said to be untested`() throws {
    let audit = try audit(Camera(account: "admin", secret: "admin"))
    try audit.run.run()
    #expect(verdicts(audit, "cred.reuse").isEmpty)
    #expect(verdicts(audit, "cred.lockout-missing").map(\.result) == [.inconclusive(reason: "not-tested")])
    #expect(!audit.result().findings.contains { $0.check == "cred.lockout-missing" })
  }

  private static func list(_ text: String) throws -> CredentialList {
    try CredentialList(lines: Array(text.utf8), file: "own.txt")
  }

  @Test func `a list comes after the likely pairs, skips them, and shows when failures are not counted`() throws {
    let camera = Camera(account: "root", secret: "f")
    let audit = try audit(
      [camera], list: try Self.list("root:a\nroot:admin\nroot:b\nroot:c\nroot:d\nroot:e\nroot:f\nroot:g\n"))
    try audit.run.run()
    #expect(
      camera.entered == [
        "root/admin", "admin/admin", "root/a", "root/b", "root/c", "root/d", "root/e", "root/f", "root/k4x9q",
      ])
    let found = verdicts(audit, "cred.default")
    #expect(found.map(\.result) == [.refuted, .proven] && found[1].basis.en.contains("list/own.txt, no. 7"))
    let lockout = verdicts(audit, "cred.lockout-missing")
    #expect(lockout.map(\.result) == [.inconclusive(reason: "not-tested"), .proven])
    #expect(lockout[1].basis.en.contains("5 failures in a row"))
    // Of an owner's own list not even digests are kept.
    let (own, published) = (
      audit.sink.logins.values.filter { $0.sent == nil }, audit.sink.logins.values.filter { $0.sent != nil }
    )
    #expect(own.count == 7 && published.count == 2)
    let entries = journal(audit)
    #expect(entries.contains("tcp/23 telnet-login") && entries.contains("tcp/23 telnet-login-list"))
  }

  private func restored(_ audit: VirtualAudit) -> RestoredRun {
    var restored = RestoredRun(portCount: 62)
    for line in audit.sink.journal {
      if let line = try? JSONDecoder().decode(JournalLine.self, from: line) { restored.take(line) }
    }
    return restored
  }

  private func journal(_ audit: VirtualAudit) -> Set<String> { Set(restored(audit).entries.flatMap(\.probed)) }

  @Test func `a list is not tried where a likely pair is accepted, nor without consent, and pauses between pairs`()
    throws
  {
    let found = Camera(account: "admin", secret: "admin")
    try audit([found], list: try Self.list("root:a\n")).run.run()
    #expect(found.entered == ["root/admin", "admin/admin", "admin/k4x9q"])
    let camera = Camera(secret: "only-the-owner-knows")
    let audit = try audit([camera], list: try Self.list("root:a\nroot:b\nroot:c\n"))
    try audit.run.run()
    #expect(camera.entered.count == 5)
    let rows = audit.result().verdicts(camera.device, "jssec-iot-v1/JSSEC-15.1")
    #expect(rows.map(\.status) == [.needsReview] && rows[0].explanation.en.contains("3 published default pairs"))
  }
}

extension [[IPAddress]] {
  fileprivate var asSet: Set<[IPAddress]> { Set(self) }
}
