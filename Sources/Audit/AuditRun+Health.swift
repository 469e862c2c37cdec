internal import Addressing
internal import Engine
internal import Profiles
internal import Records
internal import Wire

// What a device's health means for the run.
extension AuditRun {
  func froze(_ addresses: [IPAddress]) throws {
    let moment = environment.wall()
    for address in addresses {
      try evidence.record("device.froze", at: moment, AddressEvent(address: address))
      if let position = positions[address] { try breakOff(position) }
    }
  }

  func report(
    _ distress: SegmentScan.Distress, _ addresses: [IPAddress], segment: Int, now: MonotonicInstant
  ) throws {
    let offset = environment.wall().nanoseconds - now.nanoseconds
    func wall(_ instant: MonotonicInstant) -> Timestamp { Timestamp(nanoseconds: instant.nanoseconds + offset) }
    let record = Distress(
      kind: Distress.Kind(distress.outcome), lastAnswer: wall(distress.lastAnswer), frozen: wall(distress.frozen),
      ended: distress.outcome == .lost ? nil : wall(distress.ended),
      frames: distress.frames.count { $0.at >= distress.lastAnswer })
    for address in addresses {
      guard let position = positions[address] else { continue }
      records[position].distress.append(record)
      // Whatever trust it had earned is spent; the scan has slowed down already.
      if records[position].deviceClass == .robust { records[position].deviceClass = .normal }
      if distress.outcome == .lost {
        records[position].queue.removeAll()
        records[position].stopped = LocalizedText(
          ja: "機器が検査とARPのどちらにも応答しなくなったため、送信を止めました。",
          en: "The device stopped answering probes and ARP, so nothing more was sent to it.")
      }
    }
    guard let first = addresses.first.flatMap({ positions[$0] }) else { return }
    let frames = distress.frames.map { frame in
      CapturedFrame(
        nanoseconds: wall(frame.at).nanoseconds, octets: frame.octets, originalLength: frame.octets.count,
        outbound: true)
    }
    let observation = try observe(
      .tcpSYN, .device(records[first].device), .distress(record), at: record.frozen)
    try makeFindings(observation, request: [], response: [], frames: frames, records[first])
    try evidence.record("device.distress", at: record.frozen, DistressEvent(addresses: addresses, distress: record))
  }

  /// Treats normal devices as robust that have answered without a flaw for long enough.
  func promoteDevices(now: MonotonicInstant) throws {
    guard let promotion = plan.scanProfile.promotion, !plan.onlyListens else { return }
    let moment = environment.wall()
    for position in records.indices where records[position].phase == .scanning {
      let record = records[position]
      guard record.deviceClass == .normal, moment - record.from >= promotion.after,
        let target = segments[record.segment].scan.target(record.address),
        let figures = segments[record.segment].scan.figures(of: record.address),
        target.scan.answers >= promotion.answers, figures.isFlawless,
        // Lost or unanswered probes are asked again only at the end of the pass.
        target.scan.sent <= target.scan.answers + target.scan.outstanding
      else { continue }
      records[position].deviceClass = .robust
      segments[record.segment].scan.setLimits(plan.limits(for: .robust), of: record.address)
      try evidence.record("device.promoted", at: moment, AddressEvent(address: record.address))
    }
  }
}

extension SegmentScan.Figures {
  /// Every probe and every heartbeat was answered at the first try, as fast as at the start, and no
  /// limit of answers showed. A device whose health cannot be watched proves nothing.
  var isFlawless: Bool { isWatched && loss.lost == 0 && distresses == 0 && answerLimit == nil }
}

extension Distress.Kind {
  init(_ outcome: HealthGuard.Outcome) {
    switch outcome {
    case .recovered: self = .recovered
    case .rebooted: self = .rebooted
    case .lost: self = .lost
    case .slow: self = .slow
    }
  }
}
