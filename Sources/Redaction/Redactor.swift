internal import Cryptography
internal import Records

/// What was masked in one place.
public struct Redaction: Hashable, Sendable, Codable {
  /// The rule's id.
  public let rule: String
  public let count: Int
  /// HMAC-SHA-256 of the octets that were masked, one after the other with a NUL behind each, in hexadecimal. Its key is in no
  /// pack: a plain digest of a host name can be guessed.
  public let digest: String

  public init(rule: String, count: Int, digest: String) {
    self.rule = rule
    self.count = count
    self.digest = digest
  }
}

/// Octets with what was masked in them.
public struct Masked: Hashable, Sendable {
  public let octets: [UInt8]
  public let redactions: [Redaction]

  public var text: String { String(decoding: octets, as: UTF8.self) }
}

/// Masks secrets and what names people. Pure: the same octets, rules and key give the same.
///
/// Octets keep their length, masked ones are `x` (``mask``), so that the lengths in a protocol and the offsets in a dump stay true. In texts, names become
/// pseudonyms that are the same wherever the same name stands, as long as the key is the same. What is masked already stays as it is.
public struct Redactor: Sendable {
  public static let mask = UInt8(ascii: "x")

  public let rules: RedactionRules
  private let key: [UInt8]
  /// Rules by the first two octets of their markers.
  private var places: [UInt16: [(rule: Int, marker: [UInt8])]] = [:]
  private var isBeginning = [Bool](repeating: false, count: 1 << 16)
  private let mail: Int?

  /// - Parameter key: for digests and pseudonyms; at least 16 octets that nobody can guess.
  public init(_ rules: RedactionRules, key: [UInt8]) {
    self.rules = rules
    self.key = key
    mail = rules.rules.firstIndex { $0.shape == .mail }
    for (index, rule) in rules.rules.enumerated() {
      for marker in rule.markers where marker.count > 1 {
        let beginning = UInt16(marker[0]) << 8 | UInt16(marker[1])
        places[beginning, default: []].append((index, marker))
        isBeginning[Int(beginning)] = true
      }
    }
  }

  /// Octets of a file, a datagram, a frame; nil where nothing is to be masked, which is found out without copying them.
  public func masked(_ octets: [UInt8]) -> Masked? {
    masked(octets, allSpans(in: octets))
  }

  func allSpans(in octets: [UInt8]) -> [Span] { spans(in: octets) + wideSpans(in: octets) }

  func masked(_ octets: [UInt8], _ found: [Span]) -> Masked? {
    let spans = merged(found)
    guard !spans.isEmpty else { return nil }
    var masked = octets
    for span in spans {
      // Of UTF-16 the upper octets stay, lest a reader see other letters.
      for place in stride(from: span.range.lowerBound, to: span.range.upperBound, by: span.step) {
        masked[place] = Self.mask
      }
    }
    return Masked(octets: masked, redactions: told(spans, of: octets))
  }

  /// A text for people; nil where nothing is to be masked.
  /// - Parameter isName: it is what a device is called, so that a person's name in it needs no further sign.
  public func masked(text: String, isName: Bool = false) -> Masked? {
    let octets = Array(text.utf8)
    let spans = merged(spans(in: octets) + (isName ? nameSpans(in: text) : []))
    guard !spans.isEmpty else { return nil }
    var masked: [UInt8] = []
    var start = 0
    for span in spans {
      masked += octets[start..<span.range.lowerBound]
      masked += Array(pseudonym(of: octets[span.range], rules.rules[span.rule]).utf8)
      start = span.range.upperBound
    }
    return Masked(octets: masked + octets[start...], redactions: told(spans, of: octets))
  }

  /// HMAC-SHA-256 under the redactor's key, in hexadecimal.
  public func digest(of octets: [UInt8]) -> String {
    DigestAlgorithm.sha256.authenticator(of: octets, key: key).map { octet in
      String(octet >> 4, radix: 16) + String(octet & 15, radix: 16)
    }.joined()
  }

  private func pseudonym(of octets: ArraySlice<UInt8>, _ rule: RedactionRule) -> String {
    guard rule.kind == .person else { return Self.hidden }
    let word = rule.shape == .mail ? Self.mailWord : Self.nameWord
    return word + digest(of: octets.map(folded)).prefix(8)
  }

  static let hidden = "xxxxxxxx"
  static let nameWord = "name-"
  static let mailWord = "mail-"

  private func told(_ spans: [Span], of octets: [UInt8]) -> [Redaction] {
    Dictionary(grouping: spans, by: \.rule).sorted { $0.key < $1.key }.map { rule, spans in
      Redaction(
        rule: rules.rules[rule].id, count: spans.count,
        digest: digest(of: spans.flatMap { octets[$0.range] + [0] }))
    }
  }

  struct Span: Hashable {
    let range: Range<Int>
    let rule: Int
    /// 2 in UTF-16.
    var step = 1
  }

  /// In order, without overlaps, without what is masked already.
  private func merged(_ spans: [Span]) -> [Span] {
    guard spans.count > 1 else { return spans }
    var result: [Span] = []
    for span in spans.sorted(by: {
      ($0.range.lowerBound, $1.range.upperBound) < ($1.range.lowerBound, $0.range.upperBound)
    }) {
      guard let last = result.last, span.range.lowerBound < last.range.upperBound else {
        result.append(span)
        continue
      }
      guard span.range.upperBound > last.range.upperBound else { continue }
      result[result.count - 1] = Span(
        range: last.range.lowerBound..<span.range.upperBound, rule: last.rule, step: min(last.step, span.step))
    }
    return result
  }

  /// What the rules find.
  func spans(in octets: [UInt8]) -> [Span] {
    var found: [Span] = []
    let count = octets.count
    guard count > 1 else { return [] }
    var place = 0
    var second = folded(octets[0])
    while place < count - 1 {
      let first = second
      second = folded(octets[place + 1])
      if first == 0x40, let mail { add(mailRange(octets, at: place, rules.rules[mail]), mail, octets, to: &found) }
      let beginning = UInt16(first) << 8 | UInt16(second)
      if isBeginning[Int(beginning)], let candidates = places[beginning] {
        for (rule, marker) in candidates where stands(marker, octets, at: place) {
          for range in ranges(rules.rules[rule], octets, place..<place + marker.count) {
            add(range, rule, octets, to: &found)
          }
        }
      }
      place += 1
    }
    return found
  }

  private func add(_ range: Range<Int>?, _ rule: Int, _ octets: [UInt8], to found: inout [Span]) {
    guard let range, !range.isEmpty, !isMasked(octets[range]) else { return }
    guard !rules.rules[rule].keep.contains(String(decoding: octets[range].map(folded), as: UTF8.self)) else { return }
    found.append(Span(range: range, rule: rule))
  }

  private func isMasked(_ octets: ArraySlice<UInt8>) -> Bool {
    if octets.allSatisfy({ $0 == Self.mask }) { return true }
    for word in [Self.nameWord, Self.mailWord]
    where octets.count == word.utf8.count + 8 && octets.starts(with: word.utf8) {
      return octets.dropFirst(word.utf8.count).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
    return false
  }

  func stands(_ marker: [UInt8], _ octets: [UInt8], at place: Int) -> Bool {
    guard place >= 0, marker.count <= octets.count - place else { return false }
    for offset in marker.indices where folded(octets[place + offset]) != marker[offset] { return false }
    return true
  }

  /// What the rules find in ASCII written as UTF-16 in either order of octets, as in SMB and RDP.
  private func wideSpans(in octets: [UInt8]) -> [Span] {
    var found: [Span] = []
    var place = 0
    while place + 1 < octets.count {
      guard octets[place + 1] == 0, isPrintable(octets[place]) else {
        place += 1
        continue
      }
      let start = place
      var text: [UInt8] = []
      while place + 1 < octets.count, octets[place + 1] == 0, isPrintable(octets[place]) {
        text.append(octets[place])
        place += 2
      }
      guard text.count > 3 else { continue }
      for span in spans(in: text) {
        found.append(
          Span(
            range: start + 2 * span.range.lowerBound..<start + 2 * span.range.upperBound, rule: span.rule, step: 2))
      }
    }
    return found
  }

  private func isPrintable(_ octet: UInt8) -> Bool { (0x20...0x7e).contains(octet) }
}
