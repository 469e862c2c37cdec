internal import Probes
internal import Wire

/// A service in memory, as a function of what comes in: nothing of it is ever sent. A new one for each attempt.
protocol SimulatedService {
  mutating func answer(_ arrival: SimulatedArrival) -> [SimulatedReply]
}

enum SimulatedArrival {
  case connection
  /// Octets of a connection, or a datagram.
  case octets([UInt8])
  /// The same with a name or a password in them.
  case entered(LoginMessage, [UInt8])
  /// As it is sent; `login` where it belongs to one.
  case request(HTTPRequest, login: LoginRequest?)
}

enum SimulatedReply {
  case octets([UInt8])
  case end
  case exchange(HTTPExchange)

  static func text(_ text: String) -> SimulatedReply { .octets(Array(text.utf8)) }
}

/// Whom a simulated device lets in.
enum SimulatedDoor {
  case pair(CredentialPair)
  case nobody
  case everybody

  /// By the octets that the pair would have been entered with in this place.
  func opens(to octets: [UInt8], in message: LoginMessage) -> Bool {
    switch self {
    case .pair(let pair): LoginOctets(message, of: pair).octets == octets
    case .nobody: false
    case .everybody: true
    }
  }
}

/// The recipe's words that a simulated device shows to who is in, and to who is not; nil for the protocol's own.
struct SimulatedWords {
  var success: String?
  var failure: String?
}
