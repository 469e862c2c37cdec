public import Records
internal import Wire

/// Introduces itself to an MQTT broker without name and password, and asks for what the broker says of itself.
///
/// Two questions share the conversation: whether a stranger is served, and whether that happens in readable text.
/// A granted subscription proves nothing, because an access list may withhold every message all the same; only a
/// message that arrives does. Of other clients' messages none is asked for.
///
/// - Octets sent: CONNECT with a clean session and a random client identifier (about 33); after its acceptance
///   SUBSCRIBE to `$SYS/#`, the broker's own figures, with quality of service 0 (13), and DISCONNECT (2). Never
///   PUBLISH, no will, no name, no password.
/// - Connections opened: one; a second one in MQTT 5 where the broker does not take version 3.1.1.
/// - State left behind: a log entry; the session ends with the connection.
/// - Worst known reaction: a client with the same identifier would be thrown out (MQTT 3.1.1 §3.1.4), which is why the
///   identifier is random.
public struct MQTTProbe: Probe {
  public static let anonymous = "mqtt.anonymous"
  public static let plaintext = "mqtt.plaintext"
  public static let sheet = ProbeSheet(
    id: "mqtt", technique: .serviceQuestions,
    sends: LocalizedText(ja: "利用者名とパスワードのないCONNECT", en: "a CONNECT without user name and password"),
    leavesBehind: "a log entry", worstReaction: "a client with the same random identifier would be disconnected",
    connections: 2, duration: .seconds(30))

  private enum Phase {
    case asking
    case listening
    /// DISCONNECT is sent.
    case leaving
  }

  /// What the broker showed before the goodbye.
  private enum Answer {
    case code(UInt8)
    case denied(UInt8)
    case silent
    case figures(topic: String)
  }

  private static let patience = Duration.seconds(4)
  /// Brokers send at once what they retain, and that is how they keep their figures.
  private static let listening = Duration.seconds(4)
  private static let farewell = Duration.seconds(1)
  private static let packetLimit = 256
  private static let topics = "$SYS/"
  private static let versionTopic = "$SYS/broker/version"

  private let port: UInt16
  private let clientID: String
  private var version = MQTTRequest.Version.v311
  private var channel = 0
  private var phase = Phase.asking
  private var octets: [UInt8] = []
  private var answer: Answer?
  private var packets = 0
  private var software: String?
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?

  /// - Parameter seed: makes a client identifier that nobody else has.
  public init(port: UInt16, seed: UInt64) {
    self.port = port
    clientID = "tenken" + String(seed, radix: 36)
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { [.connect(channel, port: port)] }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .opened(channel):
      wakeAt = now + Self.patience
      return [.send(channel, MQTTRequest.connect(clientID: clientID, version: version))]
    case .received(channel, let more): return take(more, at: now)
    case .ended(channel, _): conclude()
    case .failed(channel, let reason): answer == nil ? giveUp(reason) : conclude()
    case .timer where phase == .listening: return leave(at: now)
    case .timer: conclude()
    case .opened, .received, .ended, .failed, .response: break
    }
    return []
  }

  private mutating func take(_ more: [UInt8], at now: MonotonicInstant) -> [ProbeAction] {
    guard phase != .leaving else { return [] }
    octets += more
    var actions: [ProbeAction] = []
    while report == nil, phase != .leaving {
      let packet: MQTTPacket
      do {
        packet = try MQTTPacket(parsing: octets.span, version: version)
      } catch .truncated {
        break
      } catch {
        conclude()
        break
      }
      octets.removeFirst(packet.length)
      actions += phase == .asking ? connected(packet, at: now) : heard(packet, at: now)
    }
    return report == nil ? actions : []
  }

  private mutating func connected(_ packet: MQTTPacket, at now: MonotonicInstant) -> [ProbeAction] {
    guard case .connectAcknowledgement(_, let code) = packet.content else {
      giveUp("other-answer")
      return []
    }
    let isOld = code == MQTTPacket.Code.unacceptableVersion || code == MQTTPacket.Code.unsupportedVersion5
    if isOld, version == .v311 {
      version = .v5
      octets = []
      wakeAt = nil
      channel += 1
      return [.close(channel - 1), .connect(channel, port: port)]
    }
    guard code == MQTTPacket.Code.accepted else {
      answer = .code(code)
      conclude()
      return []
    }
    answer = .silent
    phase = .listening
    wakeAt = now + Self.listening
    return [.send(channel, MQTTRequest.subscribe(to: [Self.topics + "#"], identifier: 1, version: version))]
  }

  private mutating func heard(_ packet: MQTTPacket, at now: MonotonicInstant) -> [ProbeAction] {
    packets += 1
    switch packet.content {
    case .subscribeAcknowledgement(_, let codes):
      guard let code = codes.first, code >= 0x80 else { break }
      answer = .denied(code)
      return leave(at: now)
    case .publish(let topic, let payload, _, _) where topic.hasPrefix(Self.topics):
      if case .figures = answer {
      } else {
        answer = .figures(topic: topic)
        // What is retained comes in one go.
        wakeAt = now + Self.farewell
      }
      if topic == Self.versionTopic { software = String(decoding: payload.prefix(128), as: UTF8.self) }
    case .disconnect:
      conclude()
      return []
    case .publish, .connectAcknowledgement, .other: break
    }
    return software != nil || packets >= Self.packetLimit ? leave(at: now) : []
  }

  private mutating func leave(at now: MonotonicInstant) -> [ProbeAction] {
    phase = .leaving
    wakeAt = now + Self.farewell
    return [.send(channel, MQTTRequest.disconnect)]
  }
}

// What the answers amount to.
extension MQTTProbe {
  private mutating func conclude() {
    switch answer {
    case nil: giveUp(octets.isEmpty ? "no-answer" : "other-answer")
    case .code(let code): refuse(code)
    case .denied(let code):
      let hex = "0x" + String(code, radix: 16)
      finish(
        .inconclusive(reason: "subscription-denied"), accepted,
        LocalizedText(
          ja: "ブローカー自身の情報($SYS/#)の購読は拒否されました(\(hex))。他のトピックは試していません。",
          en: "A subscription to the broker's own figures ($SYS/#) was denied (\(hex)). Other topics were not tried."))
    case .silent:
      finish(
        .inconclusive(reason: "no-message"), accepted,
        LocalizedText(
          ja: "ブローカー自身の情報($SYS/#)を購読しましたが、メッセージは届きませんでした。他のトピックは試していません。",
          en: "A subscription to the broker's own figures ($SYS/#) brought no message. Other topics were not tried."))
    case .figures(let topic):
      let topic = topic.cut(to: 64)
      finish(
        .proven, accepted,
        LocalizedText(
          ja: "続けて$SYS/#を購読し、メッセージ(\(topic)など)を受信しました。認証なしで利用できます。",
          en: "A subscription to $SYS/# then brought messages (such as \(topic)): strangers are served."))
    }
  }

  private var accepted: LocalizedText { LocalizedText(ja: "CONNACK(コード0、接続の受け入れ)", en: "CONNACK, code 0 (accepted)") }

  private mutating func refuse(_ code: UInt8) {
    typealias Code = MQTTPacket.Code
    let isRefusal = [Code.badCredentials, Code.notAuthorized, Code.badCredentials5, Code.notAuthorized5].contains(code)
    finish(
      isRefusal ? .refuted : .inconclusive(reason: "connack-\(code)"),
      LocalizedText(ja: "CONNACK(コード\(code))", en: "CONNACK, code \(code)"),
      isRefusal
        ? LocalizedText(ja: "認証のない接続は拒否されました。", en: "Without authentication it refuses to serve.")
        : LocalizedText(ja: "接続は受け入れられませんでした。", en: "It did not accept the connection."))
  }

  /// The broker answered in MQTT, which settles the second question: all of it was readable text.
  private mutating func finish(_ result: ProbeVerdict.Result, _ what: LocalizedText, _ meaning: LocalizedText) {
    let readable = Self.sheet.answered(
      with: what,
      LocalizedText(
        ja: "TLSを使わない接続です。この接続では、メッセージも、認証を行う場合の利用者名とパスワードも平文で送られます。",
        en:
          "The connection has no TLS: messages, and names and passwords where they are asked for, cross the network as readable text."
      ))
    report(
      [
        ProbeVerdict(Self.anonymous, result, basis: Self.sheet.answered(with: what, meaning)),
        ProbeVerdict(Self.plaintext, .proven, basis: readable),
      ])
  }

  private mutating func giveUp(_ reason: String) {
    let basis = Self.sheet.undecided(reason)
    report([Self.anonymous, Self.plaintext].map { ProbeVerdict($0, .inconclusive(reason: reason), basis: basis) })
  }

  private mutating func report(_ verdicts: [ProbeVerdict]) {
    wakeAt = nil
    let claims = software.map {
      Claim(.software, $0, source: "tcp/\(port) mqtt \(Self.versionTopic)", confidence: .medium)
    }
    report = ProbeReport(verdicts: verdicts, claims: [claims].compactMap(\.self))
  }
}
