public import Records
internal import Schedules

/// A notice as messages of RFC 5424: its headline, and one for each entry, so that a log can be filtered by severity.
public struct SyslogMessages: Hashable, Sendable {
  /// What every receiver takes whole (RFC 5424 §6.1: at least 480, should 2048).
  static let longest = 2048

  public let octets: [[UInt8]]

  /// - Parameter host: the name of this computer.
  public init(_ notice: Notice, _ syslog: NoticeSettings.Syslog, language: Language, host: String) {
    func message(_ severity: Int, _ kind: String, _ data: [(String, String?)], _ text: String) -> [UInt8] {
      let given = data.compactMap { name, value in value.map { " \(name)=\"\(Self.escaped($0))\"" } }.joined()
      let head =
        "<\(syslog.facility * 8 + severity)>1 \(notice.at.rfc3339(offsetMinutes: notice.offsetMinutes)) \(Self.name(host)) tenken - \(kind) "
      // §6.3.2: a name with the number of RFC 5612, which belongs to nobody.
      let element = "[tenken@32473 id=\"\(notice.id)\"\(given)]"
      // §6.4: what is UTF-8 begins with its mark.
      let front = Array((head + element + " ").utf8) + [0xef, 0xbb, 0xbf]
      return front + Self.cut(Array(text.withoutControls.utf8), to: max(0, Self.longest - front.count))
    }
    let about: [(String, String?)] = [
      ("kind", notice.kind.rawValue), ("schedule", notice.schedule), ("outcome", notice.outcome?.rawValue),
      ("reason", notice.reason?.rawValue), ("run", notice.run?.id),
      ("entries", "\(notice.entries.count + notice.more)"),
    ]
    var octets = [message(Self.severity(notice), notice.kind.rawValue, about, notice.headline.text(language))]
    octets += notice.entries.map { entry in
      message(
        Self.severity(entry), entry.topic.rawValue,
        [
          ("severity", entry.severity?.rawValue), ("device", entry.device), ("address", entry.address),
          ("service", entry.service), ("check", entry.check),
        ], entry.text.text(language))
    }
    octets += notice.remarks.map { message(5, "remark", [], $0.text(language)) }
    self.octets = octets
  }

  /// §6.2.1: 2 critical, 3 error, 4 warning, 5 notice, 6 informational.
  private static func severity(_ entry: Notice.Entry) -> Int {
    switch entry.severity {
    case .critical: return 2
    case .high: return 3
    case .medium: return 4
    case .low: return 5
    case .info: return 6
    case nil: break
    }
    switch entry.topic {
    case .failed: return 3
    case .skipped, .interrupted, .distress, .expiredException, .newDevice: return 4
    default: return 5
    }
  }

  private static func severity(_ notice: Notice) -> Int { notice.entries.map(severity).min() ?? 5 }

  /// §6.3.3: three characters of a value are escaped; lengths are ours.
  private static func escaped(_ value: String) -> String {
    value.cut(to: 120).withoutControls.unicodeScalars.map {
      "\"\\]".unicodeScalars.contains($0) ? "\\\($0)" : String(Character($0))
    }.joined()
  }

  /// PRINTUSASCII, at most 255 of it; `-` for none.
  private static func name(_ text: String) -> String {
    let octets = text.utf8.filter { (0x21...0x7e).contains($0) }.prefix(255)
    return octets.isEmpty ? "-" : String(decoding: octets, as: UTF8.self)
  }

  /// Whole characters.
  private static func cut(_ octets: [UInt8], to count: Int) -> [UInt8] {
    guard octets.count > count else { return octets }
    var end = count
    while end > 0, octets[end] & 0xc0 == 0x80 { end -= 1 }
    return Array(octets[..<end])
  }
}
