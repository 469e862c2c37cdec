/// What a web server answered to a `GET`, as far as two answers are compared with each other.
public struct WebPage: Hashable, Sendable, Codable {
  /// As it was asked for: `/`.
  public let path: String
  public let status: Int
  /// The Location field, or where a `meta refresh` leads to; nil for a page that leads nowhere.
  public var location: String?
  /// In small letters.
  public var title: String?
  /// Scheme and realm of each challenge (RFC 9110 §11.6.1), in small letters: `basic ipcam`.
  public var challenges: [String] = []
  /// It has a field for a password.
  public var asksForPassword = false
  /// Strict-Transport-Security (RFC 6797) came with it.
  public var hasHSTS = false
  /// Of the body, as far as it was read.
  public var octets = 0
  /// The body's ``PageSketch``.
  public var sketch = PageSketch()

  public init(path: String, status: Int) {
    self.path = path
    self.status = status
  }
}

/// Which words follow each other in a page: enough to say how much two pages have in common, and too little to read them.
///
/// Of all runs of three words a hash is made, and the smallest of these are kept (A. Broder, "On the resemblance and containment of
/// documents", 1997). Numbers and long words with digits in them count as one and the same word, since times, counters
/// and the tokens of a session are others in each answer; so do `http` and `https`.
public struct PageSketch: Hashable, Sendable, Codable {
  /// Hashes kept: two sketches of this size estimate a resemblance of 0.8 with a standard error of 0.05.
  public static let size = 64
  private static let run = 3

  /// Ascending, each once.
  public private(set) var hashes: [UInt32] = []

  public init() {}

  /// - Parameter page: in any encoding that has ASCII in its lower half.
  public init(_ page: some Sequence<UInt8>) {
    let words = Self.words(page)
    guard !words.isEmpty else { return }
    var found: Set<UInt32> = []
    for start in 0...max(0, words.count - Self.run) {
      found.insert(Self.hash(words[start..<min(start + Self.run, words.count)]))
    }
    hashes = Array(found.sorted().prefix(Self.size))
  }

  public var isEmpty: Bool { hashes.isEmpty }

  /// The estimated share of runs that both have among those that either has, 0 … 1; 0 when one has none.
  public func resemblance(to other: Self) -> Double {
    guard !isEmpty, !other.isEmpty else { return 0 }
    let (own, theirs) = (Set(hashes), Set(other.hashes))
    // A sketch that is not full holds all that there is.
    let smallest = own.union(theirs).sorted().prefix(Self.size)
    let common = smallest.count { own.contains($0) && theirs.contains($0) }
    return Double(common) / Double(smallest.count)
  }

  /// Letters, digits and whatever lies beyond ASCII, in small letters.
  private static func words(_ page: some Sequence<UInt8>) -> [[UInt8]] {
    var words: [[UInt8]] = []
    var word: [UInt8] = []
    for octet in page {
      let small = (0x41...0x5a).contains(octet) ? octet | 0x20 : octet
      if (0x61...0x7a).contains(small) || (0x30...0x39).contains(small) || small >= 0x80 {
        word.append(small)
      } else if !word.isEmpty {
        words.append(settled(word))
        word = []
      }
    }
    return word.isEmpty ? words : words + [settled(word)]
  }

  private static let http = Array("http".utf8)
  private static let https = Array("https".utf8)

  private static func settled(_ word: [UInt8]) -> [UInt8] {
    if word == https { return http }
    let digits = word.count { (0x30...0x39).contains($0) }
    return digits == word.count || digits > 0 && word.count >= 12 ? [0x30] : word
  }

  /// FNV-1a, its halves mixed.
  private static func hash(_ words: ArraySlice<[UInt8]>) -> UInt32 {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    for octet in words.joined(separator: [0x20]) { value = (value ^ UInt64(octet)) &* 0x100_0000_01b3 }
    value = (value ^ value >> 33) &* 0xff51_afd7_ed55_8ccd
    return UInt32(truncatingIfNeeded: value ^ value >> 33)
  }

  public init(from decoder: any Decoder) throws {
    let read = try decoder.singleValueContainer().decode([UInt32].self)
    hashes = Array(Set(read).sorted().prefix(Self.size))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hashes)
  }
}
