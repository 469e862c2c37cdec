internal import Wire

/// One direction of a TLS connection as somebody reads along: handshake messages up to where it is encrypted, and what kinds of
/// records follow. Nothing of the records is kept.
struct TLSWalk {
  private(set) var isMalformed = false
  /// ChangeCipherSpec came: handshake records behind it are not readable.
  private(set) var isEncrypted = false
  /// Records of application data; in TLS 1.3 everything encrypted looks like them.
  private(set) var dataRecords = 0
  private(set) var messages: [(type: UInt8, body: [UInt8])] = []
  private var head: [UInt8] = []
  private var left = 0
  private var handshake: [UInt8] = []

  /// Chains of devices have some kilobytes.
  private static let longestMessage = 65_536
  private static let longestRecord = 16_384 + 2048

  /// Whether a connection may begin like this: a handshake record of any version of TLS.
  static func begins(_ octets: some Collection<UInt8>) -> Bool {
    let front = Array(octets.prefix(3))
    return front.count == 3 && front[0] == 22 && front[1] == 3 && front[2] <= 4
  }

  mutating func take(_ octets: some Collection<UInt8>) {
    messages = []
    var rest = Array(octets)[...]
    while !isMalformed, !rest.isEmpty {
      if left == 0 {
        let wanted = 5 - head.count
        head += rest.prefix(wanted)
        rest = rest.dropFirst(wanted)
        if head.count == 5 { beginRecord() }
        continue
      }
      let part = rest.prefix(left)
      if head.first == 22, !isEncrypted { takeHandshake(part) }
      left -= part.count
      rest = rest.dropFirst(part.count)
      if left == 0 { head = [] }
    }
  }

  private mutating func beginRecord() {
    left = Int(head[3]) << 8 | Int(head[4])
    guard (20...24).contains(head[0]), head[1] == 3, left <= Self.longestRecord else {
      isMalformed = true
      return
    }
    if head[0] == 20 { isEncrypted = true }
    if head[0] == 23 { dataRecords += 1 }
    if left == 0 { head = [] }
  }

  private mutating func takeHandshake(_ octets: ArraySlice<UInt8>) {
    handshake += octets
    while handshake.count >= 4 {
      let length = Int(handshake[1]) << 16 | Int(handshake[2]) << 8 | Int(handshake[3])
      guard length <= Self.longestMessage else {
        isMalformed = true
        return
      }
      guard handshake.count >= 4 + length else { return }
      messages.append((handshake[0], Array(handshake[4..<4 + length])))
      handshake = Array(handshake.dropFirst(4 + length))
    }
  }

  /// The DER of each certificate of a Certificate message (RFC 5246 §7.4.2), as far as lengths agree.
  static func certificates(_ body: [UInt8]) -> [[UInt8]] {
    func length(_ place: Int) -> Int { Int(body[place]) << 16 | Int(body[place + 1]) << 8 | Int(body[place + 2]) }
    guard body.count >= 3, length(0) == body.count - 3 else { return [] }
    var found: [[UInt8]] = []
    var place = 3
    while place + 3 <= body.count {
      let end = place + 3 + length(place)
      guard end <= body.count else { return [] }
      found.append(Array(body[place + 3..<end]))
      place = end
    }
    return found
  }
}
