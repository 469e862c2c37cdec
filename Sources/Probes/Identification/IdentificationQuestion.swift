internal import Records
internal import Wire

/// Something harmless to say to a service that waits for its client to speak first, and how the answer is known.
struct IdentificationQuestion: Sendable {
  /// In words, for evidence and findings.
  let title: LocalizedText
  let octets: [UInt8]
  /// What the answer tells; nil when it is none of this protocol. The openings that ``GreetingRecogniser`` knows
  /// are looked for in every answer and need not be looked for here.
  let recognise: @Sendable ([UInt8]) -> GreetingRecogniser.Identification?

  /// `GET /` in the form that the oldest servers understand (RFC 1945 §5), and that closes by itself.
  static let http = IdentificationQuestion(
    title: LocalizedText(ja: "HTTPのGET要求", en: "an HTTP GET request"), octets: Array("GET / HTTP/1.0\r\n\r\n".utf8),
    recognise: { answer in
      // HTTP/0.9 has no head (RFC 1945 §4.1).
      let start = String(decoding: answer.prefix(64).drop { $0 <= 0x20 }, as: UTF8.self).lowercased()
      guard start.hasPrefix("<!doctype html") || start.hasPrefix("<html") else { return nil }
      return GreetingRecogniser.Identification(
        protocolName: .http, basis: LocalizedText(ja: "ヘッダーのないHTML", en: "HTML without a head"))
    })

  /// A TLS ClientHello; the handshake is not finished.
  static func tls(random: [UInt8]) -> IdentificationQuestion {
    IdentificationQuestion(
      title: LocalizedText(ja: "TLSのClientHello", en: "a TLS ClientHello"),
      octets: TLSClientHello.identifying.record(random: random), recognise: tlsReply)
  }

  static let tlsReply: @Sendable ([UInt8]) -> GreetingRecogniser.Identification? = { answer in
    switch TLSServerReply(parsing: answer) {
    case .hello: return .init(protocolName: .tls, basis: LocalizedText(ja: "TLSのServerHello", en: "a TLS ServerHello"))
    case .alert(let code):
      return .init(protocolName: .tls, basis: LocalizedText(ja: "TLSのアラート\(code)", en: "TLS alert \(code)"))
    case nil: return nil
    }
  }
}

/// Questions for ports on which a certain protocol is likely. A line each; the port is only a hint, and the answer
/// decides.
enum IdentificationHints {
  /// - Parameter seed: makes names that no other client has.
  static func question(for port: UInt16, seed: UInt64) -> IdentificationQuestion? {
    switch port {
    case 1883: return mqtt(seed)
    case 554, 5554, 8554, 10554: return rtsp
    case 6379: return redis
    case 5555: return adb
    case 445: return smb(seed)
    case 3389: return rdp
    case 34567: return dvrip
    default: return nil
    }
  }

  /// CONNECT of MQTT 3.1.1 §3.1 with a clean session and a name of its own: a name in use would disconnect
  /// the client that has it (§3.1.4).
  private static func mqtt(_ seed: UInt64) -> IdentificationQuestion {
    let digits = String(seed, radix: 36)
    let name = Array(("tk" + digits).utf8.prefix(23))
    let body: [UInt8] =
      [0, 4] + Array("MQTT".utf8) + [4, 2, 0, 10, 0, UInt8(truncatingIfNeeded: name.count)] + name
    return IdentificationQuestion(
      title: LocalizedText(ja: "MQTTのCONNECT", en: "an MQTT CONNECT"),
      octets: [0x10, UInt8(truncatingIfNeeded: body.count)] + body,
      recognise: { answer in
        // CONNACK: two octets, flags 0 or 1, a return code of 0 to 5 (§3.2), or a reason code of version 5.
        guard answer.count >= 4, answer[0] == 0x20, answer[1] >= 2, answer[2] <= 1, answer[3] <= 5 || answer[3] >= 0x80
        else { return nil }
        return .init(
          protocolName: .mqtt,
          basis: LocalizedText(ja: "MQTTのCONNACK(コード\(answer[3]))", en: "MQTT CONNACK, code \(answer[3])"))
      })
  }

  /// OPTIONS (RFC 2326 §10.1); the answer's opening is known to the recogniser.
  private static let rtsp = IdentificationQuestion(
    title: LocalizedText(ja: "RTSPのOPTIONS要求", en: "an RTSP OPTIONS request"),
    octets: Array("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n".utf8), recognise: { _ in nil })

  private static let redis = IdentificationQuestion(
    title: LocalizedText(ja: "RedisのPING", en: "a Redis PING"), octets: RESP.ping,
    recognise: { answer in
      guard let reply = RedisReply(parsing: answer) else { return nil }
      return .init(
        protocolName: .redis,
        basis: LocalizedText(ja: "PINGへの応答「\(reply.shown)」", en: "answer to PING: \(reply.shown)"))
    })

  /// CONNECT (AOSP, protocol.txt); a device answers CNXN, AUTH or STLS. Its own octets sent back are no answer.
  private static let adb = IdentificationQuestion(
    title: LocalizedText(ja: "ADBの接続メッセージ", en: "a connection message of ADB"), octets: ADBMessage.connect,
    recognise: { answer in
      guard let message = try? ADBMessage(parsing: answer.span), answer != ADBMessage.connect else { return nil }
      let names: [ADBMessage.Command: String] = [.connect: "CNXN", .authenticate: "AUTH", .startTLS: "STLS"]
      return names[message.command].map {
        .init(protocolName: .adb, basis: LocalizedText(ja: "ADBの応答\($0)", en: "ADB answer \($0)"))
      }
    })

  /// The request of ``DVRIPProbe``; a refusal identifies the service as well.
  private static let dvrip = IdentificationQuestion(
    title: DVRIPProbe.sheet.sends, octets: DVRIPMessage.systemInformation,
    recognise: { answer in
      guard let reply = try? DVRIPReply(parsing: answer) else { return nil }
      return .init(
        protocolName: .dvrip, basis: LocalizedText(ja: "DVRIPの応答(\(reply.result))", en: "DVRIP answer \(reply.result)"))
    })
}
