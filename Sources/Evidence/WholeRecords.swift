/// Finds how much of a growing file is whole: what a kill cut short, and what a power failure left
/// behind, stands at the end. Files are read in pieces.
package protocol WholeRecords {
  /// Octets up to the end of the last whole record.
  var whole: Int { get }
  /// - Returns: whether what comes after can be whole still.
  mutating func take(_ piece: [UInt8]) -> Bool
}

/// Lines that begin and end as a JSON object does and hold no control octet, which JSON would have
/// escaped (RFC 8259 §7): zeros that a power failure leaves are no lines.
package struct WholeLines: WholeRecords {
  package private(set) var whole = 0
  package private(set) var lines = 0
  /// The last whole line, without its line feed.
  package private(set) var lastLine: [UInt8] = []
  private var line: [UInt8] = []

  package init() {}

  package mutating func take(_ piece: [UInt8]) -> Bool {
    for octet in piece {
      guard octet == 0x0a else {
        guard octet >= 0x20 else { return false }
        line.append(octet)
        continue
      }
      guard line.count >= 2, line.first == UInt8(ascii: "{"), line.last == UInt8(ascii: "}") else { return false }
      whole += line.count + 1
      lines += 1
      swap(&lastLine, &line)
      line.removeAll(keepingCapacity: true)
    }
    return true
  }
}

/// Blocks of a little-endian pcapng file whose two lengths agree (draft-ietf-opsawg-pcapng §3.1).
package struct WholeBlocks: WholeRecords {
  package private(set) var whole = 0
  private var rest: [UInt8] = []

  package init() {}

  /// More than any block of a capture; a larger length is none.
  private static let longest = 1 << 24
  private static let shortest = 12
  private static let sectionHeader = 0x0a0d_0d0a

  package mutating func take(_ piece: [UInt8]) -> Bool {
    rest += piece
    var start = 0
    defer { rest.removeFirst(start) }
    while rest.count - start >= Self.shortest {
      let length = number(at: start + 4)
      guard length >= Self.shortest, length <= Self.longest, length % 4 == 0,
        whole > 0 || number(at: start) == Self.sectionHeader
      else { return false }
      guard rest.count - start >= length else { return true }
      guard number(at: start + length - 4) == length else { return false }
      start += length
      whole += length
    }
    return true
  }

  private func number(at place: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(rest[place + $1]) << (8 * $1) }
  }
}
