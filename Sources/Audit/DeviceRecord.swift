internal import Addressing
internal import Credentials
internal import Records

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
  /// Probes that wait for their turn.
  var queue: [ProbeTask] = []
  var visit: Visit?
  /// Probes that were chosen for a service already, as ``ProbeTask/key(_:_:)``.
  var chosen: Set<String> = []
  /// How often probes were broken off in the run that this one continues, by the same keys.
  var breaks: [String: Int] = [:]
  /// What Telnet services said before anything was sent to them, by port.
  var greetings: [UInt16: [UInt8]] = [:]
  /// Logins on its services, one service after the other; nil while they were not thought of.
  var logins: [LoginCourse]?
  /// When the next attempt of a list may be made.
  var listDue: MonotonicInstant?
  /// The transcripts of the course that is first among them.
  var loginNames: [String] = []
  /// Logins whose transcripts are kept, of every course.
  /// The figures, fixed when nothing is left to do.
  var coverage: DeviceCoverage?
}
