/// Questions for instances of services.
public enum ServiceQuestion {
  /// Asks a device directly which instances it has of some types. Sent by unicast from an ordinary port, it is a
  /// one-shot query (RFC 6762 §6.7); answers that come by unicast bring TXT and SRV records along (RFC 6763 §12.1).
  ///
  /// What it does to the other side: it looks its records up; nothing is stored.
  /// - Parameter types: `_ipp._tcp`; others than those of two labels are left out.
  public static func instances(of types: [String], identifier: UInt16) -> [UInt8] {
    var names: [[UInt8]] = []
    for type in types {
      let labels = (type + ".local").split(separator: ".").map { Array($0.utf8) }
      guard labels.count == 3, labels.allSatisfy({ (1...63).contains($0.count) }) else { continue }
      names.append(labels.flatMap { [UInt8($0.count)] + $0 } + [0])
    }
    var message: [UInt8] = []
    message.appendBigEndian16(identifier)
    message += [0, 0]
    message.appendBigEndian16(UInt16(names.count))
    message += [0, 0, 0, 0, 0, 0]
    for name in names { message += name + [0, 12, 0x80, 1] }  // PTR, IN, answer by unicast
    return message
  }
}
