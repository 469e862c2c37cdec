/// A list of links in the format of constrained devices (RFC 6690 §2).
public enum LinkFormat {
  public struct Link: Hashable, Sendable {
    /// As written between the angle brackets.
    public let target: String
    /// In their order, names in lower case as written; an attribute without value has nil.
    public let attributes: [Attribute]

    /// The first value of the attribute with this name: `rt` is the resource's type, `ct` its format.
    public func value(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
  }

  public struct Attribute: Hashable, Sendable {
    public let name: String
    public let value: String?
  }

  /// Reads a list. A device may cut it where its answer ends: the links up to there are taken.
  /// - Parameter limit: at most so many links are taken.
  /// - Throws: `malformed` when the text is not a list from its beginning.
  public static func links(parsing bytes: Span<UInt8>, limit: Int = 256) throws(WireError) -> [Link] {
    var scanner = Scanner(octets: octets(bytes))
    var links: [Link] = []
    while links.count < limit {
      scanner.skipBlanks()
      guard scanner.position < scanner.octets.count else { break }
      guard let link = scanner.link() else {
        if links.isEmpty { throw .malformed(offset: scanner.position) }
        break
      }
      links.append(link)
      scanner.skipBlanks()
      guard scanner.accept(0x2c) else { break }
    }
    return links
  }

  private struct Scanner {
    let octets: [UInt8]
    var position = 0

    mutating func skipBlanks() {
      while position < octets.count, [0x20, 0x09, 0x0d, 0x0a].contains(octets[position]) { position += 1 }
    }

    mutating func accept(_ octet: UInt8) -> Bool {
      guard position < octets.count, octets[position] == octet else { return false }
      position += 1
      return true
    }

    mutating func run(until stops: [UInt8]) -> String {
      let start = position
      while position < octets.count, !stops.contains(octets[position]) { position += 1 }
      return Array(octets[start..<position]).text
    }

    mutating func link() -> Link? {
      guard accept(0x3c) else { return nil }
      let target = run(until: [0x3e])
      guard accept(0x3e) else { return nil }
      var attributes: [Attribute] = []
      skipBlanks()
      while accept(0x3b) {
        skipBlanks()
        let name = run(until: [0x3d, 0x3b, 0x2c, 0x20])
        var value: String?
        if accept(0x3d) { value = accept(0x22) ? quoted() : run(until: [0x3b, 0x2c]) }
        attributes.append(Attribute(name: name, value: value))
        skipBlanks()
      }
      return Link(target: target, attributes: attributes)
    }

    /// A quoted string behind its first mark; a backslash keeps the next octet as it is (RFC 2616 §2.2).
    mutating func quoted() -> String {
      var value: [UInt8] = []
      while position < octets.count, octets[position] != 0x22 {
        if octets[position] == 0x5c, position + 1 < octets.count { position += 1 }
        value.append(octets[position])
        position += 1
      }
      _ = accept(0x22)
      return value.text
    }
  }
}
