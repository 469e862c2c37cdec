/// A version of TLS, of its predecessors or of DTLS, as the handshake writes it (RFC 8446 §4.1.2, §4.2.1; SSL 2 as in its draft).
public struct TLSVersion: RawRepresentable, Hashable, Sendable, Comparable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let ssl2 = TLSVersion(rawValue: 0x0002)
  public static let ssl3 = TLSVersion(rawValue: 0x0300)
  public static let tls10 = TLSVersion(rawValue: 0x0301)
  public static let tls11 = TLSVersion(rawValue: 0x0302)
  public static let tls12 = TLSVersion(rawValue: 0x0303)
  public static let tls13 = TLSVersion(rawValue: 0x0304)
  /// DTLS counts down, and skipped 1.1 (RFC 4347 §4.1, RFC 6347 §4.1).
  public static let dtls10 = TLSVersion(rawValue: 0xfeff)
  public static let dtls12 = TLSVersion(rawValue: 0xfefd)

  /// From the oldest to the newest.
  public static let all: [TLSVersion] = [.ssl2, .ssl3, .tls10, .tls11, .tls12, .tls13]

  /// The same over datagrams, as far as its first messages are not encrypted.
  public static let allOverDatagrams: [TLSVersion] = [.dtls10, .dtls12]

  /// The version of TLS whose messages a version of DTLS has (RFC 4347 §1, RFC 6347 §1); itself for TLS.
  public var ofStreams: TLSVersion {
    switch self {
    case .dtls10: .tls11
    case .dtls12: .tls12
    default: self
    }
  }

  public var isOverDatagrams: Bool { self != ofStreams }

  /// A version of DTLS comes right before the one that it has its messages from.
  public static func < (left: Self, right: Self) -> Bool {
    let (one, other) = (left.ofStreams.rawValue, right.ofStreams.rawValue)
    return one == other ? left.isOverDatagrams && !right.isOverDatagrams : one < other
  }
}

extension TLSVersion: CustomStringConvertible {
  public var description: String {
    switch self {
    case .ssl2: "SSL 2.0"
    case .ssl3: "SSL 3.0"
    case .tls10: "TLS 1.0"
    case .tls11: "TLS 1.1"
    case .tls12: "TLS 1.2"
    case .tls13: "TLS 1.3"
    case .dtls10: "DTLS 1.0"
    case .dtls12: "DTLS 1.2"
    default: "0x" + String(rawValue, radix: 16)
    }
  }
}
