extension TLSClientHello {
  /// The hello of a version of DTLS in a datagram of its own, as one record with one fragment (RFC 6347 §4.1, §4.2.2).
  ///
  /// What it does to the other side: a server by the book asks for a cookie and forgets us; with the cookie it answers as one of TLS
  /// does, and waits for a handshake that never goes on (``DTLSAlert``).
  /// - Parameters:
  ///   - random: as for ``record(random:)``; the same for the hello with the cookie (§4.2.1).
  ///   - cookie: what HelloVerifyRequest brought, empty for the first hello; at most 255 octets.
  ///   - message: the number of the handshake message, 0 for the first hello.
  ///   - sequence: the number of the record in epoch 0, below 2^48; another one for each time that it is sent.
  public func datagram(random: [UInt8], cookie: [UInt8] = [], message: UInt16, sequence: UInt64) -> [UInt8] {
    let body = body(random: random, cookie: Array(cookie.prefix(255)))
    let length = TLSOctets.length24(body.count)
    var fragment: [UInt8] = [1] + length
    fragment.appendBigEndian16(message)
    fragment += [0, 0, 0] + length + body
    // Servers of DTLS 1.0 answer no record of a later version.
    return DTLSRecord.octets(22, version: .dtls10, sequence: sequence, fragment)
  }
}

/// An alert before anything is encrypted (RFC 6347 §4.1.2.7, RFC 5246 §7.2).
public enum DTLSAlert {
  /// Tells a server that the handshake will not go on, so that it need not wait for it nor send its flight again: handshake_failure, fatal.
  public static func goodbye(sequence: UInt64) -> [UInt8] {
    DTLSRecord.octets(21, version: .dtls10, sequence: sequence, [2, 40])
  }
}
