/// Names in messages of the domain name system.
enum DNSName {
  /// More than a name can need: it has at most 127 labels (RFC 1035 §3.1). Chains beyond that would make each of many
  /// records cost as much as the message is long.
  private static let mostPointers = 127

  /// The labels (RFC 1035 §4.1.4), as they are. Pointers are followed backwards only.
  static func labels(_ reader: inout OctetReader) throws(WireError) -> [[UInt8]] {
    var labels: [[UInt8]] = []
    var total = 1
    var limit = reader.offset
    var pointers = 0
    var jumped: OctetReader?
    while true {
      var cursor = jumped ?? reader
      let start = cursor.offset
      let length = Int(try cursor.octet())
      switch length {
      case 0: break
      case 1..<64:
        total += 1 + length
        guard total <= MulticastDNSName.longestName else { throw .malformed(offset: start) }
        labels.append(try cursor.take(length))
      case 0xc0...:
        let target = (length & 0x3f) << 8 | Int(try cursor.octet())
        pointers += 1
        guard target >= 12, target < limit, pointers <= mostPointers else { throw .malformed(offset: start) }
        limit = target
        if jumped == nil { reader = cursor }
        jumped = try cursor.from(target)
        continue
      default: throw .malformed(offset: start)
      }
      if jumped == nil { reader = cursor } else { jumped = cursor }
      if length == 0 { return labels }
    }
  }
}
