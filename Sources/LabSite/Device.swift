/// One piece of equipment on the lab's network, as it is raised and as `truth` describes it.
public struct Device: Hashable, Sendable {
  /// What a port nobody listens on does with a SYN.
  public enum ClosedPorts: String, Hashable, Sendable {
    case reset = "rst"
    case silent
    /// It is answered as if somebody did.
    case accepted = "syn-ack"
  }

  /// Also the name of its network namespace, so at most 12 characters: `v-` and a name make an interface.
  public var name: String
  /// Nil on a device that has no IPv4.
  public var address: String?
  public var mac: String
  public var identity = Identity()
  /// As ieee-data spells the holder of the MAC's first three octets.
  public var vendor: String
  public var kind: String
  public var services: [Service]
  public var answersPing = true
  public var closedPorts = ClosedPorts.reset
  /// A fragile device dies above this many frames within any second.
  public var diesAbovePacketsPerSecond: Int?
  public var isHardened = false
  /// Whom a real login lets in: root, or one beside it.
  var account = "root"
  /// The hash of the account's password (crypt(3)), where a real login asks for it; nil for the one of most cameras. Empty
  /// where none is needed.
  var passwordHash: String?
  /// Not nil: its TCP/IP stack is ``EmulatedDevice``, not the kernel's.
  public var victim: Victim?
  public var speaksIPv6 = false
  /// Whether it answers an echo request to ff02::1.
  public var answersAllNodes = true
  /// What is wrong with it, in a few words; nil on the standard site.
  public var weakness: String?
  /// What an audit with the default profile has to report.
  public var expectation: Expectation? { weakness.map { Expectation(of: self, weakness: $0) } }

  /// The address of modified EUI-64 (RFC 4291 §2.5.6, appendix A): the MAC with one bit turned and ff:fe in its middle.
  public var linkLocal: String? {
    guard speaksIPv6 else { return nil }
    let mac = octets(of: mac, separator: ":", radix: 16)
    let identifier: [UInt8] = [mac[0] ^ 2, mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]]
    let groups = stride(from: 0, to: 8, by: 2).map { String(identifier.number16(at: $0), radix: 16) }
    return "fe80::" + groups.joined(separator: ":")
  }

  /// What its page is called.
  var title: String { identity.title ?? "\(vendor) \(kind)" }

  public var telnetPorts: [UInt16] {
    services.filter { $0.isTelnet }.map(\.port).sorted()
  }
}

/// One listening port, and the program behind it.
public struct Service: Hashable, Sendable {
  public enum Transport: String, Hashable, Sendable {
    case tcp
    case udp
  }

  public var port: UInt16
  public var transport = Transport.tcp
  public var daemon: Daemon
  /// The name `truth` gives the application protocol; nil where there is none to name.
  public var applicationProtocol: String? {
    daemon == .emulatedPrinting && port == 515 ? "lpd" : daemon.applicationProtocol
  }

  public var isTelnet: Bool { applicationProtocol == "telnet" }

  /// The checks that an audit must find to be met here, by the names that its packs use.
  public var weaknesses: [String] { daemon.weaknesses }

  init(_ port: UInt16, _ daemon: Daemon, over transport: Transport = .tcp) {
    self.port = port
    self.transport = transport
    self.daemon = daemon
  }
}
