internal import Probes

/// A Telnet console: a greeting, a name, a password, and then a prompt or the profile's text.
struct SimulatedConsole: SimulatedService {
  private enum State { case account, password, session }

  private let door: SimulatedDoor
  private let words: SimulatedWords
  private let greeting: String
  private let asksForName: Bool
  private let logout: String?
  private var state: State
  private var isKnown = true

  /// - Parameter asksForName: false where the password is all that is asked for.
  init(_ door: SimulatedDoor, _ words: SimulatedWords, greeting: String, asksForName: Bool, logout: String?) {
    self.door = door
    self.words = words
    self.greeting = greeting
    self.asksForName = asksForName
    self.logout = logout
    state = asksForName ? .account : .password
  }

  private var question: String { asksForName ? "login: " : "Password: " }

  mutating func answer(_ arrival: SimulatedArrival) -> [SimulatedReply] {
    switch (arrival, state) {
    case (.connection, _): return [.text("\r\n\(greeting)\r\n\r\n\(question)")]
    case (.entered(let message, let octets), .account):
      isKnown = door.opens(to: octets, in: message)
      state = .password
      return [.text("Password: ")]
    case (.entered(let message, let octets), .password):
      return isKnown && door.opens(to: octets, in: message) ? open() : refuse()
    case (.octets(let line), .session):
      if let logout, line == Array("\(logout)\r\n".utf8) { return [.text("\r\n"), .end] }
      return [.text(words.success.map { "\r\n\($0)\r\n" } ?? "\r\n# ")]
    case (.entered, .session), (.octets, _), (.request, _): return []
    }
  }

  private mutating func open() -> [SimulatedReply] {
    state = .session
    // Either of them has to be enough: where the profile names a text, there is no prompt.
    return [.text(words.success.map { "\r\n\($0)\r\n" } ?? "\r\n\r\n# ")]
  }

  /// Where the profile names a text, nothing else shows the refusal.
  private mutating func refuse() -> [SimulatedReply] {
    (state, isKnown) = (asksForName ? .account : .password, true)
    return [.text(words.failure.map { "\r\n\($0)\r\n" } ?? "\r\nLogin incorrect\r\n\(question)")]
  }
}

/// A file server (RFC 959 §5.4).
struct SimulatedFileServer: SimulatedService {
  private let door: SimulatedDoor
  private let greeting: String
  private var isKnown = false

  init(_ door: SimulatedDoor, greeting: String) {
    self.door = door
    self.greeting = greeting
  }

  mutating func answer(_ arrival: SimulatedArrival) -> [SimulatedReply] {
    switch arrival {
    case .connection: return [.text("220 \(greeting)\r\n")]
    case .entered(let message, let octets) where !message.holdsPassword:
      isKnown = door.opens(to: octets, in: message)
      return [.text("331 Password required\r\n")]
    case .entered(let message, let octets):
      let isIn = isKnown && door.opens(to: octets, in: message)
      return [.text(isIn ? "230 Logged in\r\n" : "530 Not logged in\r\n")]
    case .octets: return [.text("221 Goodbye\r\n"), .end]
    case .request: return []
    }
  }
}
