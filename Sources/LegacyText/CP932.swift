internal import Glibc

/// Text as Japanese Windows writes it: Shift_JIS in Microsoft's variant, code page 932. The C library has the table.
public enum CP932 {
  /// Why octets are no text of the code page.
  public enum Failure: Error, Hashable, Sendable {
    /// The octet at this place, counted from 0, begins no character.
    case undecodable(at: Int)
    /// This system's C library does not know the code page.
    case unavailable
  }

  /// Decodes the whole of `octets`.
  ///
  /// Single octets that the code page leaves free (0x80, 0xa0, 0xfd … 0xff) are refused: a file that has them is in
  /// another encoding.
  public static func decode(_ octets: [UInt8]) throws(Failure) -> String {
    if let place = unassigned(octets) { throw .undecodable(at: place) }
    // Failure is (iconv_t) -1 (POSIX).
    guard let converter = unsafe iconv_open("UTF-8", "CP932"), Int(bitPattern: converter) != -1 else {
      throw .unavailable
    }
    defer { _ = unsafe iconv_close(converter) }
    var input = octets.map { CChar(bitPattern: $0) }
    // No character of the code page takes more than three octets in UTF-8.
    var output = [CChar](repeating: 0, count: 3 * octets.count)
    var (unread, room) = (input.count, output.count)
    let status = unsafe input.withUnsafeMutableBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { sink in
        var (from, into) = (source.baseAddress, sink.baseAddress)
        return unsafe iconv(converter, &from, &unread, &into, &room)
      }
    }
    guard status != .max, unread == 0 else { throw .undecodable(at: octets.count - unread) }
    return String(decoding: output.prefix(output.count - room).lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The place of the first octet that stands where a character begins and begins none.
  private static func unassigned(_ octets: [UInt8]) -> Int? {
    var index = 0
    while index < octets.count {
      switch octets[index] {
      case 0x80, 0xa0, 0xfd...0xff: return index
      case 0x81...0x9f, 0xe0...0xfc: index += 2
      default: index += 1
      }
    }
    return nil
  }
}
