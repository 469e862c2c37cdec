/// A name with its namespace resolved: prefixes are the sender's choice and mean nothing.
public struct XMLName: Hashable, Sendable {
  /// The namespace's URI; nil outside every namespace.
  public let namespace: String?
  public let local: String

  public init(_ local: String, namespace: String? = nil) {
    self.local = local
    self.namespace = namespace
  }
}

public struct XMLAttribute: Hashable, Sendable {
  public let name: XMLName
  /// Normalised as XML 1.0 §3.3.3 says: line ends and tabs have become spaces.
  public let value: String

  public init(name: XMLName, value: String) {
    self.name = name
    self.value = value
  }
}

/// What follows what in a document. Comments and processing instructions are left out.
public enum XMLEvent: Hashable, Sendable {
  /// `line` is where the tag begins, counted from 1.
  case start(XMLName, attributes: [XMLAttribute], line: Int)
  /// Never empty, and never followed by another text: pieces and CDATA sections are put together. Line ends are `\n`.
  case text(String)
  case end(XMLName)
}

/// A well-formed document (XML 1.0 with namespaces) as the list of what is in it, each start with its end.
///
/// Made for hostile input: it is bounded before it is looked at, a document type declaration ends the reading
/// before any entity exists, and nothing is ever fetched. What it hands out are the sender's characters, with
/// whatever of bidirectional marks or C1 controls they hold; making them harmless is the output's work.
public struct XMLEvents: Hashable, Sendable {
  public let events: [XMLEvent]
  /// Of each event, its octets in the document; of the end of an element without an end tag, none, behind its start.
  public let places: [Range<Int>]

  /// White space before the document and white space or NUL octets behind it are ignored: device firmware sends
  /// them, and no reader that is to hear such a device can insist.
  ///
  /// - Throws: `XMLError`, also for whatever is merely not well-formed.
  public init(parsing octets: Span<UInt8>, limits: XMLLimits = .answer) throws(XMLError) {
    // The parser counts octets in a C int.
    guard octets.count <= min(limits.octets, Int(Int32.max)) else {
      throw XMLError(.tooLarge, line: 0, problem: "\(octets.count) octets, of which \(limits.octets) are allowed")
    }
    let document = Self.document(in: octets)
    let read = try ExpatParser.events(of: octets.extracting(document), limits: limits)
    events = read.events
    places = read.places.map { $0.lowerBound + document.lowerBound..<$0.upperBound + document.lowerBound }
  }

  public init(parsing octets: [UInt8], limits: XMLLimits = .answer) throws(XMLError) {
    try self.init(parsing: octets.span, limits: limits)
  }

  /// By what is in them; where it stands is another matter.
  public static func == (left: Self, right: Self) -> Bool { left.events == right.events }

  public func hash(into hasher: inout Hasher) { hasher.combine(events) }

  private static func document(in octets: Span<UInt8>) -> Range<Int> {
    var (start, end) = (0, octets.count)
    while start < end, isSpace(octets[start]) { start += 1 }
    while end > start, isSpace(octets[end - 1]) || octets[end - 1] == 0 { end -= 1 }
    // UTF-16 ends in NUL octets of its own, and its white space is two octets wide: left as it is.
    return octets.count >= 2 && isUTF16(octets[0], octets[1]) ? 0..<octets.count : start..<end
  }

  private static func isSpace(_ octet: UInt8) -> Bool {
    octet == 0x20 || octet == 0x0a || octet == 0x0d || octet == 0x09
  }

  /// A byte order mark, or `<` beside a NUL.
  private static func isUTF16(_ first: UInt8, _ second: UInt8) -> Bool {
    switch (first, second) {
    case (0xfe, 0xff), (0xff, 0xfe), (0x00, 0x3c), (0x3c, 0x00): true
    default: false
    }
  }
}
