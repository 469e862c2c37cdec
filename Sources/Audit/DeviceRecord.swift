internal import Addressing
internal import Probes
internal import Records
internal import Wire

/// One address under audit: its device's facts so far and the connections still to be made.
struct DeviceRecord {
  enum Phase { case scanning, checkingAlive, done }

  let segment: Int
  let address: IPAddress
  let device: DeviceID
  /// nil behind a gateway.
  let mac: MACAddress?
  let from: Timestamp
  var deviceClass: DeviceClass
  let dropsBefore: Int
  var to: Timestamp
  var phase = Phase.scanning
  var scanFinished = false
  var aliveAfter: Bool?
  var stopped: LocalizedText?
  var distress: [Distress] = []
  /// Open ports that nobody has listened to yet.
  var queue: [UInt16] = []
  var visit: Visit?
  /// The figures, fixed when nothing is left to do.
  var coverage: DeviceCoverage?
}

/// An ordinary connection to an open port.
struct Visit {
  let port: UInt16
  /// nil while the budget has no room for the handshake.
  var session: Int?
  var localPort: UInt16?
  var conversation: GreetingConversation?
  var outcome: GreetingConversation.Outcome?
  var frames: [CapturedFrame] = []
  var startedAt: Timestamp?

  /// Frames kept for the slice of a finding.
  static let frameLimit = 512

  init(port: UInt16) { self.port = port }
}
