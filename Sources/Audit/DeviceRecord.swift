internal import Addressing
internal import Probes
internal import Records
internal import Wire

/// One address under audit: its device's facts so far and the connections still to be made.
struct DeviceRecord {
  enum Phase { case scanning, checkingAlive, done }

  let segment: Int
  let address: IPv4Address
  let mac: MACAddress
  var coverage: DeviceCoverage
  var phase = Phase.scanning
  var scanFinished = false
  /// Open ports that nobody has listened to yet.
  var queue: [UInt16] = []
  var visit: Visit?
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
