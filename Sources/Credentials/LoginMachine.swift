public import Addressing
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
  /// How a login that was accepted ended.
  var ending: LoginEnding { get }
}

extension LoginMachine {
  public var ending: LoginEnding { .loggedOut }
}

/// What became of the session that a login opened.
public enum LoginEnding: Hashable, Sendable {
  case loggedOut
  /// Each request has its own name and password; there was no session.
  case nothingOpen
  /// Nothing says how to log out: it ends when its time is up.
  case left
}

/// By what a service is logged in to.
public enum LoginTransport: String, Hashable, Sendable, CaseIterable {
  case telnet, ssh, http, ftp, snmp, mqtt, rtsp, onvif, vnc, redis

  /// By what a service of a device may be logged in to, by what it speaks.
  public static func all(for service: Service, of device: Device) -> [LoginTransport] {
    if service == .silentAgent { return [.snmp] }
    guard service.state == .open, let name = service.protocolName else { return [] }
    return allCases.filter { $0.fits(service.endpoint.transport, name, tls: service.tls, device) }
  }

  private func fits(_ transport: Transport, _ name: ProtocolName, tls: Bool, _ device: Device) -> Bool {
    switch self {
    case .telnet: transport == .tcp && name == .telnet && !tls
    case .ftp: transport == .tcp && name == .ftp && !tls
    case .vnc: transport == .tcp && name == .rfb && !tls
    case .redis: transport == .tcp && name == .redis && !tls
    case .http: transport == .tcp && name == .http
    case .rtsp: transport == .tcp && name == .rtsp && !tls
    case .onvif: transport == .tcp && name == .http && device.speaksONVIF
    case .ssh: transport == .tcp && name == .ssh && !tls
    case .snmp: transport == .udp && name == .snmp
    case .mqtt: transport == .tcp && name == .mqtt && !tls
    }
  }

  /// What it does to the other side.
  public var sheet: ProbeSheet {
    switch self {
    case .telnet: TelnetLogin.sheet
    case .ftp: FTPLogin.sheet
    case .vnc: VNCLogin.sheet
    case .redis: RedisLogin.sheet
    case .http: HTTPLogin.sheet
    case .rtsp: RTSPLogin.sheet
    case .onvif: ONVIFLogin.sheet
    case .ssh: SSHLogin.sheet
    case .snmp: SNMPLogin.sheet
    case .mqtt: MQTTLogin.sheet
    }
  }

  /// An attempt on a service, by a profile's recipe for it; nil where the recipe is none.
  /// - Parameters:
  ///   - address: of the device, for what names it in its messages.
  ///   - seed: for numbers that nobody else uses.
  public func machine(
    _ service: Service, _ profile: CredentialProfile, at address: IPAddress, seed: UInt64
  ) -> (any LoginMachine)? {
    let port = service.endpoint.port
    return switch self {
    case .telnet: TelnetLogin(port: port, recipe: profile.telnet)
    case .ftp: FTPLogin(port: port)
    case .vnc: VNCLogin(port: port)
    case .redis: RedisLogin(port: port, hasName: profile.pairs.first?.account.isEmpty == false)
    case .http: HTTPLogin(address: address, port: port, secure: service.tls, recipe: profile.http, seed: seed)
    case .rtsp: RTSPLogin(address: address, port: port, seed: seed)
    case .onvif: ONVIFLogin(port: port, secure: service.tls, seed: seed)
    case .ssh: SSHLogin(port: port)
    case .snmp: Self.snmp(service, profile)
    case .mqtt: MQTTLogin(port: port)
    }
  }

  /// nil where pairs with a name would be tried as communities, or those without one as users, as of a list.
  private static func snmp(_ service: Service, _ profile: CredentialProfile) -> (any LoginMachine)? {
    guard profile.pairs.allSatisfy(profile.snmp.fits) else { return nil }
    let (port, isSilent) = (service.endpoint.port, service == .silentAgent)
    return switch profile.snmp {
    case .version1: SNMPLogin(port: port, version: .v1, isSilent: isSilent)
    case .version2c: SNMPLogin(port: port, isSilent: isSilent)
    // Whoever speaks version 3 has answered its discovery.
    case .version3 where isSilent: nil
    case .version3(let authentication, let context):
      SNMPUserLogin(port: port, authentication: authentication, context: context)
    }
  }
}

extension Service {
  /// Where an SNMP agent may be that speaks no version 3 and answers to its own communities alone: the usual port, as long as
  /// nothing came back from it. A filter looks the same.
  public static let silentAgent = Service(
    endpoint: ServiceEndpoint(transport: .udp, port: 161), state: .openOrFiltered)
}

extension Device {
  /// It has answered as an ONVIF device: the probe makes claims of such an answer alone.
  fileprivate var speaksONVIF: Bool {
    claims.contains { $0.source.contains(" ws-discovery ") || $0.source.contains(" onvif ") }
  }
}
