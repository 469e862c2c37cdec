internal import Authority
internal import Credentials
internal import Probes
internal import Records
internal import Wire

/// A probe that waits for its turn.
struct ProbeTask {
  let endpoint: ServiceEndpoint
  /// As it was made: a probe that was broken off begins anew.
  let probe: any Probe
  /// How often it was broken off because the device was in distress.
  var breaks = 0
  /// What is entered, where it is a login: then nothing of it is captured, and it is never begun anew.
  var login: LoginAttempt?

  var sheet: ProbeSheet { type(of: probe).sheet }
  var isIdentification: Bool { probe is ServiceIdentification }

  static func key(_ endpoint: ServiceEndpoint, _ probe: String) -> String { "\(endpoint) \(probe)" }
}

/// A probe under way, with its channels and what went over them.
final class Visit {
  /// A TCP connection, a datagram exchange, an HTTP exchange or a login by SSH.
  struct Channel {
    enum Carrier { case stream, datagrams, http, shell }
    enum Phase { case opening, open, closing, over }

    let number: ProbeChannel
    let carrier: Carrier
    /// The device's.
    let port: UInt16
    /// The edge's number for it.
    let session: Int
    var phase = Phase.opening
    var localPort: UInt16?
    var takesAnyPort = false
    var sent: [UInt8] = []
    var received: [UInt8] = []
    /// Of what the device says only a digest is kept.
    var isWithheld = false
    /// Of an HTTP exchange that is over.
    var exchange: HTTPExchange?

    /// Nothing went over it.
    var isMute: Bool { sent.isEmpty && received.isEmpty }
  }

  /// What has been used of the sheet's limits.
  struct Use {
    var connections = 0
    var datagrams = 0
    var fetches = 0
  }

  let task: ProbeTask
  var probe: any Probe
  /// nil while the device's budget has no room for it.
  var begun: MonotonicInstant?
  var startedAt: Timestamp?
  /// When the last channel was closed.
  var ended: MonotonicInstant?
  /// Actions that wait for the budget, or for the connection before them to end.
  var pending: [ProbeAction] = []
  /// In the order in which they were opened.
  var channels: [Channel] = []
  var used = Use()
  /// Its time is up, or it does not come to an end: nothing more is done for it.
  var isExpired = false
  var failures = 0
  var frames: [CapturedFrame] = []
  /// Octets of payload that the capture has shown of what the device said.
  var capturedOctets = 0
  /// Our ports of connections of which the capture has shown the device's FIN or reset.
  var capturedEnds: Set<UInt16> = []
  /// The right to enter a name and a password, until the password is entered; nil for everything that is no login.
  var permit: LoginPermit?
  /// The permit's number, by which its result is told.
  var permitNumber: Int?
  /// The attempt's number in the device's journal.
  var attemptNumber: Int?
  /// Since when a login has waited for another one on the device.
  var waitingSince: MonotonicInstant?
  /// Why a login was not attempted.
  var refusal: LoginRefusal?

  /// Frames kept for the slice of a finding.
  static let frameLimit = 512
  /// How long a frame may wait in the capture's ring, with a margin (Docs/Decisions/0005).
  static let captureDelay = Duration.milliseconds(30)
  /// How long at most on a computer that has no time for it.
  static let captureLimit = Duration.milliseconds(500)
  /// Octets kept of each direction of a channel.
  static let octetLimit = 512 * 1024
  /// Failed actions after which a probe is taken to be going round in circles.
  static let failureLimit = 32

  init(_ task: ProbeTask) {
    self.task = task
    probe = task.probe
  }

  var endpoint: ServiceEndpoint { task.endpoint }
  /// Nothing more will be done.
  var isOver: Bool { isExpired || probe.report != nil }
  var holdsChannels: Bool { channels.contains { $0.phase != .over } }
  var holdsStream: Bool { channels.contains { [.stream, .shell].contains($0.carrier) && $0.phase != .over } }

  func place(_ number: ProbeChannel) -> Int? { channels.firstIndex { $0.number == number } }

  func place(_ carrier: Channel.Carrier, session: Int) -> Int? {
    channels.firstIndex { $0.carrier == carrier && $0.session == session && $0.phase != .over }
  }

  /// Tells the probe, which may want something done.
  func tell(_ event: ProbeEvent, at now: MonotonicInstant) {
    guard !isOver else { return }
    if case .failed = event {
      failures += 1
      if failures > Self.failureLimit { isExpired = true }
    }
    pending += probe.handle(event, at: now)
  }

  /// Tells a login by SSH what came of it.
  func tell(_ event: ShellEvent, at now: MonotonicInstant) {
    guard !isOver, var login = probe as? any ShellLogin else { return }
    pending += login.handle(event, at: now)
    probe = login
  }

  func note(received octets: [UInt8], _ place: Int) {
    channels[place].received += octets.prefix(max(0, Self.octetLimit - channels[place].received.count))
  }

  func note(sent octets: [UInt8], _ place: Int) {
    channels[place].sent += octets.prefix(max(0, Self.octetLimit - channels[place].sent.count))
  }

  /// When the capture has handed over what the sockets received, as far as can be told: what no capture sees is not
  /// waited for.
  func isCaptured(at now: MonotonicInstant, since ended: MonotonicInstant) -> Bool {
    let received = channels.reduce(0) { $0 + $1.received.count }
    if received == 0 { return true }
    let ends = channels.count { $0.carrier != .datagrams }
    if capturedOctets >= received, ends > 0, capturedEnds.count >= ends { return true }
    let isShort = capturedOctets > 0 && capturedOctets < received
    return now >= ended + (isShort ? Self.captureLimit : Self.captureDelay)
  }

  /// What was said on the last channel that was used: the one that told what the service is. A continuation of the run
  /// reads it in the last response that is evidence.
  var said: [UInt8] { (channels.last { !$0.isMute } ?? channels.first)?.received ?? [] }
}
