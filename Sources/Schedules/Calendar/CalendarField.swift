/// One part of a calendar expression: `*`, `5`, `1..7`, `0/15`, `1..31/2`, and lists of them.
struct CalendarField: Hashable {
  struct Span: Hashable {
    let from: Int
    /// Equal to `from` for a single number; nil for no end, as in `0/15`.
    let to: Int?
    let step: Int

    func contains(_ number: Int) -> Bool {
      number >= from && (to.map { number <= $0 } ?? true) && (number - from) % step == 0
    }
  }

  /// Empty for every number.
  let spans: [Span]

  func contains(_ number: Int) -> Bool { spans.isEmpty || spans.contains { $0.contains(number) } }

  /// Of days that are counted from the end of the month: a repetition goes towards the end.
  func containsFromTheEnd(_ number: Int) -> Bool {
    spans.isEmpty
      || spans.contains { span in
        span.to == nil ? number <= span.from && (span.from - number) % span.step == 0 : span.contains(number)
      }
  }

  /// - Throws: ``CalendarError`` naming the part.
  init(_ text: Substring, _ range: ClosedRange<Int>, _ what: String) throws(CalendarError) {
    var spans: [Span] = []
    guard text != "*" else {
      self.spans = []
      return
    }
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let halves = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      let step = halves.count == 2 ? try Self.number(halves[1], 1...range.upperBound, "repetition of the \(what)") : nil
      let ends = halves[0].split(separator: ".", omittingEmptySubsequences: false)
      switch ends.count {
      case 1:
        let from = try Self.number(ends[0], range, what)
        // A misprint rather than a wish; systemd refuses it too.
        if let step, from + step > range.upperBound {
          throw CalendarError("the repetition \(part) of the \(what) leads to nothing")
        }
        spans.append(Span(from: from, to: step == nil ? from : nil, step: step ?? 1))
      case 3 where ends[1].isEmpty:
        let (from, to) = (try Self.number(ends[0], range, what), try Self.number(ends[2], range, what))
        guard from <= to else { throw CalendarError("the \(what) \(halves[0]) runs backwards") }
        spans.append(Span(from: from, to: to, step: step ?? 1))
      default: throw CalendarError("\(part) is no \(what)")
      }
    }
    self.spans = spans
  }

  private static func number(
    _ text: Substring, _ range: ClosedRange<Int>, _ what: String
  ) throws(CalendarError) -> Int {
    guard text.utf8.count <= 4, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text),
      range.contains(number)
    else {
      throw CalendarError(
        "\(text.isEmpty ? "nothing" : String(text)) is no \(what) of \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}

/// Why a calendar expression cannot be read.
public struct CalendarError: Error, Hashable, Sendable, CustomStringConvertible {
  public let problem: String

  init(_ problem: String) { self.problem = problem }

  public var description: String { problem }
}
