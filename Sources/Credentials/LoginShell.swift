public import Addressing
public import Authority
public import Probes
public import Records

/// The seam to a login by SSH. Everything between the connection and the answer to the password is one library's: its
/// steps come as ``ShellEvent``s. Implementations ask the gate before the connection and before the password, and compare the
/// permit with the connection; they open no channel, so that no command can run.
public protocol LoginShellClient: AnyObject {
  /// Begins one login; the permit is spent, whatever comes of it. The password is entered once at most, where the name alone
  /// is refused, by ``ShellMethod/choice(of:)``.
  func begin(
    _ account: [UInt8], _ secret: [UInt8], to address: IPAddress, zone: Int32?, mac: MACAddress?, port: UInt16,
    from source: IPAddress?, spending permit: consuming LoginPermit
  ) -> SessionOpening
  /// Never waits.
  func poll() -> [ShellProgress]
  /// When ``poll()`` has something to do though no descriptor says so; nil when nothing is under way.
  var wakeAt: MonotonicInstant? { get }
  /// Segments a second that the connection may cost its device from now on, 0 for no ceiling.
  func pace(_ session: Int, perSecond segments: Int)
  /// Says goodbye; a progress without event follows when the connection is over.
  func close(_ session: Int)
}

/// What came of a login's connection. Without event: it is over.
public struct ShellProgress: Hashable, Sendable {
  public let session: Int
  public let event: ShellEvent?

  public init(_ session: Int, _ event: ShellEvent?) {
    self.session = session
    self.event = event
  }
}

public enum ShellEvent: Hashable, Sendable {
  /// Connected.
  case opened
  /// Both sides have the same keys, and it has shown that it holds this one of its own.
  case agreed(ShellHost)
  /// The name alone was refused; the password may be entered by these.
  case asked(Set<ShellMethod>)
  case entered(ShellMethod)
  /// - Parameter said: the banner, and the text of its questions.
  case ended(ShellEnding, said: [UInt8])
}

/// Who is at the other end.
public struct ShellHost: Hashable, Sendable {
  /// The identification string (RFC 4253 §4.2).
  public let identification: [UInt8]
  /// `ssh-ed25519`.
  public let keyType: String
  /// SHA-256 of the host key, as OpenSSH shows it: `SHA256:…`.
  public let fingerprint: String

  public init(identification: [UInt8], keyType: String, fingerprint: String) {
    self.identification = identification
    self.keyType = keyType
    self.fingerprint = fingerprint
  }
}

/// RFC 4252 §5, RFC 4256.
public enum ShellMethod: String, Hashable, Sendable, CaseIterable {
  case password
  case keyboardInteractive = "keyboard-interactive"
  case publicKey = "publickey"
  case hostBased = "hostbased"
  case other

  /// By which a password is entered; nil where none is asked for.
  public static func choice(of offered: Set<ShellMethod>) -> ShellMethod? {
    [.password, .keyboardInteractive].first(where: offered.contains)
  }
}

public enum ShellEnding: Hashable, Sendable {
  /// `passwordAsked`: false where the name alone opened the session.
  case accepted(passwordAsked: Bool)
  case refused
  /// The password is right, and something else is asked for as well (RFC 4252 §5.1).
  case partial
  /// Something else than one password was asked for, and left unanswered.
  case otherQuestion
  /// The device ended the connection, with this number and words (RFC 4253 §11.1), `2:Goodbye`, or without any.
  case closed(String)
  /// The two do not understand each other.
  case misunderstood(String)
  /// No connection came about, or it was not permitted.
  case failed(String)
}

/// A login that ``LoginShellClient`` carries out.
public protocol ShellLogin: LoginMachine {
  mutating func handle(_ event: ShellEvent, at now: MonotonicInstant) -> [ProbeAction]
}
