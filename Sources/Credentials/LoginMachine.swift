public import Probes
public import Records

/// One attempt to log in to a service, with a name and a password that it does not know.
public protocol LoginMachine: Probe {
  /// nil until it is over.
  var outcome: LoginOutcome? { get }
  /// From the connection to the service's first question or answer; nil while none came.
  var latency: Duration? { get }
  /// Something was entered, so that the device may have counted it.
  var hasEntered: Bool { get }
  var transcript: LoginTranscript { get }
}

/// By what a service is logged in to.
public enum LoginTransport: String, Hashable, Sendable, CaseIterable {
  case telnet, ssh, http, ftp, snmp, mqtt, rtsp, onvif, vnc, redis

  /// By what a service of a device may be logged in to, by what it speaks.
  public static func all(for service: Service) -> [LoginTransport] {
    guard service.state == .open, let name = service.protocolName else { return [] }
    return allCases.filter { $0.fits(service.endpoint.transport, name, tls: service.tls) }
  }

  private func fits(_ transport: Transport, _ name: ProtocolName, tls: Bool) -> Bool {
    switch self {
    case .telnet: transport == .tcp && name == .telnet && !tls
    case .ssh: transport == .tcp && name == .ssh && !tls
    case .snmp: transport == .udp && name == .snmp
    case .mqtt: transport == .tcp && name == .mqtt && !tls
    case .http, .ftp, .rtsp, .onvif, .vnc, .redis: false
    }
  }

  /// What it does to the other side; nil where nothing is built for it yet.
  public var sheet: ProbeSheet? {
    switch self {
    case .telnet: TelnetLogin.sheet
    case .ssh: SSHLogin.sheet
    case .snmp: SNMPLogin.sheet
    case .mqtt: MQTTLogin.sheet
    case .http, .ftp, .rtsp, .onvif, .vnc, .redis: nil
    }
  }

  /// An attempt on a service, by a profile's recipe for it.
  public func machine(_ service: Service, _ profile: CredentialProfile) -> (any LoginMachine)? {
    switch self {
    case .telnet: TelnetLogin(port: service.endpoint.port, recipe: profile.telnet)
    case .ssh: SSHLogin(port: service.endpoint.port)
    case .snmp: SNMPLogin(port: service.endpoint.port)
    case .mqtt: MQTTLogin(port: service.endpoint.port)
    case .http, .ftp, .rtsp, .onvif, .vnc, .redis: nil
    }
  }
}
