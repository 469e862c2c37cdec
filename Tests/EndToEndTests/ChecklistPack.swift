import Addressing
import Evidence
import Foundation
import Records

/// A sealed pack of a small audit, as `tenken audit` leaves it: two cameras of one model and a device that says nothing of itself.
enum ChecklistPack {
  static func write(to path: String, runID: String, telnet: VerdictStatus) throws {
    let start = Timestamp(nanoseconds: 1_795_399_331_042_000_000)
    let claims = [
      Claim(.vendor, "Example", source: "tcp/80 http", confidence: .high),
      Claim(.model, "CAM-1", source: "tcp/80 http", confidence: .high),
      Claim(.firmware, "1.02", source: "tcp/80 http", confidence: .high),
    ]
    let devices = (1...3).map { number -> Device in
      var device = Device(
        mac: MACAddress(rawValue: 0x0011_2200_0000 + UInt64(number)),
        addresses: [IPAddress(IPv4Address(rawValue: 0x0a00_0000 + UInt32(number)))],
        services: [Service(endpoint: ServiceEndpoint(transport: .tcp, port: 80), state: .open)])
      device.claims = number < 3 ? claims : []
      return device
    }
    func verdict(_ item: String, _ device: Device?, _ status: VerdictStatus, _ reason: NotTestedReason? = nil)
      -> Verdict
    {
      Verdict(
        item: "jssec-iot-v1/JSSEC-\(item)", device: device?.id, service: nil, status: status, reason: reason,
        bounds: Bounds(coverage: nil), explanation: LocalizedText(ja: "試験の説明", en: "an explanation of the test"),
        evidence: device == nil ? [] : ["data/ports/x.json"])
    }
    let scope = Array(
      """
      version: 1
      engagement: {id: "E-1", customer: "Example", site: "Plant", operator: "K"}
      valid: {from: "2026-11-01T00:00:00+09:00", until: "2026-11-30T00:00:00+09:00"}
      networks: [10.0.0.0/24]
      techniques: [tcp-syn]
      rates: {perDevice: 100, total: 1000}
      """.utf8)
    let run = RunSummary(
      runID: runID, toolVersion: "0.3.0", rulesDigest: String(repeating: "a", count: 64),
      engagement: Engagement(id: "E-1", customer: "Example", site: "Plant", operator: "K"),
      scopeDigest: SHA256.hex(SHA256.digest(of: scope)), targets: ["10.0.0.0/24"], ports: "1-65535", host: "auditor",
      started: start, ended: start, offsetMinutes: Timestamp.jst, seed: "1", partial: false, framesSent: 10)
    let pack = try PackWriter(creating: path, software: "tenken test")
    try pack.append(RunEvent(type: "run.started", at: start))
    try pack.write(scope, to: "scope/scope.yaml")
    try pack.close(
      result: AuditResult(
        run: run, inventory: Inventory(devices: devices), findings: [],
        verdicts: [
          verdict("14.2.c", devices[0], telnet), verdict("14.2.c", devices[1], .pass),
          verdict("14.2.c", devices[2], .needsReview), verdict("15.4.a", nil, .notTested, .vantage),
        ],
        coverage: Coverage(
          devices: [], addressesAsked: 3, addressesAnswered: 3, omitted: [], receiveDrops: 0, partial: false)))
  }
}
