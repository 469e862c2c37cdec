internal import Records

/// The two forms in which certificates write a moment (RFC 5280 §4.1.2.5), and what devices make of them.
enum CertificateTime {
  private static let utcTime: UInt8 = 23
  private static let generalizedTime: UInt8 = 24

  /// - Parameter octets: the universal tag (X.680 §8.4), then the text. Seconds may be missing, so may the zone, which
  ///   is then UTC's, and a fraction is left out. RFC 5280 allows none of it.
  /// - Returns: nil for what is no moment. One beyond what a ``Timestamp`` holds, such as the year 9999 of certificates that
  ///   never end, becomes the last second that it holds; one before it the first.
  static func moment(_ octets: [UInt8]) -> Timestamp? {
    guard let tag = octets.first, [utcTime, generalizedTime].contains(tag) else { return nil }
    let text = octets.dropFirst()
    var digits = Array(text.prefix { (0x30...0x39).contains($0) }.map { Int64($0) - 0x30 })
    var rest = String(decoding: text.dropFirst(digits.count), as: UTF8.self)[...]
    let isShort = tag == utcTime && (digits.count == 10 || digits.count == 12)
    // Two digits of a year are one from 1950 to 2049 (RFC 5280 §4.1.2.5.1).
    if isShort { digits = (digits[0] >= 5 ? [1, 9] : [2, 0]) + digits }
    guard [10, 12, 14].contains(digits.count) else { return nil }
    digits += [Int64](repeating: 0, count: 14 - digits.count)
    if rest.first == "." || rest.first == "," { rest = rest.dropFirst().drop { $0.isASCII && $0.isNumber } }
    guard let zone = zone(rest) else { return nil }
    return moment(digits, zone)
  }

  private static func moment(_ digits: [Int64], _ zone: String) -> Timestamp? {
    func two(_ place: Int) -> String { "\(digits[place])\(digits[place + 1])" }
    func rfc3339(_ year: String) -> String {
      "\(year)-\(two(4))-\(two(6))T\(two(8)):\(two(10)):\(two(12))\(zone)"
    }
    let year = digits.prefix(4).reduce(0) { $0 * 10 + $1 }
    if Timestamp.years.contains(year) { return Timestamp(rfc3339: rfc3339(two(0) + two(2))) }
    // It must be a moment all the same; 2000 has every day that a year can have.
    guard Timestamp(rfc3339: rfc3339("2000")) != nil else { return nil }
    return Timestamp(
      rfc3339: year < Timestamp.years.lowerBound
        ? "\(Timestamp.years.lowerBound)-01-01T00:00:00Z" : "\(Timestamp.years.upperBound)-12-31T23:59:59Z")
  }

  /// As RFC 3339 writes it: `Z` or `+09:00`.
  private static func zone(_ text: Substring) -> String? {
    if text.isEmpty || text == "Z" { return "Z" }
    guard text.utf8.count == 5, let sign = text.first, sign == "+" || sign == "-" else { return nil }
    return "\(text.prefix(3)):\(text.suffix(2))"
  }
}
