import Cryptography
import Wire

/// The server's side of a connection once keys are agreed on: Curve25519, AES-128 in counter mode, HMAC-SHA-256 (RFC 4253 §6 to §8, RFC 8731).
struct FakeSSHSession {
  private struct Direction {
    var key: [UInt8], vector: [UInt8], integrityKey: [UInt8], sequence: UInt32
  }

  private static let secret = [UInt8](repeating: 5, count: 32)
  static var value: [UInt8] { KeyAgreement.curve25519.publicValue(of: secret) ?? [] }
  private var receiving: Direction
  private var sending: Direction

  /// - Parameters:
  ///   - lists: the payloads of SSH_MSG_KEXINIT, the client's and the server's.
  ///   - client: the client's public value.
  init(identification: String, lists: (client: [UInt8], server: [UInt8]), hostKey: [UInt8], client: [UInt8]) {
    let shared = Self.number(KeyAgreement.curve25519.shared(secret: Self.secret, with: client) ?? [])
    let parts = [
      Array("SSH-2.0-tenken".utf8), Array(identification.utf8), lists.client, lists.server, hostKey, client, Self.value,
    ]
    let hash = DigestAlgorithm.sha256.digest(of: parts.flatMap(FakeSSHServer.string) + shared)
    func derived(_ letter: Character) -> [UInt8] {
      DigestAlgorithm.sha256.digest(of: shared + hash + Array(String(letter).utf8) + hash)
    }
    func direction(_ vector: Character, _ key: Character, _ code: Character) -> Direction {
      // Three packets each went before.
      Direction(
        key: Array(derived(key).prefix(16)), vector: Array(derived(vector).prefix(16)), integrityKey: derived(code),
        sequence: 3)
    }
    receiving = direction("A", "C", "E")
    sending = direction("B", "D", "F")
  }

  /// RFC 4251 §5, mpint.
  private static func number(_ octets: [UInt8]) -> [UInt8] {
    let digits = Array(octets.drop { $0 == 0 })
    return FakeSSHServer.string((digits.first ?? 0) > 0x7f ? [0] + digits : digits)
  }

  private static func code(_ way: Direction, _ packet: [UInt8]) -> [UInt8] {
    let number = (0..<4).reversed().map { UInt8(truncatingIfNeeded: way.sequence >> ($0 * 8)) }
    return DigestAlgorithm.sha256.authenticator(of: number + packet, key: way.integrityKey)
  }

  /// All packets in what came, which is whole; nil when a code is wrong.
  mutating func open(_ octets: [UInt8]) -> [SSHPacket]? {
    var (rest, packets) = (octets[...], [SSHPacket]())
    while rest.count >= 16 {
      let before = receiving.vector
      let head = BlockCipher.aes128Counter.apply(
        to: Array(rest.prefix(16)), key: receiving.key, vector: &receiving.vector, encrypting: false)
      guard let length = head?.prefix(4).reduce(0, { $0 << 8 | Int($1) }), rest.count >= length + 36 else { return nil }
      receiving.vector = before
      guard
        let packet = BlockCipher.aes128Counter.apply(
          to: Array(rest.prefix(length + 4)), key: receiving.key, vector: &receiving.vector, encrypting: false),
        Self.code(receiving, packet) == Array(rest.dropFirst(length + 4).prefix(32)),
        let read = FakeSSHServer.packet(packet)
      else { return nil }
      receiving.sequence += 1
      packets.append(read)
      rest = rest.dropFirst(length + 36)
    }
    return packets
  }

  mutating func seal(_ message: UInt8, _ body: [UInt8]) -> [UInt8] {
    let packet = SSHPacket.octets(.init(rawValue: message), body, block: 16)
    let code = Self.code(sending, packet)
    sending.sequence += 1
    return
      (BlockCipher.aes128Counter.apply(to: packet, key: sending.key, vector: &sending.vector, encrypting: true) ?? [])
      + code
  }
}
