/// A TLS 1.3 client that goes as far as the server's certificates, on octets in memory.
public final class HandshakeClient: Sendable {
  public enum Step: Hashable, Sendable {
    /// What is to be sent now, and more has to come.
    case going(send: [UInt8])
    /// The DER of the certificates in the server's order; what is to be sent says goodbye.
    case certificates([[UInt8]], send: [UInt8])
    case failed(reason: String)
  }

  public init() {}

  /// The ClientHello.
  public func start() -> [UInt8] { [] }
  public func take(_ octets: [UInt8]) -> Step { .failed(reason: "") }
}
