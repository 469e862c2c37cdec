import Addressing
import Audit
import Authority
import Credentials
import Engine
import Foundation
import LabSupport
import Probes
import Profiles
import Records
import Testing

/// A whole audit of a segment in memory: the run with everything around it replaced.
struct VirtualAudit {
  let segment: VirtualSegment
  let dialer: VirtualDialer
  let exchanger: VirtualExchanger
  let sink: MemorySink
  let run: AuditRun<VirtualSegment>
  let clock: ManualClock
  let progress: Progress

  final class Progress {
    var reports: [AuditProgress] = []
    var hosts: [HostReport] = []
  }

  static let profiles: ProfileStore = {
    let folder = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Profiles").path
    do {
      return try ProfileStore(directory: folder)
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  static func scope(
    networks: [String] = ["10.0.0.0/24"], excluding exclusions: [Scope.Exclusion] = [],
    techniques: Set<Technique> = [.passive, .arpDiscovery, .tcpSYN, .serviceQuestions, .otIdentify],
    rates: Scope.Rates = Scope.Rates(perDevice: 100, total: 1000)
  ) throws -> Scope {
    Scope(
      engagement: Engagement(id: "T-1", customer: "客先", site: "第一工場", operator: "検査員"),
      validFrom: ManualClock.startOfDay + .seconds(-3600), validUntil: ManualClock.startOfDay + .seconds(86_400),
      networks: try networks.map { try AddressRange(parsing: $0) }, exclusions: exclusions, techniques: techniques,
      rates: rates)
  }

  /// A profile of Profiles/scans.
  static func profile(_ id: String) throws -> ScanProfile {
    try #require(profiles.scanProfiles.first { $0.id == id })
  }

  /// The plan of a run at 100 frames a second for each device, with the standard profile.
  static func plan(
    ports: String, targets: [String] = ["10.0.0.3-10.0.0.20"], scope: Scope? = nil, profile: String = "standard"
  ) throws -> AuditPlan {
    let scope = try scope ?? Self.scope()
    let profile = try Self.profile(profile)
    let selection = try TargetSelection(
      targets: targets.map { try AddressRange(parsing: $0) }, scope: scope, at: ManualClock.startOfDay,
      technique: profile.probes ? .arpDiscovery : .passive)
    return AuditPlan(
      selection: selection, ports: try PortSelection(parsing: ports, lists: profiles.portLists), scope: scope,
      seed: ScanSeed(high: 5, low: 6), profiles: profiles, scanProfile: profile, vendors: nil, deviceRate: 100,
      totalRate: 1000, identifiesServices: true)
  }

  init(
    _ devices: [VirtualDevice], ports: String, targets: String = "10.0.0.3-10.0.0.20", scope: Scope? = nil,
    stopAfter: Duration? = nil
  ) throws {
    try self.init(
      devices, Self.plan(ports: ports, targets: [targets], scope: scope),
      stop: stopAfter.map { (after: $0, reason: .interrupted) })
  }

  /// - Parameters:
  ///   - stop: the run is told to stop then, for this reason.
  ///   - behind: addresses that are reached through a gateway with this MAC address.
  ///   - web: answers HTTP requests of probes; nil where no client is.
  ///   - fingerprints: know devices by what their services say.
  ///   - logins: what logins are tried with; nil for none.
  ///   - restored: what an earlier run found out, and `earlier` what it kept of what was said.
  ///   - pause: how much later than it should the loop goes on, given the time that has passed.
  ///   - known: neighbours that this host's kernel knows already.
  init(
    _ devices: [VirtualDevice], _ plan: AuditPlan, stop: (after: Duration, reason: StopReason)? = nil,
    behind: [IPAddress: MACAddress] = [:], known: [IPv4Address: MACAddress] = [:],
    web: VirtualWeb? = nil, fingerprints: (any TextRecogniser)? = nil,
    logins: ((VirtualDialer, ManualClock) throws -> LoginSetup)? = nil, restored: RestoredRun? = nil,
    earlier: [String: [UInt8]] = [:], pause: @escaping (Duration) -> Duration = { _ in .zero }
  ) throws {
    sink = MemorySink()
    sink.earlier = earlier
    let clock = ManualClock()
    let segment = VirtualSegment(clock: clock, devices: devices)
    let dialer = VirtualDialer(segment: segment)
    let exchanger = VirtualExchanger(segment: segment)
    let progress = Progress()
    let environment = RunEnvironment(
      monotonic: { clock.now }, wall: { clock.wall },
      wait: { until in
        // Input ends the wait early, as it does on a real descriptor.
        let wake =
          [until, segment.nextArrival ?? until, dialer.nextEvent ?? until, exchanger.nextEvent ?? until].min() ?? until
        clock.sleep(until: wake + pause(clock.elapsed))
      }, stopReason: { stop.flatMap { clock.elapsed >= $0.after ? $0.reason : nil } },
      progress: { progress.reports.append($0) }, settled: { progress.hosts.append($0) })
    let near = plan.selection.addresses.filter { behind[$0] == nil }
    var part = SegmentPlan(
      link: segment, interface: "mem0", index: 2, mac: segment.mac, source: segment.source,
      linkLocal: segment.linkLocal, sourcePort: segment.sourcePort, datagramPort: segment.datagramPort,
      captureFilter: "arp or tcp", addresses: near.compactMap(\.v4), addresses6: near.compactMap(\.v6),
      offLink: behind)
    part.known = known
    run = AuditRun(
      plan: plan, segments: [part], omitted: [], dialer: dialer, exchanger: exchanger, client: web, evidence: sink,
      environment: environment, fingerprints: fingerprints,
      logins: try logins?(dialer, clock).exchanging(by: exchanger), restored: restored)
    self.segment = segment
    self.dialer = dialer
    self.exchanger = exchanger
    self.clock = clock
    self.progress = progress
  }

  func result() -> AuditResult {
    run.result(
      run: RunSummary(
        runID: "R", toolVersion: "0", rulesDigest: "0",
        engagement: Engagement(id: "", customer: "", site: "", operator: ""), scopeDigest: "0",
        targets: [], ports: "", host: "", started: ManualClock.startOfDay, ended: clock.wall,
        offsetMinutes: Timestamp.jst, seed: "", partial: run.stopReason != nil, framesSent: run.totalFramesSent))
  }
}

extension AuditResult {
  static let telnet = "jssec-iot-v1/JSSEC-14.2.c"

  func verdicts(_ device: VirtualDevice, _ item: String = telnet) -> [Verdict] {
    let id = device.isOffLink ? DeviceID(address: device.address) : DeviceID(mac: device.mac)
    return verdicts.filter { $0.item == item && $0.device == id }
  }

  func coverage(_ device: VirtualDevice) throws -> DeviceCoverage {
    try #require(coverage.devices.first { $0.address == device.address })
  }
}

/// The site of the tests.
enum Site {
  /// DO ECHO, WILL SUPPRESS-GO-AHEAD, then a prompt.
  static let telnetGreeting: [UInt8] = [0xff, 0xfd, 0x01, 0xff, 0xfb, 0x03] + Array("\r\nIPCAM login: ".utf8)

  static func camera() -> VirtualDevice {
    let device = VirtualDevice(mac: "00:11:22:00:00:05", address: "10.0.0.5", open: [23, 80])
    device.greetings[23] = telnetGreeting
    return device
  }

  static func recorder() -> VirtualDevice {
    let device = VirtualDevice(mac: "00:11:22:00:00:06", address: "10.0.0.6", open: [22])
    device.greetings[22] = Array("SSH-2.0-dropbear_2022.83\r\n".utf8)
    device.closing = [22]
    return device
  }

  static func silent() -> VirtualDevice {
    VirtualDevice(mac: "00:11:22:00:00:07", address: "10.0.0.7") { _ in .silent }
  }
}

extension LoginSetup {
  /// Datagrams go where the run's own do.
  fileprivate func exchanging(by exchanger: VirtualExchanger) -> LoginSetup {
    LoginSetup(
      authority: authority, dialer: dialer, exchanger: VirtualCommunities(exchanger), client: client, shell: shell,
      profiles: profiles,
      list: list, random: random)
  }
}

/// Enters through a ``VirtualExchanger``.
private final class VirtualCommunities: LoginExchanger {
  let exchanger: VirtualExchanger

  init(_ exchanger: VirtualExchanger) { self.exchanger = exchanger }

  func open(
    _ address: IPAddress, zone: Int32?, mac: MACAddress?, port: UInt16, localPort: UInt16?, anySourcePort: Bool,
    from source: IPAddress?
  ) -> SessionOpening {
    exchanger.open(
      address, zone: zone, mac: mac, port: port, localPort: localPort, anySourcePort: anySourcePort, from: source)
  }

  func send(_ session: Int, _ octets: [UInt8]) -> SendOutcome { exchanger.send(session, octets) }
  func poll() -> [SessionEvent] { exchanger.poll() }
  func close(_ session: Int) { exchanger.close(session) }

  func enter(_ session: Int, _ octets: [UInt8], spending permit: consuming LoginPermit) -> SendOutcome {
    exchanger.send(session, octets)
  }
}
