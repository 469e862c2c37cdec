/// What a server of DTLS sends after a ClientHello, up to where it waits for the client: datagrams in any order, twice or in fragments (RFC
/// 6347 §4.2). What is no record of DTLS is passed over (§4.1.2.7): anybody can send a datagram.
public struct DTLSServerFlight: Hashable, Sendable {
  /// The messages, put together and in order.
  public private(set) var flight = TLSServerFlight(isOverDatagrams: true)
  /// What HelloVerifyRequest asks to have back; the latest.
  public private(set) var cookie: [UInt8]?
  /// Records of DTLS that were taken.
  public private(set) var records = 0

  /// A message of which pieces came.
  private struct Pieces: Hashable {
    let type: UInt8
    var octets: [UInt8]
    /// Which of them came, ascending, none touching the next.
    var covered: [Range<Int>] = []

    var isWhole: Bool { octets.isEmpty || covered == [octets.indices] }

    mutating func take(_ fragment: DTLSFragment) {
      let range = fragment.offset..<fragment.offset + fragment.octets.count
      guard !range.isEmpty else { return }
      octets.replaceSubrange(range, with: fragment.octets)
      var merged = range
      covered.removeAll { other in
        guard other.lowerBound <= merged.upperBound, merged.lowerBound <= other.upperBound else { return false }
        merged = min(other.lowerBound, merged.lowerBound)..<max(other.upperBound, merged.upperBound)
        return true
      }
      covered.insert(merged, at: covered.firstIndex { $0.lowerBound > merged.lowerBound } ?? covered.endIndex)
    }
  }

  private var waiting: [UInt16: Pieces] = [:]
  /// The message that comes next; nil before ServerHello, whose number depends on whether a cookie was asked for (§4.2.2).
  private var next: UInt16?

  /// A server's flight has five messages, and some have one or two more by extensions.
  private static let mostMessages = 16
  private static let longestMessage = 64 * 1024

  public init() {}

  public mutating func take(_ datagram: [UInt8]) {
    var reader = OctetReader(datagram)
    while flight.state == .open, !reader.isAtEnd {
      // The rest of a datagram behind what cannot be read has no beginning.
      guard let record = try? DTLSRecord(parsing: &reader) else { return }
      // Nothing is encrypted yet, so another epoch is another handshake's.
      guard record.epoch == 0 else { continue }
      switch record.type {
      case 21 where record.content.count == 2:
        records += 1
        flight.takeAlerts(record.content)
      case 22:
        records += 1
        takeFragments(record.content)
      default: break
      }
    }
  }

  private mutating func takeFragments(_ content: [UInt8]) {
    var reader = OctetReader(content)
    while !reader.isAtEnd, let fragment = try? DTLSFragment(parsing: &reader) {
      take(fragment)
      deliver()
    }
  }

  private mutating func take(_ fragment: DTLSFragment) {
    guard fragment.length <= Self.longestMessage, next.map({ fragment.message >= $0 }) ?? true else { return }
    // The request for a cookie comes before all messages and has the number of one of them (§4.2.2). It is short and never cut.
    if fragment.type == 3 {
      guard next == nil, fragment.octets.count == fragment.length else { return }
      if let request = try? DTLSHelloVerifyRequest(parsing: fragment.octets) { cookie = request.cookie }
      return
    }
    var pieces =
      waiting[fragment.message] ?? Pieces(type: fragment.type, octets: Array(repeating: 0, count: fragment.length))
    guard pieces.type == fragment.type, pieces.octets.count == fragment.length,
      waiting[fragment.message] != nil || waiting.count < Self.mostMessages
    else { return }
    pieces.take(fragment)
    waiting[fragment.message] = pieces
  }

  private mutating func deliver() {
    if next == nil { next = waiting.filter { $0.value.type == 2 && $0.value.isWhole }.keys.min() }
    while flight.state == .open, let number = next, let pieces = waiting[number], pieces.isWhole {
      waiting[number] = nil
      flight.take(pieces.type, pieces.octets)
      next = number &+ 1
    }
  }
}
