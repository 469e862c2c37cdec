import Addressing
import Audit
import Authority
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
  let sink = MemorySink()
  let run: AuditRun<VirtualSegment>
  let clock: ManualClock
  let progress: Progress

  final class Progress { var reports: [AuditProgress] = [] }

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
    techniques: Set<Technique> = [.arpDiscovery, .tcpSYN, .serviceIdentification, .otIdentify]
  ) throws -> Scope {
    Scope(
      engagement: Engagement(id: "T-1", customer: "客先", site: "第一工場", operator: "検査員"),
      validFrom: ManualClock.startOfDay + .seconds(-3600), validUntil: ManualClock.startOfDay + .seconds(86_400),
      networks: try networks.map { try AddressRange(parsing: $0) }, exclusions: exclusions, techniques: techniques,
      rates: Scope.Rates(perDevice: 100, total: 1000))
  }

  /// - Parameter stopAfter: the operator interrupts then.
  init(
    _ devices: [VirtualDevice], ports: String, targets: String = "10.0.0.3-10.0.0.20", scope: Scope? = nil,
    stopAfter: Duration? = nil
  ) throws {
    let clock = ManualClock()
    let segment = VirtualSegment(clock: clock, devices: devices)
    let dialer = VirtualDialer(segment: segment)
    let progress = Progress()
    let scope = try scope ?? Self.scope()
    let selection = try TargetSelection(targets: [AddressRange(parsing: targets)], scope: scope, at: clock.wall)
    let plan = AuditPlan(
      selection: selection, ports: try PortSelection(parsing: ports, lists: Self.profiles.portLists), scope: scope,
      seed: ScanSeed(high: 5, low: 6), profiles: Self.profiles, vendors: nil, deviceRate: 100, totalRate: 1000)
    let environment = RunEnvironment(
      monotonic: { clock.now }, wall: { clock.wall },
      wait: { until in
        // Input ends the wait early, as it does on a real descriptor.
        clock.sleep(until: [until, segment.nextArrival ?? until, dialer.nextEvent ?? until].min() ?? until)
      },
      shouldStop: { stopAfter.map { clock.elapsed >= $0 } ?? false }, progress: { progress.reports.append($0) })
    run = AuditRun(
      plan: plan,
      segments: [
        SegmentPlan(
          link: segment, interface: "mem0", mac: segment.mac, source: segment.source, sourcePort: segment.sourcePort,
          captureFilter: "arp or tcp", addresses: selection.addresses)
      ], omitted: [], dialer: dialer, evidence: sink, environment: environment)
    self.segment = segment
    self.dialer = dialer
    self.clock = clock
    self.progress = progress
  }

  func result() -> AuditResult {
    run.result(
      run: RunSummary(
        runID: "R", toolVersion: "0", rulesDigest: "0",
        engagement: Engagement(id: "", customer: "", site: "", operator: ""), scopeDigest: "0",
        targets: [], ports: "", host: "", started: ManualClock.startOfDay, ended: clock.wall,
        offsetMinutes: Timestamp.jst, seed: "", partial: run.wasStopped, framesSent: run.totalFramesSent))
  }
}

extension AuditResult {
  static let telnet = "jssec-iot-v1/JSSEC-14.2.c"

  func verdicts(_ device: VirtualDevice, _ item: String = telnet) -> [Verdict] {
    verdicts.filter { $0.item == item && $0.device == DeviceID(mac: device.mac) }
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
