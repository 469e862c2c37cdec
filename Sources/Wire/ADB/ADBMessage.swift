/// A message of the Android debug bridge (AOSP, packages/modules/adb, protocol.txt): 24 octets of header, then data.
public struct ADBMessage: Hashable, Sendable {
  /// Four letters; others are kept.
  public struct Command: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// The device lets this client in: a shell is one message away.
    public static let connect = Command(rawValue: 0x4e58_4e43)
    /// The device wants a signature first.
    public static let authenticate = Command(rawValue: 0x4854_5541)
    /// The device wants TLS, and a key that its owner has paired.
    public static let startTLS = Command(rawValue: 0x534c_5453)
  }

  public let command: Command
  public let first: UInt32
  public let second: UInt32
  public let data: [UInt8]

  /// Introduces the visitor, as every client begins.
  ///
  /// What it does to the other side: a device without authentication counts one connection more until the end of
  /// TCP's; one with authentication answers AUTH and shows nothing, because no key is offered. OPEN, which starts a
  /// shell, is not here.
  public static let connect: [UInt8] = {
    let banner = Array("host::\0".utf8)
    var octets: [UInt8] = []
    octets.appendLittleEndian32(Command.connect.rawValue)
    octets.appendLittleEndian32(0x0100_0000)  // A_VERSION: with checksum, for old devices
    octets.appendLittleEndian32(4096)  // the longest data that this side takes
    octets.appendLittleEndian32(UInt32(banner.count))
    octets.appendLittleEndian32(banner.reduce(0) { $0 + UInt32($1) })
    octets.appendLittleEndian32(~Command.connect.rawValue)
    return octets + banner
  }()

  /// Reads the message at the front of a stream.
  /// - Throws: `truncated` while octets are missing; `malformed` when the last word is not the command inverted, or
  ///   the data are beyond 256 KiB (A_VERSION_SKIP_CHECKSUM's largest is 1 MiB, of which a greeting needs nothing).
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    let word = try reader.littleEndian32()
    command = Command(rawValue: word)
    first = try reader.littleEndian32()
    second = try reader.littleEndian32()
    let size = try reader.littleEndian32()
    // Later versions leave the checksum 0, so that it proves nothing.
    try reader.skip(4)
    guard try reader.littleEndian32() == ~word else { throw .malformed(offset: 20) }
    guard size <= 262_144 else { throw .malformed(offset: 12) }
    data = try reader.take(Int(size))
  }

  /// Name and value of the properties in a CONNECT from a device: `device::ro.product.name=x;ro.product.model=y;`.
  public var properties: [(name: String, value: String)] {
    guard command == .connect else { return [] }
    let entries = data.textBeforeNUL.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
    guard entries.count == 2 else { return [] }
    return entries[1].split(separator: ";").compactMap { entry in
      let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }
  }
}
