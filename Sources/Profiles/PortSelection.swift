/// A port set expression that cannot be used, and why.
public struct PortSelectionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The whole expression, as given.
  public let expression: String
  /// What is wrong, naming the part.
  public let problem: String

  /// Says what is wrong and what an expression looks like.
  public var description: String {
    "port set \"\(expression)\": \(problem); write for example iot1000, 1-65535, all or 23,80,8000-8100"
  }
}

/// Which TCP ports to probe, and in which order.
///
/// The order is ``priority`` first, then ``rest``. A selection that contains the whole of iot1000
/// has that list as its priority, and the remaining ports in ascending order as its rest, which
/// the engine may permute. Any smaller selection is all priority, in the order it was written.
public struct PortSelection: Hashable, Sendable {
  /// Probed first, in this order.
  public let priority: [UInt16]
  /// Probed afterwards; ascending here, free to be permuted.
  public let rest: [UInt16]
  /// The same selection as a short expression: the same text for the same ports in the same order.
  public let description: String

  /// The name of the list that leads every selection that contains it.
  public static let leadingList = "iot1000"

  /// Every port once, in probing order.
  public var ports: [UInt16] { priority + rest }

  /// How many ports are selected.
  public var count: Int { priority.count + rest.count }

  /// True when all of 1–65535 are selected.
  public var isFullRange: Bool { count == 65535 }

  /// Parses names of `lists`, `all`, ports and ranges, separated by commas.
  /// - Throws: ``PortSelectionError`` for port 0 and ports above 65535, reversed ranges, empty
  ///   parts and unknown names.
  public init(parsing expression: String, lists: [PortList]) throws(PortSelectionError) {
    var chosen: [UInt16] = []
    var seen = [Bool](repeating: false, count: 65536)
    for part in expression.split(separator: ",", omittingEmptySubsequences: false) {
      for port in try PortSelection.ports(of: PortSelection.trimmed(part), in: expression, lists: lists)
      where !seen[Int(port)] {
        seen[Int(port)] = true
        chosen.append(port)
      }
    }
    self.init(chosen, leading: lists.first { $0.id == PortSelection.leadingList }?.ports ?? [])
  }

  /// Orders `chosen`, which holds no port twice, and names it.
  private init(_ chosen: [UInt16], leading: [UInt16]) {
    let selected = Set(chosen)
    guard !leading.isEmpty, selected.isSuperset(of: leading) else {
      priority = chosen
      rest = []
      description = PortSelection.runs(chosen)
      return
    }
    priority = leading
    rest = selected.subtracting(leading).sorted()
    let byList = rest.isEmpty ? PortSelection.leadingList : PortSelection.leadingList + "," + PortSelection.runs(rest)
    let byNumber = PortSelection.runs(selected.sorted())
    description = byNumber.utf8.count < byList.utf8.count ? byNumber : byList
  }

  /// No port at all, for runs that only look for devices.
  public static let none = PortSelection(priority: [], rest: [])

  private init(priority: [UInt16], rest: [UInt16]) {
    self.priority = priority
    self.rest = rest
    description = PortSelection.runs(rest.isEmpty ? priority : (priority + rest).sorted())
  }

  /// The selection without `excluded`, in the same order, as for ports whose technique the scope
  /// does not name. Unchanged when it holds none of them.
  public func removing(_ excluded: Set<UInt16>) -> PortSelection {
    guard ports.contains(where: excluded.contains) else { return self }
    return PortSelection(
      priority: priority.filter { !excluded.contains($0) }, rest: rest.filter { !excluded.contains($0) })
  }

  // MARK: Parsing

  private static func ports(
    of part: Substring, in expression: String, lists: [PortList]
  ) throws(PortSelectionError) -> [UInt16] {
    guard let first = part.utf8.first else {
      throw PortSelectionError(expression: expression, problem: expression.isEmpty ? "it is empty" : "a part is empty")
    }
    if part == "all" { return Array(1...65535) }
    if !isDigit(first) && first != UInt8(ascii: "-") {
      if let list = lists.first(where: { $0.id == part }) { return list.ports }
      let known = (lists.map(\.id) + ["all"]).joined(separator: ", ")
      throw PortSelectionError(expression: expression, problem: "there is no list named \(part) (known: \(known))")
    }
    let bounds = part.split(separator: "-", omittingEmptySubsequences: false)
    guard bounds.count <= 2, let low = bounds.first, let high = bounds.last else {
      throw PortSelectionError(expression: expression, problem: "\(part) is not a range")
    }
    let from = try port(trimmed(low), in: expression)
    let to = try port(trimmed(high), in: expression)
    guard from <= to else {
      throw PortSelectionError(expression: expression, problem: "the range \(part) runs backwards; write \(to)-\(from)")
    }
    return Array(from...to)
  }

  private static func port(_ text: Substring, in expression: String) throws(PortSelectionError) -> UInt16 {
    guard !text.isEmpty, text.utf8.allSatisfy(isDigit) else {
      throw PortSelectionError(expression: expression, problem: "\"\(text)\" is not a port number")
    }
    guard let port = UInt16(text), port > 0 else {
      throw PortSelectionError(expression: expression, problem: "\(text) is not a port: ports are 1 to 65535")
    }
    return port
  }

  private static func isDigit(_ octet: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return text
  }

  /// `1,3,5-9`: neighbours that follow each other upward are written as a range.
  private static func runs(_ ports: [UInt16]) -> String {
    var parts: [String] = []
    var start = 0
    while start < ports.count {
      var end = start
      while end + 1 < ports.count, ports[end] < .max, ports[end + 1] == ports[end] + 1 { end += 1 }
      switch end - start {
      case 0: parts.append("\(ports[start])")
      case 1: parts += ["\(ports[start])", "\(ports[end])"]
      default: parts.append("\(ports[start])-\(ports[end])")
      }
      start = end + 1
    }
    return parts.joined(separator: ",")
  }
}
