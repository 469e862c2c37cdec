internal import Records

/// How a device was treated and how sure its answers are, in short clauses; for page and table.
struct DeviceNotes {
  private let device: DeviceCoverage
  private let words: Words
  private let offsetMinutes: Int

  init(_ device: DeviceCoverage, words: Words, offsetMinutes: Int) {
    self.device = device
    self.words = words
    self.offsetMinutes = offsetMinutes
  }

  /// `fragile, ≤ 50/s`.
  var treatment: String {
    let ceiling = device.rateCeiling.map { "≤ \(Shown.number($0))/s" } ?? words[.noCeiling]
    return "\(words.deviceClass(device.deviceClass))\(separator)\(ceiling)"
  }

  /// `lost 20 / 1,000, missed ≤ 1.0e-4`.
  var loss: String {
    guard let loss = device.loss else { return words[.notMeasured] }
    let lost = "\(words[.lost]) \(Shown.number(loss.lost)) / \(Shown.number(loss.probes))"
    return "\(lost)\(separator)\(words[.missBound]) ≤ \(Shown.probability(loss.missBound))"
  }

  /// The rates beyond which the device stays silent.
  var limits: [String] {
    [(Label.rstLimit, device.rstLimit), (.icmpLimit, device.icmpLimit)].compactMap { label, limit in
      limit.map { "\(words[label]) \(Shown.number($0))/s" }
    }
  }

  var udp: String {
    guard let udp = device.udp else { return words[.notAsked] }
    let counts = [
      (Label.open, udp.open), (.closed, udp.closed), (.openOrFiltered, udp.openOrFiltered),
      (.unresolved, udp.unresolved),
    ]
    return "\(udp.requested): " + counts.map { "\(words[$0.0]) \(Shown.number($0.1))" }.joined(separator: " / ")
  }

  /// What a reader must know before relying on the counts.
  var remarks: [String] {
    var remarks = device.distress.map(distress)
    if device.answersEverything { remarks.append(words[.answersEverything]) }
    if device.tcp.notPermitted > 0 {
      remarks.append("\(words[.industrialNotAsked]): \(Shown.number(device.tcp.notPermitted))")
    }
    if device.receiveDrops > 0 { remarks.append("\(words[.drops]): \(Shown.number(device.receiveDrops))") }
    return remarks
  }

  /// The clauses that are worth a line on a terminal; empty for a device that was treated and
  /// answered as most do.
  var brief: [String] {
    let unusual = device.deviceClass == "normal" ? [] : [treatment]
    let lossy = (device.loss?.missBound ?? 0) > 1e-4 ? [loss] : []
    return unusual + remarks + lossy + limits
  }

  private func distress(_ distress: Distress) -> String {
    let end = distress.ended ?? distress.frozen
    let period = Shown.period(distress.lastAnswer, end, offsetMinutes: offsetMinutes)
    return "\(words.distress(distress.kind)) (\(period)\(separator)\(Shown.number(distress.frames)) \(words[.frames]))"
  }

  private var separator: String { words.language == .ja ? "、" : ", " }
}
