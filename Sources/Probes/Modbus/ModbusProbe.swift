public import Records
internal import Wire

/// Asks a controller for its identity in Modbus (application protocol 1.1b3 §6.21), which knows no authentication.
///
/// - Octets sent: one Read Device Identification for unit 255 (11 octets), and one for unit 1 when nothing comes; no
///   register or coil is touched.
/// - Connections opened: one, closed with FIN: gateways with four sockets were seen to lose them to scanners that reset
///   (ipscan #467).
/// - State left behind: none.
/// - Worst known reaction: a gateway passes the question on to its serial line, which is busy for a moment.
public struct ModbusProbe: Probe {
  public static let question = "modbus.open"
  public static let sheet = ProbeSheet(
    id: "modbus", technique: .otIdentify,
    sends: LocalizedText(ja: "機器識別情報の読み出し要求(Modbus)", en: "a Modbus request to read the device's identity"),
    leavesBehind: "nothing", worstReaction: "a serial line behind a gateway is busy for a moment", connections: 1,
    duration: .seconds(20))

  private static let patience = Duration.seconds(4)
  /// The device itself, and what gateways often have behind them.
  private static let units: [UInt8] = [255, 1]
  /// The longest answer: header and unit (§4.1).
  private static let longest = 260

  private let port: UInt16
  private let transaction: UInt16
  private var asked = 0
  private var answer: [UInt8] = []
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?

  /// - Parameter seed: makes the transaction number.
  public init(port: UInt16, seed: UInt64) {
    self.port = port
    transaction = UInt16(truncatingIfNeeded: seed)
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { [.connect(0, port: port)] }

  private mutating func ask(at now: MonotonicInstant) -> [ProbeAction] {
    wakeAt = now + Self.patience
    defer { asked += 1 }
    // One number for both: either answer will do.
    return [.send(0, ModbusIdentification.request(transaction: transaction, unit: Self.units[asked]))]
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .opened where asked == 0: return ask(at: now)
    case .received(_, let octets):
      answer += octets.prefix(Self.longest - min(Self.longest, answer.count))
      read()
    case .timer where answer.isEmpty && asked < Self.units.count: return ask(at: now)
    case .timer, .ended: giveUp(answer.isEmpty ? "no-answer" : "other-answer")
    case .failed(_, let reason): giveUp(reason)
    case .opened, .response: break
    }
    return []
  }

  private mutating func read() {
    do throws(WireError) {
      conclude(try ModbusIdentification.answer(parsing: answer.span, transaction: transaction))
    } catch .truncated {
      return
    } catch {
      giveUp("other-answer")
    }
  }

  private mutating func conclude(_ answer: ModbusIdentification.Answer) {
    let source = "tcp/\(port) modbus"
    var claims: [Claim] = []
    let shown: LocalizedText
    switch answer {
    case .objects(let objects, _):
      for (number, kind) in [(UInt8(0), Claim.Kind.vendor), (1, .model), (2, .firmware)] {
        claims.add(kind, objects[number].map { String(decoding: $0, as: UTF8.self) }, source: source)
      }
      shown = LocalizedText(ja: "識別情報(\(claims.shown))", en: "the identity (\(claims.shown))")
    case .exception(let code):
      shown = LocalizedText(ja: "Modbusの例外応答(コード\(code))", en: "an exception in Modbus (code \(code))")
    }
    let basis = Self.sheet.answered(
      with: shown,
      LocalizedText(
        ja: "Modbus/TCPには認証がありません。レジスタの読み書きは試していません。",
        en: "Modbus/TCP has no authentication. No register was read or written."))
    wakeAt = nil
    report = ProbeReport(Self.question, .proven, basis, claims: claims)
    report?.identification = .identified(ProtocolName(rawValue: "modbus"), tls: false, basis: shown)
  }

  private mutating func giveUp(_ reason: String) {
    wakeAt = nil
    report = ProbeReport(Self.question, .inconclusive(reason: reason), Self.sheet.undecided(reason))
  }
}
