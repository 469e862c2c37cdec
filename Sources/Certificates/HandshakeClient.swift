internal import CTLS
internal import Synchronization

/// A TLS 1.3 client that goes as far as the server's certificates, on octets in memory.
///
/// In TLS 1.3 certificates come encrypted (RFC 8446 §2), so that the keys have to be agreed on. The client offers nothing older,
/// verifies nothing, names no host and has no certificate of its own. It goes on to the end of the handshake: the server's
/// Finished comes in the same flight as its certificate, and a client that answers it with its own Finished and `close_notify` is
/// one that came and left by the book, where one that breaks off leaves a fault in the device's log. That the server signed
/// the handshake also shows that it has the key. Nothing is sent in between, and none of the application's octets.
///
/// It takes at most 256 KiB, and certificates of 128 KiB together.
public final class HandshakeClient: Sendable {
  public enum Step: Hashable, Sendable {
    /// What is to be sent now, and more has to come.
    case going(send: [UInt8])
    /// The DER of the certificates in the server's order; what is to be sent says goodbye.
    case certificates([[UInt8]], send: [UInt8])
    /// `alert 70` when the server said so, else OpenSSL's words.
    case failed(reason: String)
  }

  private let entry: Mutex<Entry?>

  public init() { entry = Mutex(Entry(client: CTLS_FOR_CERTIFICATES)) }

  /// The ClientHello; empty when there is no memory for one.
  public func start() -> [UInt8] {
    entry.withLock { entry in
      switch entry {
      case .none: []
      case .some(let client): client.feed([]) == CTLS_GOING ? client.octets(CTLS_OUTPUT) : []
      }
    }
  }

  public func take(_ octets: [UInt8]) -> Step {
    entry.withLock { entry in
      switch entry {
      case .none: .failed(reason: "no memory")
      case .some(let client):
        // Nothing follows from nothing, and an end is the driver's to tell.
        client.feed(octets) == CTLS_GOING ? .going(send: client.octets(CTLS_OUTPUT)) : Self.end(client)
      }
    }
  }

  /// The connection ended, or its time: certificates, when they had come before.
  public func ended() -> Step {
    entry.withLock { entry in
      switch entry {
      case .none: .failed(reason: "no memory")
      case .some(let client): Self.end(client)
      }
    }
  }

  /// The server asked for a certificate of the client (RFC 8446 §4.3.2), as far as the handshake has come.
  public var isAskedForCertificate: Bool {
    entry.withLock { entry in
      switch entry {
      case .none: false
      case .some(let client): client.number(CTLS_IS_ASKED) == 1
      }
    }
  }

  private static func end(_ client: borrowing Entry) -> Step {
    let chain = certificates(client.octets(CTLS_CERTIFICATES))
    guard chain.isEmpty else { return .certificates(chain, send: client.octets(CTLS_OUTPUT)) }
    return .failed(reason: client.word(CTLS_ERROR) ?? "ended")
  }

  /// The Certificate message (RFC 8446 §4.4.2), as far as it is whole: what OpenSSL refuses is read as well.
  static func certificates(_ message: [UInt8]) -> [[UInt8]] {
    var rest = message[...]
    func length(_ octets: Int) -> Int? {
      guard rest.count >= octets else { return nil }
      defer { rest = rest.dropFirst(octets) }
      return rest.prefix(octets).reduce(0) { $0 << 8 | Int($1) }
    }
    guard let context = length(1), rest.count >= context else { return [] }
    rest = rest.dropFirst(context)
    guard let list = length(3) else { return [] }
    rest = rest.prefix(list)
    var chain: [[UInt8]] = []
    while let size = length(3), size > 0, rest.count >= size {
      chain.append(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
      guard let extensions = length(2) else { break }
      rest = rest.dropFirst(extensions)
    }
    return chain
  }
}
