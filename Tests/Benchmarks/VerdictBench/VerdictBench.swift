internal import Addressing
internal import Checklist
internal import Evidence
internal import Profiles
internal import Records

/// How long the verdicts of a large site take: 254 devices with all 65,535 ports looked at, twenty open ones each, forty questions asked of
/// each and eight findings. One line: name, milliseconds of each of five runs, verdicts. Printed for Scripts/bench, which has reports
/// made of such a site too.
@main struct VerdictBench {
  /// - Parameter arguments: the folder of the rule data; then, if a pack of the site is wanted, the folder for it.
  static func main() throws {
    let profiles = try ProfileStore(
      directory: CommandLine.arguments.dropFirst().first ?? "Profiles", readingCases: false)
    let context = ChecklistContext(profiles: profiles, serviceQuestionsAllowed: true)
    let site = SiteFacts(at: moment, devices: (0..<254).map { device($0, profiles.checks) })
    guard let catalogue = profiles.catalogues.first(where: { $0.id == "jssec-iot-v1" }) else { return }
    var times: [Int] = []
    var count = 0
    for _ in 0..<5 {
      let elapsed = ContinuousClock().measure {
        let verdicts = Checklist.verdicts(site, in: context)
        let rolled = RollUp(verdicts, devices: site.devices.map(\.device.id), rows: catalogue.rows)
        count = verdicts.count + rolled.boxes.count - catalogue.items.count { $0.kind == .box }
      }
      times.append(Int(elapsed / .milliseconds(1)))
    }
    print("verdicts \(times.map(String.init).joined(separator: ",")) \(count)")
    if let folder = CommandLine.arguments.dropFirst(2).first {
      try write(site, Checklist.verdicts(site, in: context), to: folder)
    }
  }

  /// A sealed pack, without the octets that its findings cite.
  private static func write(_ site: SiteFacts, _ verdicts: [Verdict], to folder: String) throws {
    let pack = try PackWriter(creating: folder, software: "tenken bench")
    let run = RunSummary(
      runID: "run-bench", toolVersion: "bench", rulesDigest: String(repeating: "a", count: 64),
      engagement: Engagement(id: "BENCH", customer: "bench", site: "254 devices", operator: "bench"),
      scopeDigest: String(repeating: "b", count: 64), targets: ["192.168.10.0/24"], ports: "1-65535", host: "bench",
      started: moment, ended: moment + .seconds(3600), offsetMinutes: Timestamp.jst, seed: "1", partial: false,
      framesSent: 254 * 65_535)
    try pack.append(RunEvent(type: "run.started", at: moment, fields: run))
    for observation in site.devices.flatMap(\.observations) {
      try pack.append(RunEvent(type: "observation", at: moment, fields: observation))
    }
    let devices = site.devices
    try pack.close(
      result: AuditResult(
        run: run, inventory: Inventory(devices: devices.map(\.device)), findings: devices.flatMap(\.findings),
        verdicts: verdicts,
        coverage: Coverage(
          devices: devices.compactMap(\.coverage), addressesAsked: 254, addressesAnswered: 254, omitted: [],
          receiveDrops: 0, partial: false)))
  }

  private static let moment = Timestamp(nanoseconds: 1_795_136_531_042_000_000)

  private static func device(_ number: Int, _ checks: [Check]) -> DeviceFacts {
    let ports = (0..<20).map { UInt16(20 + $0 * 401) }
    var device = Device(
      mac: MACAddress(rawValue: 0x0011_2200_0000 + UInt64(number)),
      addresses: [IPAddress(IPv4Address(rawValue: 0xc0a8_0a01 + UInt32(number)))],
      services: ports.map { Service(endpoint: ServiceEndpoint(transport: .tcp, port: $0), state: .open) })
    device.model = Attribution(name: "Model \(number % 7)", source: "upnp")
    var coverage = DeviceCoverage(
      device: device.id, address: device.addresses[0],
      tcp: .init(requested: "1-65535", requestedCount: 65_535), aliveBefore: true, from: moment,
      vantage: Vantage(interface: "eth0", address: IPAddress(IPv4Address(rawValue: 0xc0a8_0afe))))
    coverage.tcp.open = ports.count
    coverage.tcp.closed = 65_535 - ports.count
    coverage.tcp.complete = true
    coverage.aliveAfter = true
    coverage.loss = .init(probes: 65_535, lost: 3, rateUpperBound: 0.001, missBound: 1e-9)
    let questions = checks.compactMap(\.rule.question)
    let maker = FindingMaker(checks: checks)
    var observations: [Observation] = []
    var findings: [Finding] = []
    for index in 0..<40 {
      let endpoint = ServiceEndpoint(transport: .tcp, port: ports[index % ports.count])
      let question = questions[(number * 3 + index) % questions.count]
      let verdict = ProbeVerdict(
        question, index % 5 == 0 ? .proven : .refuted, basis: LocalizedText(ja: question, en: question))
      let observation = Observation(
        id: numbered("EV-", number * 40 + index + 1, digits: 6), at: moment, technique: .serviceQuestions,
        subject: .service(device.id, endpoint),
        fact: .probed(verdict), evidence: ["data/services/\(device.id.rawValue)-tcp-\(endpoint.port)/response.bin"])
      observations.append(observation)
      for check in maker.matches(observation) {
        findings.append(
          maker.finding(
            id: numbered("F-", number * 8 + findings.count + 1, digits: 4), check: check, observation: observation,
            device: device,
            evidence: observation.evidence))
      }
    }
    return DeviceFacts(device: device, coverage: coverage, findings: findings, observations: observations)
  }
}
