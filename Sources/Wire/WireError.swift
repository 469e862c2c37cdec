/// Why octets are not the message they were taken for.
///
/// Rejecting is part of normal work, so this is a small value without text; it costs no allocation.
public enum WireError: Error, Hashable, Sendable {
  /// Fewer octets than the structure needs.
  case truncated(needed: Int, available: Int)
  /// A field holds a value that the structure cannot have; `offset` is where.
  case malformed(offset: Int)
  /// A well-formed message of a kind that this program does not read.
  case unsupported
}
