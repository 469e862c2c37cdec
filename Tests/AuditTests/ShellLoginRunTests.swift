import Addressing
import Audit
import Authority
import Credentials
import Foundation
import LabSupport
import Probes
import Records
import Testing

/// Logins by SSH in whole runs: what reaches the edge, one at a time, and what is kept of it.
struct ShellLoginRunTests {
  private final class Journals: LoginJournalStore {
    final class File: LoginJournal {
      let store: Journals
      init(_ store: Journals) { self.store = store }
      func read() throws -> [UInt8] { store.octets }
      func append(_ octets: [UInt8]) throws { store.octets += octets }
    }

    var octets: [UInt8] = []
    func open(_ device: DeviceID) throws -> (any LoginJournal)? { File(self) }
  }

  /// A device that one pair opens; each step takes a poll.
  private final class Shell: LoginShellClient {
    let right: String
    private(set) var entered: [String] = []
    private(set) var most = 0
    private(set) var goodbyes = 0
    private var open: [Int: [ShellEvent?]] = [:]

    init(right: String) { self.right = right }

    var wakeAt: MonotonicInstant? { open.isEmpty ? nil : MonotonicInstant(nanoseconds: 0) }

    func begin(
      _ account: [UInt8], _ secret: [UInt8], to address: IPAddress, zone: Int32?, mac: MACAddress?, port: UInt16,
      from source: IPAddress?, spending permit: consuming LoginPermit
    ) -> SessionOpening {
      guard permit.isFor(address, .tcp, port) else { return .refused("another service") }
      let pair = String(decoding: account + [0x2f] + secret, as: UTF8.self)
      entered.append(pair)
      let host = ShellHost(identification: Array("SSH-2.0-x".utf8), keyType: "ssh-rsa", fingerprint: "SHA256:q")
      open[entered.count] = [
        .opened, .agreed(host), .asked([.password]), .entered(.password),
        .ended(pair == right ? .accepted(passwordAsked: true) : .refused, said: secret),
      ]
      most = max(most, open.count)
      return .started(entered.count)
    }

    func poll() -> [ShellProgress] {
      open.keys.sorted().compactMap { session in
        guard let next = open[session]?.first else { return nil }
        open[session]?.removeFirst()
        if next == nil { open[session] = nil }
        return ShellProgress(session, next)
      }
    }

    func pace(_ session: Int, perSecond segments: Int) {}

    func close(_ session: Int) {
      goodbyes += 1
      open[session] = [nil]
    }
  }

  private final class NoTelnet: LoginDialer {
    let dialer: VirtualDialer
    init(_ dialer: VirtualDialer) { self.dialer = dialer }
    func open(_ address: IPAddress, zone: Int32?, mac: MACAddress?, port: UInt16, from source: IPAddress?)
      -> SessionOpening
    { dialer.open(address, zone: zone, mac: mac, port: port, from: source) }
    func send(_ session: Int, _ octets: [UInt8]) -> SendOutcome { dialer.send(session, octets) }
    func poll() -> [SessionEvent] { dialer.poll() }
    func close(_ session: Int) { dialer.close(session) }
    func enter(_ session: Int, _ octets: [UInt8], under permit: borrowing LoginPermit) -> SendOutcome { .refused("no") }
    func enter(_ session: Int, _ octets: [UInt8], spending permit: consuming LoginPermit) -> SendOutcome {
      .refused("no")
    }
  }

  private func audit(_ shell: Shell?) throws -> (audit: VirtualAudit, device: VirtualDevice, journals: Journals) {
    let device = VirtualDevice(mac: "00:11:22:00:00:05", address: "10.0.0.5", open: [22])
    device.greetings[22] = Array("SSH-2.0-dropbear_2012.55\r\n".utf8)
    var scope = try VirtualAudit.scope(techniques: [.arpDiscovery, .tcpSYN, .serviceQuestions, .defaultCredentials])
    scope.consents = [
      Consent(
        name: "g", members: [.addresses(try AddressRange(parsing: "10.0.0.0/24"))],
        administrator: .init(name: "a", organisation: "o"), techniques: [.defaultCredentials],
        validFrom: scope.validFrom, validUntil: scope.validUntil, paper: .init(file: "p", sha256: ""))
    ]
    let gate = TransmissionGate(scope: scope)
    let journals = Journals()
    let generic = try #require(try CredentialProfiles(VirtualAudit.profiles).profile("generic/ssh"))
    #expect(generic.pairs.map(\.account) == ["root", "admin"])
    let audit = try VirtualAudit([device], try VirtualAudit.plan(ports: "22,100-160", scope: scope)) { dialer, clock in
      LoginSetup(
        authority: LoginAuthority(store: journals, gate: gate, wall: { clock.wall }), dialer: NoTelnet(dialer),
        shell: shell, profiles: CredentialProfiles(all: [generic]),
        random: { CredentialPair(account: "nobody", secret: Secret(Array("k4x9q".utf8))) })
    }
    return (audit, device, journals)
  }

  @Test func `pairs and the control reach the edge once each, one after the other, and every session is closed`() throws
  {
    let shell = Shell(right: "admin/admin")
    let (audit, device, journals) = try audit(shell)
    try audit.run.run()
    #expect(shell.entered == ["root/root", "admin/admin", "admin/k4x9q"])
    #expect(shell.most == 1 && shell.goodbyes == 3)
    let finding = try #require(audit.result().findings.first { $0.check == "cred.default" })
    #expect(finding.detail.en.contains("generic/ssh, no. 2") && finding.evidence.count == 3)
    #expect(audit.result().verdicts(device, "jssec-iot-v1/JSSEC-15.1").map(\.status) == [.fail])
    #expect(audit.run.loginTally.pairs == 2 && audit.run.loginTally.accepted == 1)
    // The device said each password; no transcript does, nor the journal.
    #expect(audit.sink.logins.count == 3)
    for login in audit.sink.logins.values {
      #expect(login.transcript.contains("host key: ssh-rsa SHA256:q\n") && login.sent?.isEmpty == true)
      #expect(!login.transcript.contains("k4x9q") && !login.transcript.contains("|root|"), "\(login.transcript)")
    }
    #expect(!String(decoding: journals.octets, as: UTF8.self).contains("k4x9q"))
  }

  @Test func `what the device refuses stays within the budget, and without an edge nothing is entered`() throws {
    let shell = Shell(right: "nobody/knows")
    let (audit, device, _) = try audit(shell)
    try audit.run.run()
    #expect(shell.entered == ["root/root", "admin/admin"] && shell.goodbyes == 2)
    #expect(audit.result().verdicts(device, "jssec-iot-v1/JSSEC-15.1").map(\.status) == [.needsReview])

    let (without, _, journals) = try self.audit(nil)
    try without.run.run()
    #expect(without.run.loginTally.accepted == 0 && without.run.loginTally.pairs == 0)
    #expect(!String(decoding: journals.octets, as: UTF8.self).contains("refused"))
  }
}
