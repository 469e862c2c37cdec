internal import CHTTP
package import Probes
package import Wire

/// A request that could not be sent as it stands.
struct MalformedRequest: Error { let reason: String }

extension HTTPRequest.Method {
  /// As CHTTP counts them.
  var number: CInt {
    switch self {
    case .get: 0
    case .head: 1
    case .post: 2
    }
  }
}

extension HTTPRequest {
  /// What the client writes by itself.
  private static let reserved: Set = [
    "host", "user-agent", "accept", "connection", "content-length", "transfer-encoding", "expect",
  ]
  /// What would be a credential or a memory of an earlier visit.
  private static let confessions: Set = ["authorization", "proxy-authorization", "cookie"]

  /// The header lines beside those that libcurl writes (Host, User-Agent, Content-Length).
  var lines: [String] {
    var lines = ["Accept: */*", "Connection: close"]
    // libcurl would announce long bodies with "100-continue", which old servers do not know, and give them a type.
    if case .post(let type, _) = method { lines += ["Expect:", "Content-Type: \(type)"] }
    return lines + headers.map { "\($0.name): \($0.value)" }
  }

  /// The strings and the body as CHTTP takes them.
  /// - Parameter logsIn: a credential and a session's cookie may be among the headers.
  /// - Throws: ``MalformedRequest`` for what would change the request's shape, or confess something.
  func text(agent: String, logsIn: Bool = false) throws(MalformedRequest) -> [UInt8] {
    guard path.utf8.first == UInt8(ascii: "/"), path.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw MalformedRequest(reason: "the path is not in origin form (RFC 9112 §3.2.1)")
    }
    for header in headers {
      guard !header.name.isEmpty, header.name.utf8.allSatisfy(Self.isToken) else {
        throw MalformedRequest(reason: "a header's name is no token (RFC 9110 §5.1)")
      }
      let name = header.name.lowercased()
      guard !Self.reserved.contains(name), logsIn || !Self.confessions.contains(name) else {
        throw MalformedRequest(reason: "the header \(header.name) is not the probe's to set")
      }
    }
    let strings = [path, agent] + lines
    guard strings.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } }) else {
      throw MalformedRequest(reason: "a control character in the request")
    }
    var text: [UInt8] = []
    for string in strings { text += Array(string.utf8) + [0] }
    if case .post(_, let body) = method { text += body }
    return text
  }

  /// RFC 9110 §5.6.2.
  private static func isToken(_ octet: UInt8) -> Bool {
    switch octet {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(octet)
    }
  }
}

extension HTTPExchange {
  /// What an exchange came to.
  /// - Parameter reason: why it was ended from this side; nil when it ended by itself.
  init(of number: Int32, endedBecause reason: String?) {
    let head = HTTPHead(Self.part(number, CHTTP_HEAD))
    let body = Self.part(number, CHTTP_BODY)
    let isWhole = reason == nil && CHTTP_is_whole(number)
    let isCut = CHTTP_hit_body_limit(number)
    var failure: String?
    if let reason {
      failure = reason
    } else if CHTTP_was_refused(number) {
      failure = "no socket: the address is not the one that was permitted"
    } else if CHTTP_hit_head_limit(number) {
      failure = "a head of more than \(CurlClient.headLimit) octets"
    } else if !isWhole, !isCut {
      failure = String(decoding: Self.part(number, CHTTP_ERROR), as: UTF8.self)
    }
    self.init(
      status: head.status, version: head.status == nil ? (body.isEmpty ? "" : "0.9") : head.version,
      headers: head.fields, body: body, isTruncated: isCut || (!isWhole && (head.status != nil || !body.isEmpty)),
      requestOctets: Self.part(number, CHTTP_REQUEST), responseOctets: Self.part(number, CHTTP_RESPONSE),
      certificateChain: Self.certificates(Self.part(number, CHTTP_CERTIFICATES)), failure: failure)
  }

  private static func part(_ number: Int32, _ part: Int) -> [UInt8] {
    var octets = [UInt8](repeating: 0, count: Int(CHTTP_size(number, CInt(part))))
    let count = unsafe CHTTP_copy(number, CInt(part), &octets, CInt(octets.count))
    return Array(octets.prefix(Int(count)))
  }

  /// Divides what CHTTP keeps: four octets of length before each certificate.
  package static func certificates(_ octets: [UInt8]) -> [[UInt8]] {
    var certificates: [[UInt8]] = []
    var rest = octets[...]
    while rest.count >= 4 {
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(4)
      guard length <= rest.count else { break }
      certificates.append(Array(rest.prefix(length)))
      rest = rest.dropFirst(length)
    }
    return certificates
  }
}

/// The lines that libcurl took for the head, of the last response where there were interim ones (RFC 9110 §15.2).
package struct HTTPHead: Hashable {
  package var status: Int?
  /// `1.1`, `1.0`, …
  package var version = ""
  package var fields: [HeaderField] = []

  package init(_ octets: [UInt8]) {
    for line in octets.split(separator: UInt8(ascii: "\n")) {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if line.starts(with: "HTTP/".utf8) {
        begin(String(decoding: line, as: UTF8.self))
      } else {
        fields.take(line: Array(line))
      }
    }
  }

  private mutating func begin(_ line: String) {
    let words = line.split(separator: " ", maxSplits: 2)
    guard words.count > 1, let number = Int(words[1]), (0...999).contains(number) else { return }
    self = HTTPHead([])
    status = number
    version = String(words[0].dropFirst(5))
  }
}
