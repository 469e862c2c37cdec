/// One piece of equipment on the lab's network, as it is raised and as `truth` describes it.
public struct Device: Hashable, Sendable {
  /// What a port nobody listens on does with a SYN.
  public enum ClosedPorts: String, Hashable, Sendable {
    case reset = "rst"
    case silent
  }

  /// Also the name of its network namespace, so at most 12 characters: `v-` and a name make an interface.
  public var name: String
  public var address: String
  public var mac: String
  /// As ieee-data spells the holder of the MAC's first three octets.
  public var vendor: String
  public var kind: String
  public var services: [Service]
  public var answersPing = true
  public var closedPorts = ClosedPorts.reset
  /// A fragile device dies above this many frames within any second.
  public var diesAbovePacketsPerSecond: Int?
  public var isHardened = false

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

  public enum Daemon: String, Hashable, Sendable, CaseIterable {
    case busyboxTelnetd = "busybox telnetd"
    case busyboxHTTPd = "busybox httpd"
    case inetutilsTelnetd = "inetutils telnetd"
    case lighttpd
    case nginx
    case nginxTLS = "nginx (TLS)"
    case vsftpd
    case openSSH = "OpenSSH"
    case hardenedOpenSSH = "OpenSSH (hardened)"
    case dropbear
    case mosquitto
    case snmpd
    case jetDirectSink = "tenken-lab JetDirect sink"
    case serialConsole = "tenken-lab serial console"
  }

  public var port: UInt16
  public var transport = Transport.tcp
  public var daemon: Daemon
  /// The name `truth` gives the application protocol; nil where there is none to name.
  public var applicationProtocol: String? {
    switch daemon {
    // The serial console speaks nothing of RFC 854, but a login prompt in clear text is what a
    // Telnet client meets there, and what the check is about.
    case .busyboxTelnetd, .inetutilsTelnetd, .serialConsole: "telnet"
    case .busyboxHTTPd, .lighttpd, .nginx: "http"
    case .nginxTLS: "https"
    case .vsftpd: "ftp"
    case .openSSH, .hardenedOpenSSH, .dropbear: "ssh"
    case .mosquitto: "mqtt"
    case .snmpd: "snmp"
    case .jetDirectSink: "jetdirect"
    }
  }

  public var isTelnet: Bool { applicationProtocol == "telnet" }

  init(_ port: UInt16, _ daemon: Daemon, over transport: Transport = .tcp) {
    self.port = port
    self.transport = transport
    self.daemon = daemon
  }
}
