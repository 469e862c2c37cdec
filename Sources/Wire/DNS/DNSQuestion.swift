/// A question to a resolver (RFC 1035 §4.1).
public enum DNSQuestion {
  public static let typeA: UInt16 = 1
  public static let typeAAAA: UInt16 = 28

  /// Asks for the IPv4 address of a name and for recursion (RFC 1035 §4.1.1, RD).
  ///
  /// What it does to the other side: a resolver that serves strangers asks others for the name and keeps the answer
  /// for its time to live. The name has to be one that tells nobody anything.
  /// - Parameters:
  ///   - name: labels separated by dots, without escapes.
  ///   - identifier: repeated in the answer.
  /// - Returns: nil when a label is empty or beyond 63 octets, or the name beyond 255 (RFC 1035 §2.3.4).
  public static func address(of name: String, identifier: UInt16) -> [UInt8]? {
    var message: [UInt8] = []
    message.appendBigEndian16(identifier)
    message += [0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0]  // recursion desired, one question
    let start = message.count
    for label in name.split(separator: ".", omittingEmptySubsequences: false) {
      guard (1...63).contains(label.utf8.count) else { return nil }
      message.append(UInt8(label.utf8.count))
      message += Array(label.utf8)
    }
    message.append(0)
    guard message.count - start <= 255 else { return nil }
    message.appendBigEndian16(typeA)
    message.appendBigEndian16(1)  // class IN
    return message
  }
}
