/// The strings in a JSON text (RFC 8259), changed where they stand.
public enum JSONStrings {
  /// - Parameters:
  ///   - json: well-formed; what is not is left as it is.
  ///   - change: the text that stands in place of a value, or nil where it stays. Keys are never changed.
  public static func mapped(_ json: [UInt8], _ change: (String) -> String?) -> [UInt8] {
    var walk = JSONWalk(json)
    var octets: [UInt8] = []
    var start = 0
    while let string = walk.nextValue() {
      guard let text = change(string.text) else { continue }
      octets += json[start..<string.range.lowerBound] + JSONWalk.quoted(text)
      start = string.range.upperBound
    }
    return octets + json[start...]
  }
}
