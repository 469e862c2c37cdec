internal import Records

/// A notice as a message (RFC 5322) of ASCII alone: whatever stands in it cannot become a header, and every relay takes it.
public struct MailMessage: Hashable, Sendable {
  public let lines: [String]
  public let from: String
  public let to: [String]

  /// With the line ends of local mail programs.
  public var localOctets: [UInt8] { Array(lines.map { $0 + "\n" }.joined().utf8) }
  /// With the line ends of RFC 5322 §2.1.
  public var octets: [UInt8] { Array(lines.map { $0 + "\r\n" }.joined().utf8) }

  public init(_ notice: Notice, _ mail: NoticeSettings.Mail, subject: String, text: String, channel: String) {
    from = mail.from
    to = mail.to
    let domain = mail.from.split(separator: "@").last ?? "localhost"
    var lines = ["Date: \(notice.at.rfc5322(offsetMinutes: notice.offsetMinutes))", "From: tenken <\(mail.from)>"]
    lines += Self.list("To: ", mail.to)
    lines += Self.subject("Subject: ", subject)
    lines += [
      // RFC 5322 §3.6.4: the same for the same notice, so that mail programs show it once.
      "Message-ID: <\(notice.id).\(channel)@\(domain)>",
      // RFC 3834 §5: nobody's holiday answers it.
      "Auto-Submitted: auto-generated", "X-Tenken-Notice: \(notice.id)", "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "",
    ]
    let octets = Array(text.replacingLineEnds.utf8)
    lines += stride(from: 0, to: octets.count, by: 57).map { Base64.text(octets[$0..<min($0 + 57, octets.count)]) }
    self.lines = lines
  }

  private static func list(_ name: String, _ addresses: [String]) -> [String] {
    addresses.enumerated().map { place, address in
      (place == 0 ? name : " ") + address + (place + 1 < addresses.count ? "," : "")
    }
  }

  /// Encoded words (RFC 2047 §2), each of whole characters and one a line, which has at most 76 characters with the field's name.
  private static func subject(_ name: String, _ text: String) -> [String] {
    var words: [[UInt8]] = [[]]
    for scalar in text.cut(to: 150).withoutControls.unicodeScalars {
      let octets = Array(String(Character(scalar)).utf8)
      // 9 of the name, 12 around the word, and 52 of Base64, which are 39 octets.
      if (words.last?.count ?? 0) + octets.count > 39 { words.append([]) }
      words[words.count - 1] += octets
    }
    return words.enumerated().map { place, word in
      (place == 0 ? name : " ") + "=?UTF-8?B?\(Base64.text(word[...]))?="
    }
  }
}

extension String {
  /// RFC 2045 §6.8: text in Base64 has the line ends of mail.
  fileprivate var replacingLineEnds: String {
    unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }.joined(separator: "\r\n")
  }
}

/// RFC 4648 §4.
enum Base64 {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func text(_ octets: ArraySlice<UInt8>) -> String {
    var result: [UInt8] = []
    var rest = octets
    while !rest.isEmpty {
      let three = Array(rest.prefix(3))
      rest = rest.dropFirst(3)
      let bits = three.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32(16 - 8 * $1.offset) }
      for place in 0..<4 {
        result.append(place <= three.count ? digits[Int(bits >> UInt32(18 - 6 * place)) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}

extension Timestamp {
  /// RFC 5322 §3.3, `Mon, 30 Nov 2026 10:02:11 +0900`.
  func rfc5322(offsetMinutes: Int) -> String {
    let text = Array(rfc3339(offsetMinutes: offsetMinutes).utf8)
    func part(_ from: Int, _ to: Int) -> String { String(decoding: text[from..<to], as: UTF8.self) }
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let offset = min(max(offsetMinutes, -1439), 1439)
    let month = months[(Int(part(5, 7)) ?? 1) - 1]
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
    let zone = (offset < 0 ? "-" : "+") + two(abs(offset) / 60) + two(abs(offset) % 60)
    return "\(days[LocalDay(self, offset).weekday]), \(part(8, 10)) \(month) \(part(0, 4)) \(part(11, 19)) \(zone)"
  }
}

/// A day where people are.
struct LocalDay {
  /// Since 1970-01-01.
  let number: Int64
  private let offsetMinutes: Int

  init(_ moment: Timestamp, _ offsetMinutes: Int) {
    self.offsetMinutes = offsetMinutes
    // A moment so near the end of time is no notice's.
    let local = moment.nanoseconds.addingReportingOverflow(Int64(offsetMinutes) * 60_000_000_000).partialValue
    let day: Int64 = 86_400_000_000_000
    number = local / day - (local % day < 0 ? 1 : 0)
  }

  /// 0 is Sunday; 1970-01-01 was a Thursday.
  var weekday: Int { Int(((number + 4) % 7 + 7) % 7) }

  func moment(daysBefore: Int, minute: Int) -> Timestamp {
    let minutes = (number - Int64(daysBefore)) * 1440 + Int64(minute - offsetMinutes)
    return Timestamp(nanoseconds: minutes &* 60_000_000_000)
  }
}
