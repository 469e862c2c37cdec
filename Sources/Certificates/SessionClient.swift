internal import CTLS
internal import Synchronization

/// A client of TLS 1.0 to 1.2 that completes a handshake, on octets in memory, for what only shows afterwards: a session ticket
/// (RFC 5077), or how the other side checks a record.
///
/// It verifies nothing, names no host, has no certificate of its own and sends none of an application's octets.
public final class SessionClient: Sendable {
  public enum Purpose: Hashable, Sendable {
    /// Says goodbye when the handshake is complete.
    case ticket
    /// Suites with AES in CBC mode only, MAC before encryption; stays open for one record.
    case cbc
  }

  public enum Step: Hashable, Sendable {
    /// What is to be sent now, and more has to come.
    case going(send: [UInt8])
    case complete(send: [UInt8])
    /// `alert 40` when the server said so, else OpenSSL's words; what is to be sent may be an alert.
    case failed(reason: String, send: [UInt8])
  }

  /// How the record after the handshake is made.
  public enum Sealing: Hashable, Sendable, CaseIterable {
    case sound
    /// Every octet of the padding but its length is wrong, the MAC is right.
    case wrongPadding
    case wrongMAC
  }

  private let entry: Mutex<Entry?>

  public init(_ purpose: Purpose) {
    entry = Mutex(Entry(client: purpose == .ticket ? CTLS_FOR_TICKET : CTLS_FOR_CBC))
  }

  /// The ClientHello; empty when there is no memory for one.
  public func start() -> [UInt8] {
    guard case .going(let send) = take([]) else { return [] }
    return send
  }

  public func take(_ octets: [UInt8]) -> Step {
    entry.withLock { entry in
      switch entry {
      case .none: return .failed(reason: "no memory", send: [])
      case .some(let client):
        let step = client.feed(octets)
        let send = client.octets(CTLS_OUTPUT)
        if step == CTLS_GOING { return .going(send: send) }
        if step == CTLS_COMPLETE { return .complete(send: send) }
        return .failed(reason: client.word(CTLS_ERROR) ?? "ended", send: send)
      }
    }
  }

  /// What the server gave, once the handshake is complete.
  public var ticket: [UInt8] { read { $0.octets(CTLS_TICKET) } ?? [] }
  /// As the handshake writes it: `0x0303` is TLS 1.2; 0 before the handshake is complete.
  public var version: UInt16 { UInt16(truncatingIfNeeded: read { $0.number(CTLS_SPOKEN) } ?? 0) }
  /// By IANA's number.
  public var suite: UInt16 { UInt16(truncatingIfNeeded: read { $0.number(CTLS_SUITE) } ?? 0) }

  /// The first record after the handshake: application data of no octets (RFC 5246 §6.2.1). Once for a client of purpose `cbc`.
  /// - Returns: empty for anything else.
  public func record(_ sealing: Sealing) -> [UInt8] {
    let how =
      switch sealing {
      case .sound: CTLS_SOUND
      case .wrongPadding: CTLS_WRONG_PADDING
      case .wrongMAC: CTLS_WRONG_MAC
      }
    return read { $0.seal(how) ? $0.octets(CTLS_OUTPUT) : [] } ?? []
  }

  private func read<Value: Sendable>(_ body: (borrowing Entry) -> Value) -> Value? {
    entry.withLock { entry in
      switch entry {
      case .none: nil
      case .some(let client): body(client)
      }
    }
  }
}
