internal import Checklist
public import Records

/// What people determined, in the order of their file. Every entry is kept; of those on the same, the latest holds.
public struct Determinations: Hashable, Sendable {
  /// As it was opened.
  public let file: String
  public let entries: [Determination]

  public init(file: String, entries: [Determination]) {
    self.file = file
    self.entries = entries
  }

  /// Entries on a row and phase, the earliest day first; of one day, in file order.
  public func history(_ item: String, _ phase: Phase) -> [Determination] {
    entries.enumerated().filter { $0.element.item == item && $0.element.phase == phase }
      .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
  }

  /// What holds for the row, its devices and its models: for each the latest decision, or the latest record where nothing was
  /// decided.
  public func current(_ item: String, _ phase: Phase) -> [Determination] {
    var holding: [Determination.Subject: Determination] = [:]
    var order: [Determination.Subject] = []
    for entry in history(item, phase) {
      let subject = entry.subject
      if holding[subject] == nil { order.append(subject) }
      if let earlier = holding[subject], earlier.isDecision, !entry.isDecision { continue }
      holding[subject] = entry
    }
    return order.compactMap { holding[$0] }
  }

  /// The one that holds for a device: its own by whatever name, else its model's, else the row's.
  public func current(_ item: String, _ phase: Phase, for device: Device) -> Determination? {
    let all = history(item, phase).filter(\.isDecision)
    let model = ModelName(device).description
    return all.last { $0.device?.names(device) == true } ?? all.last { $0.device == nil && $0.model == model }
      ?? current(whole: item, phase)
  }

  /// The one that holds for the row as a whole.
  public func current(whole item: String, _ phase: Phase) -> Determination? {
    current(item, phase).first { $0.device == nil && $0.model == nil }
  }

  /// Exceptions that hold no more, though nothing took their place.
  public func expired(on today: Day) -> [Determination] {
    var seen: Set<[String]> = []
    return entries.flatMap { entry -> [Determination] in
      guard seen.insert([entry.item, entry.phase.rawValue]).inserted else { return [] }
      return current(entry.item, entry.phase).filter { $0.isExpired(on: today) }
    }
  }

  /// `DET-008` where the highest number so far is 7.
  public var nextID: String {
    let highest = entries.compactMap { Int($0.id.dropFirst(4)) }.max() ?? 0
    let digits = String(min(highest, 99_999_999) + 1)
    return "DET-" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }
}

/// Maker, model and firmware, as devices say them: what a vendor answers for.
public struct ModelName: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let maker: String
  public let model: String
  public let firmware: String

  public init(maker: String, model: String, firmware: String) {
    self.maker = oneLine(maker)
    self.model = oneLine(model)
    self.firmware = oneLine(firmware)
  }

  public init(claims: [Claim]) {
    func best(_ kind: Claim.Kind) -> String {
      claims.filter { $0.kind == kind }.min(by: Claim.isListedBefore)?.value ?? ""
    }
    self.init(maker: best(.vendor), model: best(.model), firmware: best(.firmware))
  }

  public init(_ device: Device) {
    let said = ModelName(claims: device.claims)
    self.init(
      maker: said.maker.isEmpty ? device.vendor?.name ?? "" : said.maker,
      model: said.model.isEmpty ? device.model?.name ?? "" : said.model,
      firmware: said.firmware.isEmpty ? device.firmware?.name ?? "" : said.firmware)
  }

  public var description: String { [maker, model, firmware].map { $0.isEmpty ? "-" : $0 }.joined(separator: " / ") }

  public static func < (left: Self, right: Self) -> Bool {
    (left.maker, left.model, left.firmware) < (right.maker, right.model, right.firmware)
  }
}
