/// Numbers as hexadecimal digits.
enum Hexadecimal {
  /// Big-endian octets, without leading zeros.
  static func number(_ octets: [UInt8]) -> String {
    let digits = octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return String(digits.drop { $0 == "0" })
  }
}
