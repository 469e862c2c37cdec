/// One connection of an emulated device, from its SYN to its last place in the pool.
struct TCPConnection: Hashable {
  enum Phase: Hashable {
    case synReceived
    case established
    /// Our FIN is out.
    case closing
    /// Over for both, but the stack still holds its block (as TIME-WAIT does, RFC 9293 §3.3.2).
    case held
  }

  var phase = Phase.synReceived
  var peerMAC: [UInt8]
  var sendUnacknowledged: UInt32
  var sendNext: UInt32
  var receiveNext: UInt32
  var peerTimestamp: UInt32?
  /// Octets sent and not acknowledged yet; always few enough for one segment.
  var flight: [UInt8] = []
  var isPeerClosed = false
  /// What came in and no service has used yet.
  var inbox: [UInt8] = []
  var resendAt: Nanoseconds?
  var resends = 0
  var expiresAt: Nanoseconds?

  /// Everything we sent, our FIN included, has arrived.
  var isAcknowledged: Bool { sendUnacknowledged == sendNext }
}

/// Connections by who they are with. The numbers a weak stack fails at are kept, not counted anew for each SYN.
struct TCPTable: Hashable {
  struct Key: Hashable {
    var peer: UInt32
    var peerPort: UInt16
    var port: UInt16
  }

  private(set) var connections: [Key: TCPConnection] = [:]
  private(set) var halfOpen = 0
  private var halfOpenByPort: [UInt16: Int] = [:]

  var count: Int { connections.count }

  func halfOpen(at port: UInt16) -> Int { halfOpenByPort[port] ?? 0 }

  subscript(key: Key) -> TCPConnection? {
    get { connections[key] }
    set {
      let before = connections[key]?.phase == .synReceived ? 1 : 0
      let after = newValue?.phase == .synReceived ? 1 : 0
      connections[key] = newValue
      halfOpen += after - before
      halfOpenByPort[key.port, default: 0] += after - before
    }
  }

  mutating func removeAll() { self = TCPTable() }
}
