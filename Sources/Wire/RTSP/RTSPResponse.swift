/// A streaming server's answer (RFC 2326 §7, RFC 7826 §8).
public struct RTSPResponse: Hashable, Sendable {
  public struct Header: Hashable, Sendable {
    /// As written; names are compared without regard to case.
    public let name: String
    public let value: String
  }

  /// `RTSP/1.0`
  public let version: String
  public let status: Int
  public let reason: String
  public let headers: [Header]
  /// As many octets as Content-Length says.
  public let body: [UInt8]
  /// How many octets of the stream the answer took.
  public let length: Int

  /// Octets of a head beyond which nobody answers.
  private static let longestHead = 16_384

  /// Reads the answer at the front of a stream.
  /// - Parameter bodyLimit: the longest body, in octets, that is waited for.
  /// - Throws: `truncated` while octets are missing; `malformed` when this is not an RTSP answer, or a part is
  ///   beyond its limit.
  public init(parsing bytes: Span<UInt8>, bodyLimit: Int = 65_536) throws(WireError) {
    var reader = OctetReader(bytes)
    // The protocol is known after seven octets; no need to wait for a line of something else.
    for expected in "RTSP/1.".utf8 {
      let start = reader.offset
      guard try reader.octet() == expected else { throw .malformed(offset: start) }
    }
    let rest = try reader.line(limit: Self.longestHead).split(separator: 0x20, maxSplits: 2)
    guard rest.count >= 2, rest[1].count == 3, let code = Int(Array(rest[1]).text), (100...599).contains(code) else {
      throw .malformed(offset: 7)
    }
    version = "RTSP/1." + Array(rest[0]).text
    status = code
    reason = rest.count > 2 ? Array(rest[2]).text : ""
    headers = try Self.headers(&reader)
    let declared = Self.first("content-length", in: headers)
    guard let size = declared.map({ Int($0) }) ?? 0, (0...bodyLimit).contains(size) else {
      throw .malformed(offset: reader.offset)
    }
    body = try reader.take(size)
    length = reader.offset
  }

  private static func headers(_ reader: inout OctetReader) throws(WireError) -> [Header] {
    var headers: [Header] = []
    while true {
      let left = longestHead - reader.offset
      guard left > 0 else { throw .malformed(offset: reader.offset) }
      let line = try reader.line(limit: left)
      if line.isEmpty { return headers }
      if let first = line.first, first == 0x20 || first == 0x09, let last = headers.popLast() {
        // A folded line goes on with the value before it (RFC 2616 §4.2).
        headers.append(Header(name: last.name, value: last.value + " " + trimmed(line[...])))
        continue
      }
      guard let colon = line.firstIndex(of: 0x3a) else { continue }
      headers.append(Header(name: trimmed(line[..<colon]), value: trimmed(line[(colon + 1)...])))
    }
  }

  private static func trimmed(_ octets: ArraySlice<UInt8>) -> String {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    let front = octets.drop(while: isBlank)
    return Array(front.prefix((front.lastIndex { !isBlank($0) } ?? front.startIndex - 1) - front.startIndex + 1)).text
  }

  private static func first(_ name: String, in headers: [Header]) -> String? {
    headers.first { $0.name.lowercased() == name }?.value
  }

  /// The first header with this name, in whatever case.
  public func header(_ name: String) -> String? { Self.first(name.lowercased(), in: headers) }

  /// The schemes of WWW-Authenticate in lower case, in their order: `basic`, `digest`. A header may hold one
  /// challenge, or several (RFC 7235 §4.1); only what stands where a scheme can stand is taken.
  public var authenticationSchemes: [String] {
    headers.filter { $0.name.lowercased() == "www-authenticate" }.flatMap { header in
      Self.parts(header.value).compactMap { part in
        let word = part.prefix { $0 != " " }
        return word.contains("=") || word.isEmpty ? nil : word.lowercased()
      }
    }
  }

  /// The parts between commas that are not inside quotation marks.
  private static func parts(_ value: String) -> [String] {
    var parts = [""]
    var quoted = false
    for character in value {
      if character == "\"" { quoted.toggle() }
      if character == ",", !quoted {
        parts.append("")
      } else if !(character == " " && parts[parts.count - 1].isEmpty) {
        parts[parts.count - 1].append(character)
      }
    }
    return parts
  }

  /// The methods that the server says it has.
  public var publicMethods: [String] { Self.parts(header("Public") ?? "").filter { !$0.isEmpty } }
}
