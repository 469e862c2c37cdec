internal import Foundation

/// The chain of `data/run.jsonl`: every line names the SHA-256 of the line before it, so that the digest of the last line stands for
/// all of them and none can be left out, added or moved.
struct HashChain: Hashable {
  private struct Link: Decodable {
    let seq: Int
    let prev: String
  }

  /// What the first line names.
  static let beginning = String(repeating: "0", count: 64)

  /// SHA-256 of the last line without its line feed, in hexadecimal.
  private(set) var head = HashChain.beginning
  private(set) var lines = 0

  init() {}

  /// Goes on after `lines` lines of which `last` is the last, without its line feed.
  init(after last: [UInt8], lines: Int) {
    guard lines > 0 else { return }
    self.lines = lines
    head = SHA256.hex(SHA256.digest(of: last))
  }

  /// Takes a line without its line feed, as it was written.
  mutating func take(_ line: some Collection<UInt8>) {
    head = SHA256.hex(SHA256.digest(of: line))
    lines += 1
  }

  /// What is wrong with a line that should follow: it names another one before it, or has another number.
  func objection(to line: some Collection<UInt8>) -> String? {
    guard let link = try? JSONDecoder().decode(Link.self, from: Data(line)) else {
      return "is no event with seq and prev"
    }
    if link.prev != head {
      return "does not follow the line before it: one of the two was changed, or lines are missing"
    }
    if link.seq != lines + 1 { return "has the number \(link.seq) instead of \(lines + 1)" }
    return nil
  }
}
