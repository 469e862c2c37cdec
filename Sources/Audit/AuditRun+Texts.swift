internal import Engine
internal import Probes
internal import Profiles
internal import Records

// What services say of their device: claims by fingerprints, the family by its device profile.
extension AuditRun {
  /// What the conversations of a visit tell of the device, beyond what is known of it.
  func heard(on visit: Visit, _ report: ProbeReport, _ index: Int) -> [Claim] {
    let known = devices[records[index].device]?.services.first { $0.endpoint == visit.endpoint }
    var name = known?.protocolName
    var isWrapped = known?.tls == true
    if case .identified(let identified, let tls, _) = report.identification { (name, isWrapped) = (identified, tls) }
    let place = visit.endpoint.description
    let spoken = visit.channels.filter { !$0.isWithheld }.compactMap { channel -> Spoken? in
      if let exchange = channel.exchange {
        return Spoken(exchange, at: "\(visit.endpoint.transport.rawValue)/\(channel.port)")
      }
      // What is inside TLS did not come as it was said.
      guard let name, channel.carrier != .http, channel.carrier == .datagrams || !isWrapped else { return nil }
      return Spoken(channel.received, speaking: name, at: place)
    }
    return claims(spoken, beside: report.claims, at: place, index)
  }

  /// The same for an answer to one of the scan's questions.
  func heard(_ octets: [UInt8], from endpoint: ServiceEndpoint, speaking name: ProtocolName, _ index: Int) -> [Claim] {
    claims([Spoken(octets, speaking: name, at: endpoint.description)], at: endpoint.description, index)
  }

  /// - Parameter told: what the probe has read already, whose fields may be texts for fingerprints and signs of a family.
  private func claims(_ spoken: [Spoken], beside told: [Claim] = [], at place: String, _ index: Int) -> [Claim] {
    guard let device = devices[records[index].device] else { return [] }
    var found: [Claim] = []
    let spoken = spoken + [Spoken(told)]
    for part in spoken {
      found += part.signs
      for text in part.texts {
        guard let reading = fingerprints?.recognise(text, at: place) else { continue }
        found += reading.claims
        undecided += reading.undecided.filter { toldUndecided.insert($0).inserted }
      }
    }
    var fresh: [Claim] = []
    for claim in found where !device.claims.contains(claim) && !told.contains(claim) && !fresh.contains(claim) {
      fresh.append(claim)
    }
    // What the family says follows from what the device says, or from its maker's address where it says nothing.
    var widened = device
    widened.claims += told + fresh
    for claim in plan.profiles.deviceProfiles.claims(of: widened) where !widened.claims.contains(claim) {
      fresh.append(claim)
    }
    return fresh
  }

  /// After the line that makes the claims count: what the run makes of them.
  func heedClaims(_ index: Int, now: MonotonicInstant) throws {
    if !undecided.isEmpty {
      let rules = undecided
      undecided = []
      try evidence.record("fingerprints.undecided", at: environment.wall(), UndecidedEvent(rules: rules))
    }
    guard let device = devices[records[index].device],
      let profile = plan.profiles.deviceProfiles.match(DeviceProfile.Signs(of: device))
    else { return }
    let fragility = profile.fragility
    if fragility.isOT, plan.leavesIndustrialOut { return try leaveIndustrial(index, profile, now: now) }
    try lower(index, to: fragility.deviceClass)
  }

  /// It turned out to be a controller: no more is sent to it than the question whether it is there.
  private func leaveIndustrial(_ index: Int, _ profile: DeviceProfile, now: MonotonicInstant) throws {
    let record = records[index]
    guard record.phase == .scanning, record.stopped == nil else { return }
    records[index].queue.removeAll()
    records[index].stopped = LocalizedText(
      ja: "応答から産業用制御機器(\(profile.family.ja))と分かったため、そこで送信を止めました。調べるには許可範囲にot-identifyが必要です。\(profile.fragility.why.ja)",
      en:
        "Its answers show an industrial controller (\(profile.family.en)), so nothing more was sent to it; looking at it needs the technique ot-identify. \(profile.fragility.why.en)"
    )
    try evidence.record(
      "target.industrial", at: environment.wall(),
      DeviceEvent(address: record.address, mac: record.mac, vendor: devices[record.device]?.vendor?.name))
    segments[record.segment].scan.abandon(record.address, now: now)
  }
}

struct UndecidedEvent: Encodable, Sendable {
  /// `file:line`, with the reason where it is another than too many steps.
  let rules: [String]
}
