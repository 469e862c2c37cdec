public import Records
internal import Wire

/// Asks an ECHONET Lite node for its maker and its appliances, and up to four of these for the properties that anybody
/// may set (specification 1.14, part 2 §4.2.1). It only reads: the protocol has no authentication, so that the
/// appliance's own list proves what a request to set would do.
///
/// - Octets sent: a Get of five properties of the node profile (22 octets), and for each appliance a Get of its Set
///   property map (14 octets); each a second time when no answer comes. Never a request that sets (0x60, 0x61, 0x6e).
/// - Connections opened: none; a socket on local port 3610, where nodes send every answer (part 2 §1.2). A second
///   passes between an answer and the next question.
/// - State left behind: none.
/// - Worst known reaction: small adapters handle one request at a time and need seconds for it.
public struct ECHONETLiteProbe: Probe {
  public static let question = "echonet.control"
  public static let sheet = ProbeSheet(
    id: "echonet", technique: .udpProbe,
    sends: LocalizedText(
      ja: "設定可能なプロパティの一覧の読み出し要求(ECHONET LiteのGet)",
      en: "an ECHONET Lite request to read which properties may be set"),
    leavesBehind: "nothing", worstReaction: "small adapters are busy for seconds with one request", datagrams: 10,
    duration: .seconds(60))

  /// How many appliances of a node are asked: whole houses answer through one node.
  static let mostObjects = 4
  private static let pause = Duration.seconds(1)

  private typealias Code = ECHONETLiteFrame.PropertyCode

  /// An appliance that told its Set property map.
  private struct Answer {
    let object: ECHONETLiteFrame.Object
    /// What operates it.
    let operating: [UInt8]
  }

  private let known: [ECHONETLiteFrame.Object]
  private let source: String
  private var dialogue: DatagramDialogue
  private var transaction: UInt16
  private var target = ECHONETLiteFrame.Object.nodeProfile
  private var listed = 0
  private var waiting: [ECHONETLiteFrame.Object] = []
  private var answers: [Answer] = []
  /// Why an appliance has not told its map.
  private var doubt: String?
  private var claims: [Claim] = []
  public private(set) var report: ProbeReport?

  /// - Parameters:
  ///   - said: the answer to the scan's question for the instance list; it stands in where the node does not repeat it.
  ///   - seed: makes the transaction numbers.
  public init(port: UInt16, said: [UInt8], seed: UInt64) {
    dialogue = DatagramDialogue(port: port, localPort: 3610, anySourcePort: true, patience: .seconds(4))
    transaction = UInt16(truncatingIfNeeded: seed)
    source = "udp/\(port) echonet-lite"
    known = (try? ECHONETLiteFrame(parsing: said.span)).flatMap(Self.instances) ?? []
  }

  public var wakeAt: MonotonicInstant? { dialogue.wakeAt }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
    dialogue.ask(
      request([
        Code.instanceList, Code.makerCode, Code.identification, Code.productCode, Code.productionNumber,
      ]), at: now)
  }

  private func request(_ codes: [UInt8]) -> [UInt8] {
    ECHONETLiteFrame.get(codes, of: target, transaction: transaction)
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .received(_, let octets):
      guard let frame = try? ECHONETLiteFrame(parsing: octets.span), isAnswer(frame) else { return [] }
      return target == .nodeProfile ? describe(frame, at: now) : map(frame, at: now)
    case .timer:
      if let again = dialogue.wake(at: now) { return again }
      guard target != .nodeProfile else {
        finish(.inconclusive(reason: "no-answer"), Self.sheet.undecided("no-answer"))
        return []
      }
      doubt = "no-answer"
      return next(at: now)
    case .failed(_, let reason): fail(reason)
    case .opened, .ended, .response: break
    }
    return []
  }

  /// Of the object that was asked, and to this question: announcements and others' answers come to the same port.
  private func isAnswer(_ frame: ECHONETLiteFrame) -> Bool {
    frame.transaction == transaction && frame.source == target
      && [.getResponse, .getNotPossible].contains(frame.service)
  }

  private static func instances(_ frame: ECHONETLiteFrame) -> [ECHONETLiteFrame.Object]? {
    frame.value(of: Code.instanceList).flatMap { try? ECHONETLiteProperties.instances(parsing: $0.span) }
  }

  /// The node profile has answered.
  private mutating func describe(_ frame: ECHONETLiteFrame, at now: MonotonicInstant) -> [ProbeAction] {
    if let code = frame.value(of: Code.makerCode).flatMap(ECHONETLiteProperties.makerCode),
      let maker = ECHONETLiteProperties.maker(code)
    {
      claims.append(Claim(.vendor, maker, source: source + " 0x8a", confidence: .high))
    }
    // 0xfe, the maker's code, and thirteen octets that the maker keeps unique (part 2 §6.11.1).
    if let value = frame.value(of: Code.identification), value.count == 17, value.first == 0xfe {
      claims.append(Claim(.uuid, Self.hex(value.dropFirst()), source: source + " 0x83", confidence: .high))
    }
    // Characters that the maker chose, filled up with zeros or spaces (appendix, device object super class).
    for (code, kind) in [(Code.productCode, Claim.Kind.model), (Code.productionNumber, .serial)] {
      let text = frame.value(of: code).map { String(decoding: $0, as: UTF8.self) }
      claims.add(kind, text, source: source + " 0x" + Self.hex([code]))
    }
    var objects: [ECHONETLiteFrame.Object] = []
    // A node profile is no appliance, and none is asked twice.
    for object in Self.instances(frame) ?? known where object.classGroup != 0x0e && !objects.contains(object) {
      objects.append(object)
    }
    addRoles(of: objects)
    listed = objects.count
    waiting = Self.chosen(objects)
    return next(at: now)
  }

  /// Appliances bring sensors along, and a class of its own says more than its group: what says most is believed most.
  private mutating func addRoles(of objects: [ECHONETLiteFrame.Object]) {
    let roles = Set(objects.compactMap(ECHONETLiteClass.role))
    let specific = roles.subtracting(["appliance", "sensor"])
    let telling = !specific.isEmpty ? specific : roles.contains("appliance") ? ["appliance"] : roles
    for role in roles.sorted() {
      claims.append(
        Claim(.role, role, source: source + " 0xd6", confidence: telling.contains(role) ? .medium : .low))
    }
  }

  /// One of each class first.
  private static func chosen(_ objects: [ECHONETLiteFrame.Object]) -> [ECHONETLiteFrame.Object] {
    var classes: Set<[UInt8]> = []
    let first = objects.filter { classes.insert([$0.classGroup, $0.classCode]).inserted }
    return Array((first + objects.filter { !first.contains($0) }).prefix(mostObjects))
  }

  private mutating func next(at now: MonotonicInstant) -> [ProbeAction] {
    guard !waiting.isEmpty else {
      conclude()
      return []
    }
    target = waiting.removeFirst()
    transaction &+= 1
    return dialogue.ask(request([Code.setMap]), after: Self.pause, at: now)
  }

  /// An appliance has answered.
  private mutating func map(_ frame: ECHONETLiteFrame, at now: MonotonicInstant) -> [ProbeAction] {
    if let value = frame.value(of: Code.setMap), let codes = try? ECHONETLiteProperties.map(parsing: value.span) {
      answers.append(Answer(object: target, operating: codes.filter { !Self.bookkeeping.contains($0) }))
    } else {
      doubt = "other-answer"
    }
    return next(at: now)
  }

  /// What may be set everywhere and operates nothing: place, way of remote control, time, date, and the maps themselves
  /// (appendix, device object super class).
  private static let bookkeeping: Set<UInt8> = [0x81, 0x93, 0x97, 0x98, 0x9d, 0x9e, 0x9f]

  private mutating func conclude() {
    let open = answers.filter { !$0.operating.isEmpty }
    if !open.isEmpty { return prove(open) }
    if let doubt { return finish(.inconclusive(reason: doubt), Self.sheet.undecided(doubt)) }
    finish(
      .refuted,
      Self.sheet.answered(
        with: LocalizedText(ja: "一覧\(answers.count)件", en: "lists of \(answers.count) appliances"),
        LocalizedText(ja: "機器を操作するプロパティは含まれていませんでした。", en: "None of them holds a property that operates the appliance.")
      ))
  }

  private mutating func prove(_ open: [Answer]) {
    let shown = open.map { answer in
      let name = ECHONETLiteClass.name(of: answer.object)
      let codes = answer.operating.prefix(4).map { "0x" + Self.hex([$0]) }.joined(separator: ", ")
      let more = answer.operating.count > 4
      return LocalizedText(
        ja: "\(name.ja)(\(answer.object))の\(codes)\(more ? "など\(answer.operating.count)件" : "")",
        en: "\(codes)\(more ? " and more, \(answer.operating.count) in all," : "") of \(name.en) (\(answer.object))")
    }
    let left = listed - min(listed, Self.mostObjects)
    finish(
      .proven,
      Self.sheet.answered(
        with: LocalizedText(
          ja: shown.map(\.ja).joined(separator: "、"), en: shown.map(\.en).joined(separator: "; ")),
        LocalizedText(
          ja: "認証の仕組みはなく、到達できる誰もが機器を操作できます。設定要求は送信していません。"
            + (left > 0 ? "このほか\(left)台は問い合わせていません。" : ""),
          en: "The protocol has no authentication: whoever reaches the node can operate it. Nothing was set."
            + (left > 0 ? " Another \(left) appliances were not asked." : ""))))
  }

  private mutating func fail(_ reason: String) {
    if !answers.isEmpty {
      doubt = reason
      return conclude()
    }
    if reason == "port-unreachable" { return finish(.refuted, Self.sheet.portClosed) }
    finish(.inconclusive(reason: reason), Self.sheet.undecided(reason))
  }

  private mutating func finish(_ result: ProbeVerdict.Result, _ basis: LocalizedText) {
    dialogue.end()
    report = ProbeReport(Self.question, result, basis, claims: claims)
  }

  private static func hex(_ octets: some Sequence<UInt8>) -> String {
    octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
