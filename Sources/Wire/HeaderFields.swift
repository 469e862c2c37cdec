/// A field of a message's head, as it is written on the line (RFC 9112 §5, RFC 2326 §4.2, UPnP Device Architecture 1.1
/// §1.3); names are compared without regard to case.
public struct HeaderField: Hashable, Sendable {
  public let name: String
  public let value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

extension [HeaderField] {
  /// Takes the next line of a head, without its end. A line that begins with a blank goes on with the field before it
  /// (RFC 9112 §5.2); what is no field is left out.
  public mutating func take(line: [UInt8]) {
    if let first = line.first, HeaderLine.isBlank(first), let last = popLast() {
      append(HeaderField(last.name, last.value + " " + HeaderLine.trimmed(line[...])))
    } else if let colon = line.firstIndex(of: 0x3a) {
      append(HeaderField(HeaderLine.trimmed(line[..<colon]), HeaderLine.trimmed(line[(colon + 1)...])))
    }
  }

  /// The values of a field, in the order in which they came.
  public func values(of name: String) -> [String] {
    let name = name.lowercased()
    return filter { $0.name.lowercased() == name }.map(\.value)
  }
}

private enum HeaderLine {
  static func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }

  static func trimmed(_ octets: ArraySlice<UInt8>) -> String {
    let front = octets.drop(while: isBlank)
    return Array(front.prefix((front.lastIndex { !isBlank($0) } ?? front.startIndex - 1) - front.startIndex + 1)).text
  }
}
