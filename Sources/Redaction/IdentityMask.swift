/// Takes addresses of devices out of texts and octets: those that a copy must not name, and those that get pseudonyms.
///
/// A needle counts only where neither a letter or digit of its own kind nor, for an address with dots, a further number stands
/// beside it: `10.0.0.1` is not in `10.0.0.11`.
public struct IdentityMask: Sendable {
  private struct Needle: Sendable {
    let octets: [UInt8]
    let text: String
    let isHexadecimal: Bool
  }

  /// By the first octet.
  private var needles: [UInt8: [Needle]] = [:]

  public init() {}

  public var isEmpty: Bool { needles.isEmpty }

  /// - Parameters:
  ///   - needle: an address in one of its written forms.
  ///   - text: what stands for it in texts; in octets it is ``Redactor/mask``.
  public mutating func add(_ needle: String, as text: String) {
    let octets = needle.utf8.map(folded)
    guard octets.count > 3, let first = octets.first else { return }
    needles[first, default: []].append(
      Needle(octets: octets, text: text, isHexadecimal: octets.allSatisfy(Self.isHexadecimal)))
    needles[first]?.sort { $0.octets.count > $1.octets.count }
  }

  /// The text with what stands for each address, and how many there were.
  public func replaced(_ text: String) -> (text: String, count: Int) {
    let octets = Array(text.utf8)
    var result: [UInt8] = []
    var start = 0
    let spans = spans(in: octets)
    for (range, replacement) in spans {
      result += octets[start..<range.lowerBound] + Array(replacement.utf8)
      start = range.upperBound
    }
    return spans.isEmpty ? (text, 0) : (String(decoding: result + octets[start...], as: UTF8.self), spans.count)
  }

  /// The octets with each address masked, of the same length; nil where there is none.
  public func masked(_ octets: [UInt8]) -> (octets: [UInt8], count: Int)? {
    let spans = spans(in: octets)
    guard !spans.isEmpty else { return nil }
    var result = octets
    for (range, _) in spans { for place in range { result[place] = Redactor.mask } }
    return (result, spans.count)
  }

  private func spans(in octets: [UInt8]) -> [(range: Range<Int>, text: String)] {
    var found: [(range: Range<Int>, text: String)] = []
    guard !needles.isEmpty else { return found }
    var place = 0
    while place < octets.count {
      guard let candidates = needles[folded(octets[place])],
        let needle = candidates.first(where: { stands($0, octets, at: place) })
      else {
        place += 1
        continue
      }
      found.append((place..<place + needle.octets.count, needle.text))
      place += needle.octets.count
    }
    return found
  }

  private func stands(_ needle: Needle, _ octets: [UInt8], at place: Int) -> Bool {
    let end = place + needle.octets.count
    guard end <= octets.count else { return false }
    for offset in needle.octets.indices where folded(octets[place + offset]) != needle.octets[offset] { return false }
    if place > 0, joins(octets[place - 1], needle) { return false }
    if end < octets.count, joins(octets[end], needle) { return false }
    // A further number behind a dot: another address or a version.
    if place > 1, octets[place - 1] == 0x2e, Self.isDigit(octets[place - 2]) { return false }
    if end + 1 < octets.count, octets[end] == 0x2e, Self.isDigit(octets[end + 1]) { return false }
    return true
  }

  private func joins(_ octet: UInt8, _ needle: Needle) -> Bool {
    if needle.isHexadecimal { return Self.isHexadecimal(octet) }
    return Self.isDigit(octet) || octet == 0x3a && needle.octets.contains(0x3a)
  }

  private static func isDigit(_ octet: UInt8) -> Bool { (0x30...0x39).contains(octet) }
  private static func isHexadecimal(_ octet: UInt8) -> Bool {
    isDigit(octet) || (0x61...0x66).contains(folded(octet))
  }
}
