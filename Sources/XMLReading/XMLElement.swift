/// An element with all that is inside it: how the answers of devices are best asked.
public struct XMLElement: Hashable, Sendable {
  public let name: XMLName
  public let attributes: [XMLAttribute]
  public private(set) var children: [XMLElement] = []
  /// The text directly inside, its pieces put together; that of children is theirs. White space is kept.
  public private(set) var text = ""
  /// Where the element begins, counted from 1.
  public let line: Int

  private init(name: XMLName, attributes: [XMLAttribute], line: Int) {
    self.name = name
    self.attributes = attributes
    self.line = line
  }

  /// Reads a document; the result is its outermost element.
  public init(parsing octets: Span<UInt8>, limits: XMLLimits = .answer) throws(XMLError) {
    let document = try XMLEvents(parsing: octets, limits: limits)
    var open: [XMLElement] = []
    for event in document.events {
      switch event {
      case .start(let name, let attributes, let line):
        open.append(XMLElement(name: name, attributes: attributes, line: line))
      case .text(let text):
        guard let last = open.indices.last else { continue }
        open[last].text += text
      case .end:
        guard let finished = open.popLast() else { continue }
        guard let parent = open.indices.last else {
          self = finished
          return
        }
        open[parent].children.append(finished)
      }
    }
    // expat has said that the document is whole; it cannot come to this.
    throw XMLError(.malformed, line: 0, problem: "no element found")
  }

  public init(parsing octets: [UInt8], limits: XMLLimits = .answer) throws(XMLError) {
    try self.init(parsing: octets.span, limits: limits)
  }

  /// The value of an attribute outside every namespace, which is where attributes without a prefix are.
  public func attribute(_ local: String) -> String? {
    attributes.first { $0.name == XMLName(local) }?.value
  }

  /// The first child of that name. Without a namespace any will do: devices are careless with theirs.
  public func child(_ local: String, namespace: String? = nil) -> XMLElement? {
    children.first { $0.isNamed(local, namespace) }
  }

  public func children(_ local: String, namespace: String? = nil) -> [XMLElement] {
    children.filter { $0.isNamed(local, namespace) }
  }

  /// The first element of that name inside this one, at any depth, in document order.
  public func descendant(_ local: String, namespace: String? = nil) -> XMLElement? {
    for child in children {
      if child.isNamed(local, namespace) { return child }
      if let found = child.descendant(local, namespace: namespace) { return found }
    }
    return nil
  }

  /// All elements of that name inside this one, at any depth, in document order.
  public func descendants(_ local: String, namespace: String? = nil) -> [XMLElement] {
    children.flatMap { child in
      (child.isNamed(local, namespace) ? [child] : []) + child.descendants(local, namespace: namespace)
    }
  }

  /// `text` without white space at either end; nil when nothing is left.
  public var trimmedText: String? {
    let white: (UnicodeScalar) -> Bool = { $0 == " " || $0 == "\n" || $0 == "\r" || $0 == "\t" }
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !white($0) }), let last = scalars.lastIndex(where: { !white($0) })
    else { return nil }
    return String(scalars[first...last])
  }

  private func isNamed(_ local: String, _ namespace: String?) -> Bool {
    name.local == local && (namespace == nil || name.namespace == namespace)
  }
}
