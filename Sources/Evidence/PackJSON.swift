internal import Foundation

/// The two forms of JSON in a pack: keys sorted, slashes as they are, so that equal values are equal octets.
enum PackJSON {
  /// One line with its line feed.
  static func line(_ value: some Encodable, for path: String) throws(PackError) -> [UInt8] {
    try octets(value, [.sortedKeys, .withoutEscapingSlashes], for: path)
  }

  /// Indented, with a line feed at the end.
  static func document(_ value: some Encodable, for path: String) throws(PackError) -> [UInt8] {
    try octets(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes], for: path)
  }

  private static func octets(
    _ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting, for path: String
  ) throws(PackError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting
    do {
      return Array(try encoder.encode(value)) + [0x0a]
    } catch {
      throw PackError(.encode, path: path, problem: "cannot be made into JSON: \(error)")
    }
  }
}
