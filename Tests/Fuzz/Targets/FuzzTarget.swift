/// Something that reads what strangers send or write, as a fuzzer drives it.
///
/// A target takes any octets whatever, hands them to its parsers and holds the result against what must always be true
/// of it. Driven by libFuzzer (`Scripts/fuzz`), and over its seeds and some mutations of them by the unit tests.
public struct FuzzTarget: Sendable {
  public let name: String
  /// The parsers that get the octets, by the names of their types.
  public let parsers: [String]
  /// Longer inputs are not tried.
  public let longest: Int
  /// What the parsers accept, so that a fuzzer need not guess its way to it.
  public let seeds: [[UInt8]]
  private let drive: @Sendable ([UInt8]) throws -> Void

  init(
    _ name: String, _ parsers: [String], longest: Int, seeds: [[UInt8]],
    drive: @escaping @Sendable ([UInt8]) throws -> Void
  ) {
    self.name = name
    self.parsers = parsers
    self.longest = longest
    self.seeds = seeds
    self.drive = drive
  }

  /// - Throws: ``BrokenPromise``, or what a parser threw that it should not have thrown.
  public func run(_ octets: [UInt8]) throws { try drive(octets) }
}

/// Something is not true that should be true whatever the octets are.
public struct BrokenPromise: Error, CustomStringConvertible {
  public let description: String
}

/// - Throws: ``BrokenPromise`` unless `holds`.
func promise(_ holds: Bool, _ text: @autoclosure () -> String) throws(BrokenPromise) {
  guard holds else { throw BrokenPromise(description: text()) }
}

/// An input that decides several things: its front gives the decisions, the rest is the material.
struct Decisions {
  private(set) var rest: ArraySlice<UInt8>

  init(_ octets: [UInt8]) { rest = octets[...] }

  var isAtEnd: Bool { rest.isEmpty }

  /// 0 once the input is used up.
  mutating func octet() -> UInt8 { rest.popFirst() ?? 0 }

  mutating func number(below limit: Int) -> Int { limit > 0 ? Int(octet()) % limit : 0 }

  mutating func take(_ count: Int) -> [UInt8] {
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }
}

extension [UInt8] {
  /// The same octets, cut in two at a place that they decide themselves.
  var pieces: (ArraySlice<UInt8>, ArraySlice<UInt8>) {
    let cut = isEmpty ? 0 : Int(self[count / 2]) * 31 % (count + 1)
    return (self[..<cut], self[cut...])
  }
}
