internal import CTLS

/// A certificate or a client in CTLS's table, which forgets it with this value. The only place that hands memory to C.
struct Entry: ~Copyable {
  private let number: Int32

  /// - Returns: nil for octets that OpenSSL cannot read as a certificate at all.
  init?(certificate der: [UInt8]) {
    number = unsafe CTLS_open(der, Int32(clamping: der.count))
    guard number >= 0 else { return nil }
  }

  /// A public or private key.
  init?(key der: [UInt8]) {
    number = unsafe CTLS_open_key(der, Int32(clamping: der.count))
    guard number >= 0 else { return nil }
  }

  /// SHA-256 of SubjectPublicKeyInfo.
  var keyDigest: [UInt8] { octets(CTLS_KEY_DIGEST) }

  /// A client for one of `CTLS_FOR_CERTIFICATES`, `CTLS_FOR_TICKET`, `CTLS_FOR_CBC`.
  /// - Returns: nil when there is no memory, or a thousand are there.
  init?(client purpose: Int) {
    number = CTLS_begin(Int32(purpose))
    guard number >= 0 else { return nil }
  }

  deinit { CTLS_close(number) }

  /// Hands over what the server sent; one of `CTLS_GOING`, `CTLS_COMPLETE`, `CTLS_FAILED`.
  func feed(_ octets: [UInt8]) -> Int { Int(unsafe CTLS_feed(number, octets, Int32(clamping: octets.count))) }

  /// Adds a record to `CTLS_OUTPUT`; one of `CTLS_SOUND`, `CTLS_WRONG_PADDING`, `CTLS_WRONG_MAC`.
  func seal(_ how: Int) -> Bool { CTLS_seal(number, Int32(how)) }

  func octets(_ part: Int) -> [UInt8] {
    var octets = [UInt8](repeating: 0, count: Int(CTLS_size(number, Int32(part))))
    let count = unsafe CTLS_copy(number, Int32(part), &octets, Int32(octets.count))
    return Array(octets.prefix(Int(count)))
  }

  func number(_ which: Int) -> Int { Int(CTLS_number(number, Int32(which))) }

  /// As UTF-8, for parts that C wrote itself or whose octets may be anything.
  func text(_ part: Int) -> String { String(decoding: octets(part), as: UTF8.self) }

  /// nil for an empty part.
  func word(_ part: Int) -> String? {
    let text = text(part)
    return text.isEmpty ? nil : text
  }
}

/// Lower-case hexadecimal digits.
func hexadecimal(_ octets: some Sequence<UInt8>) -> String {
  octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
