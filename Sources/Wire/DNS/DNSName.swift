/// Names in messages of the domain name system.
enum DNSName {
  /// The labels (RFC 1035 §4.1.4), as they are. Pointers are followed backwards only.
  static func labels(_ reader: inout OctetReader, in message: Span<UInt8>) throws(WireError) -> [[UInt8]] {
    var labels: [[UInt8]] = []
    var total = 1
    var limit = reader.offset
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
        guard target >= 12, target < limit else { throw .malformed(offset: start) }
        limit = target
        if jumped == nil { reader = cursor }
        var next = OctetReader(message)
        try next.skip(target)
        jumped = next
        continue
      default: throw .malformed(offset: start)
      }
      if jumped == nil { reader = cursor } else { jumped = cursor }
      if length == 0 { return labels }
    }
  }
}
