/// The two questions to a streaming server that start no stream: OPTIONS and DESCRIBE.
///
/// SETUP and PLAY reserve resources or send media; they are not here.
public struct RTSPRequest: Hashable, Sendable {
  public enum Method: String, Hashable, Sendable {
    /// Which methods the server knows (RFC 2326 §10.1, RFC 7826 §13.1). Reads only.
    case options = "OPTIONS"
    /// What a presentation holds (RFC 2326 §10.2, RFC 7826 §13.2). Reads only; some cameras start their encoder
    /// to answer it.
    case describe = "DESCRIBE"
  }

  public let method: Method
  public let target: String
  public let sequence: UInt32
  public let userAgent: String

  /// - Parameters:
  ///   - target: an absolute URL, or `*` with OPTIONS.
  ///   - sequence: the CSeq that the answer repeats.
  /// - Returns: nil when the target or agent has blanks, control characters or anything beyond ASCII: they could
  ///   smuggle a second request in.
  public init?(_ method: Method, target: String, sequence: UInt32, userAgent: String = "tenken") {
    guard !target.isEmpty, target.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
      userAgent.utf8.allSatisfy({ (0x20...0x7e).contains($0) })
    else { return nil }
    self.method = method
    self.target = target
    self.sequence = sequence
    self.userAgent = userAgent
  }

  public var octets: [UInt8] {
    var text = "\(method.rawValue) \(target) RTSP/1.0\r\nCSeq: \(sequence)\r\n"
    if method == .describe { text += "Accept: application/sdp\r\n" }
    return Array((text + "User-Agent: \(userAgent)\r\n\r\n").utf8)
  }
}
