/// A streaming server's answer (RFC 2326 §7, RFC 7826 §8).
public struct RTSPResponse: Hashable, Sendable {
  /// `RTSP/1.0`
  public let version: String
  public let status: Int
  public let reason: String
  public let headers: [HeaderField]
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
    let declared = headers.values(of: "Content-Length").first
    guard let size = declared.map({ Int($0) }) ?? 0, (0...bodyLimit).contains(size) else {
      throw .malformed(offset: reader.offset)
    }
    body = try reader.take(size)
    length = reader.offset
  }

  private static func headers(_ reader: inout OctetReader) throws(WireError) -> [HeaderField] {
    var headers: [HeaderField] = []
    while true {
      let left = longestHead - reader.offset
      guard left > 0 else { throw .malformed(offset: reader.offset) }
      let line = try reader.line(limit: left)
      if line.isEmpty { return headers }
      headers.take(line: line)
    }
  }

  /// The first header with this name, in whatever case.
  public func header(_ name: String) -> String? { headers.values(of: name).first }

  /// The schemes of WWW-Authenticate in lower case, in their order: `basic`, `digest`. A header may hold one
  /// challenge, or several (RFC 7235 §4.1); only what stands where a scheme can stand is taken.
  public var authenticationSchemes: [String] {
    headers.values(of: "WWW-Authenticate").flatMap { challenges in
      Self.parts(challenges).compactMap { part in
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
