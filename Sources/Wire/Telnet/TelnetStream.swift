/// Separates a Telnet stream into text and commands (RFC 854, RFC 855).
///
/// Octets may arrive in any division. Nothing is answered: this only reads.
public struct TelnetStream: Sendable {
  /// A command that announces or asks for an option (RFC 855).
  public struct Negotiation: Hashable, Sendable {
    public enum Verb: UInt8, Hashable, Sendable {
      case will = 251
      case wont = 252
      case `do` = 253
      case dont = 254
    }

    public let verb: Verb
    public let option: UInt8

    public init(verb: Verb, option: UInt8) {
      self.verb = verb
      self.option = option
    }
  }

  private enum State: Sendable {
    case text, command
    case option(Negotiation.Verb)
    case subnegotiation, subnegotiationCommand
  }

  private static let interpretAsCommand: UInt8 = 255
  private static let subnegotiationBegin: UInt8 = 250
  private static let subnegotiationEnd: UInt8 = 240

  private var state = State.text
  private var startsWithCommand: Bool?

  /// Option negotiations in the order in which they came.
  public private(set) var negotiations: [Negotiation] = []
  /// The text between the commands, with doubled 255 undone.
  public private(set) var text: [UInt8] = []
  /// IAC followed by an octet that RFC 854 does not define; binary protocols produce them. The
  /// later commands 236–239 (RFC 1184, RFC 885) count too: no server greets with them.
  public private(set) var violations = 0

  public init() {}

  /// The very first octet was IAC.
  public var beginsWithNegotiation: Bool { startsWithCommand == true && !negotiations.isEmpty }

  /// Takes the next octets of the stream.
  public mutating func receive(_ octets: some Sequence<UInt8>) {
    for octet in octets {
      if startsWithCommand == nil { startsWithCommand = octet == Self.interpretAsCommand }
      receive(octet)
    }
  }

  private mutating func receive(_ octet: UInt8) {
    switch state {
    case .text:
      if octet == Self.interpretAsCommand { state = .command } else { text.append(octet) }
    case .command:
      command(octet)
    case .option(let verb):
      negotiations.append(Negotiation(verb: verb, option: octet))
      state = .text
    case .subnegotiation:
      if octet == Self.interpretAsCommand { state = .subnegotiationCommand }
    case .subnegotiationCommand:
      state = octet == Self.subnegotiationEnd ? .text : .subnegotiation
    }
  }

  private mutating func command(_ octet: UInt8) {
    switch octet {
    case Self.interpretAsCommand:
      text.append(octet)
      state = .text
    case Self.subnegotiationBegin:
      state = .subnegotiation
    case 241...249:  // NOP … GA (RFC 854), commands without an operand
      state = .text
    default:
      if let verb = Negotiation.Verb(rawValue: octet) {
        state = .option(verb)
      } else {
        violations += 1
        state = .text
      }
    }
  }
}

extension TelnetStream.Negotiation: CustomStringConvertible {
  /// `WILL ECHO`, with the number for options without a well-known name.
  public var description: String {
    let word: String
    switch verb {
    case .will: word = "WILL"
    case .wont: word = "WONT"
    case .do: word = "DO"
    case .dont: word = "DONT"
    }
    return "\(word) \(Self.optionNames[option] ?? String(option))"
  }

  /// IANA "Telnet Options", those that devices use.
  private static let optionNames: [UInt8: String] = [
    0: "BINARY", 1: "ECHO", 3: "SUPPRESS-GO-AHEAD", 5: "STATUS", 6: "TIMING-MARK", 24: "TERMINAL-TYPE", 31: "NAWS",
    32: "TERMINAL-SPEED", 33: "TOGGLE-FLOW-CONTROL", 34: "LINEMODE", 35: "X-DISPLAY-LOCATION", 36: "ENVIRON",
    37: "AUTHENTICATION", 38: "ENCRYPT", 39: "NEW-ENVIRON", 46: "START-TLS",
  ]
}

extension TelnetStream.Negotiation {
  /// What declines this: WONT to DO, DONT to WILL (RFC 854, "option negotiation"). nil for WONT and DONT, to which
  /// nothing is to be said, so that no two sides can go on for ever.
  public var refusal: TelnetStream.Negotiation? {
    switch verb {
    case .do: TelnetStream.Negotiation(verb: .wont, option: option)
    case .will: TelnetStream.Negotiation(verb: .dont, option: option)
    case .wont, .dont: nil
    }
  }

  /// IAC, the verb, the option (RFC 854).
  public var octets: [UInt8] { [255, verb.rawValue, option] }
}
