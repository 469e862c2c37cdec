internal import ArgumentParser

struct TLSCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tls",
    abstract: "Asks TLS services what they agree to. / TLSサービスの設定を検査します。",
    discussion: """
      Versions, suites, key exchange and certificates, one connection at a time: at most 25 for a service, with \
      --full one for each suite that it accepts. A refusal counts only when the service still answers beside it. \
      What was seen is held against the guidelines in Profiles/tls: counts of each, and what deviates from \
      iot-baseline.
      With --udp the services are asked for DTLS 1.0 and 1.2, with some 20 datagrams each and never more than 32.
      """)

  enum Opening: String, ExpressibleByArgument, CaseIterable { case ftp, smtp, imap, pop3, ldap }

  @OptionGroup var options: ServiceOptions
  @Flag(help: "Ask for every suite of every version / すべての暗号スイートを確認する") var full = false
  @Option(name: .customLong("starttls"), help: "The service goes on to TLS at a word of this protocol / STARTTLSの種類")
  var opening: Opening?
  @Option(
    name: .customLong("guideline"),
    help: "Tell every row of this guideline only; may be repeated / 全項目を表示するガイドライン(繰り返し可)")
  var guidelines: [String] = []

  @Flag(help: "Ask for DTLS over UDP (usual port 5684) / UDPのDTLSを検査する") var udp = false

  func validate() throws {
    guard udp else { return }
    guard !full, opening == nil else {
      throw ValidationError("--udp goes neither with --full nor with --starttls.")
    }
    guard guidelines.isEmpty else {
      throw ValidationError("--udp does not go with --guideline: the guidelines speak of TLS over TCP.")
    }
  }

  func run() throws {
    let question: ServiceQuestion = udp ? .dtls : .tls(full: full, opening: opening?.rawValue)
    try options.ask(
      question, usualPort: udp ? 5684 : Self.usualPort(opening),
      guidelines: try GuidelineChoice(guidelines, profiles: options.profiles, for: question))
  }

  /// IANA's port of the protocol.
  private static func usualPort(_ opening: Opening?) -> UInt16 {
    switch opening {
    case .ftp: 21
    case .smtp: 25
    case .imap: 143
    case .pop3: 110
    case .ldap: 389
    case nil: 443
    }
  }
}
