public import Records
internal import Wire

/// Tells a protocol from the first octets of a server that speaks first.
public struct GreetingRecogniser: Sendable {
  public struct Identification: Hashable, Sendable {
    public let protocolName: ProtocolName
    /// The octets' meaning in words, for the evidence.
    public let basis: LocalizedText
  }

  private let promptStems: [String]

  /// - Parameter promptStems: words that end a login prompt, such as `login` or `ユーザー名`, from
  ///   Profiles/fingerprints/telnet.yaml.
  public init(promptStems: [String]) { self.promptStems = promptStems.map { $0.lowercased() } }

  /// - Returns: nil when the octets identify nothing; that is a normal outcome.
  /// - Parameter port: decides between protocols that greet alike; nil when not known.
  public func identify(_ octets: [UInt8], port: UInt16? = nil) -> Identification? {
    if octets.starts(with: Array("SSH-".utf8)) {
      return Identification(
        protocolName: .ssh,
        basis: LocalizedText(ja: "SSHの識別文字列(RFC 4253 §4.2)", en: "SSH identification string (RFC 4253 §4.2)"))
    }
    if let known = opening(of: octets, port: port) { return known }
    var stream = TelnetStream()
    stream.receive(octets)
    if isNegotiation(stream) {
      let list = stream.negotiations.prefix(8).map(\.description).joined(separator: ", ")
      return Identification(
        protocolName: .telnet,
        basis: LocalizedText(ja: "オプション交渉(RFC 855): \(list)", en: "option negotiation (RFC 855): \(list)"))
    }
    guard stream.violations == 0, stream.negotiations.isEmpty, let prompt = loginPrompt(stream.text) else { return nil }
    return Identification(
      protocolName: .telnet,
      basis: LocalizedText(ja: "ログインプロンプト: \(prompt)", en: "login prompt: \(prompt)"))
  }

  /// Negotiation of options that exist, in a stream that breaks no rule of RFC 854. Binary
  /// protocols contain 255 too, but not followed by this again and again.
  ///
  /// What stands between must be text. UTF-8 is hardly ever met by accident; octets of other
  /// encodings (Shift_JIS, EUC-JP) are, so there more negotiation is asked for.
  private func isNegotiation(_ stream: TelnetStream) -> Bool {
    guard let first = stream.negotiations.first, stream.violations == 0 else { return false }
    // Assigned in IANA "Telnet Options"; 50–137 and 141–254 are not.
    let known = stream.negotiations.allSatisfy { $0.option <= 49 || (138...140).contains($0.option) }
    let isText = stream.text.allSatisfy { $0 == 0 || $0 == 0x1b || (0x07...0x0d).contains($0) || $0 >= 0x20 }
    guard known, isText else { return false }
    if String(validating: stream.text, as: UTF8.self) != nil {
      return stream.beginsWithNegotiation || first.verb == .do || first.verb == .will
    }
    return stream.negotiations.count >= (stream.beginsWithNegotiation ? 2 : 3)
  }

  /// The prompt at the end of the text: an unterminated last line that ends with a known word and a
  /// colon (or `>`).
  private func loginPrompt(_ text: [UInt8]) -> String? {
    let lines = text.split(omittingEmptySubsequences: false) { $0 == 0x0a || $0 == 0x0d }
    guard !lines.contains(where: isOtherProtocol), let last = lines.last, last.count <= 200 else { return nil }
    let line = trimmed(String(decoding: last, as: UTF8.self).withoutTerminalEscapes)
    let lowered = line.lowercased()
    guard let mark = lowered.last, ":：>".contains(mark), !lowered.contains("last login") else { return nil }
    let stem = trimmed(String(lowered.dropLast()))
    return promptStems.contains(where: stem.hasSuffix) ? line : nil
  }

  /// A reply code (FTP, SMTP: three digits and a space or hyphen) or the opening of another
  /// text protocol. Their banners may well say "please login:".
  private func isOtherProtocol(_ line: ArraySlice<UInt8>) -> Bool {
    let openings = ["HTTP/", "SSH-", "RFB ", "+OK", "-ERR", "* OK", "* BYE", "RTSP/"]
    if openings.contains(where: { line.starts(with: Array($0.utf8)) }) { return true }
    guard line.count >= 4 else { return false }
    let digits = line.prefix(3).allSatisfy { (0x30...0x39).contains($0) }
    let separator = line[line.startIndex + 3]
    return digits && (separator == 0x20 || separator == 0x2d)
  }

  private func trimmed(_ text: String) -> String {
    let start = text.drop { $0 == " " || $0 == "\t" }
    return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
