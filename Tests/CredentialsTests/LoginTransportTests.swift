import Addressing
import Credentials
import Probes
import Records
import Testing

/// Which services are logged in to by what.
struct LoginTransportTests {
  private func transports(
    _ name: ProtocolName?, tls: Bool = false, state: PortState = .open, transport: Transport = .tcp,
    claim source: String? = nil
  ) -> [LoginTransport] {
    let service = Service(
      endpoint: ServiceEndpoint(transport: transport, port: 8080), state: state, protocolName: name, tls: tls)
    var device = Device(mac: MACAddress(rawValue: 0x0200_0000_0001), addresses: [], services: [service])
    if let source { device.claims = [Claim(.model, "Cam", source: source, confidence: .medium)] }
    return LoginTransport.all(for: service, of: device)
  }

  @Test func `web servers are, with TLS and without, and streaming servers without`() {
    #expect(transports(.http) == [.http] && transports(.http, tls: true) == [.http])
    #expect(transports(.rtsp) == [.rtsp] && transports(.rtsp, tls: true).isEmpty)
    #expect(transports(.http, state: .closed).isEmpty && transports(nil).isEmpty)
    #expect(transports(.http, transport: .udp).isEmpty)
  }

  @Test func `a web server is an ONVIF device's where the device has answered as one`() {
    for source in ["udp/3702 ws-discovery hardware", "tcp/80 onvif Model"] {
      #expect(transports(.http, claim: source) == [.http, .onvif])
      #expect(transports(.rtsp, claim: source) == [.rtsp])
    }
    #expect(transports(.http, claim: "tcp/80 http Server") == [.http])
  }

  @Test func `an agent that has not answered may be there at its usual port alone, and speaks no version 3`() throws {
    #expect(Service.silentAgent.endpoint == ServiceEndpoint(transport: .udp, port: 161))
    let device = Device(mac: MACAddress(rawValue: 0x0200_0000_0001), addresses: [])
    #expect(LoginTransport.all(for: .silentAgent, of: device) == [.snmp])
    for (port, state) in [(162, PortState.openOrFiltered), (161, .closed), (161, .open)] as [(UInt16, PortState)] {
      let other = Service(endpoint: ServiceEndpoint(transport: .udp, port: port), state: state)
      #expect(LoginTransport.all(for: other, of: device).isEmpty)
    }
    let address = try #require(IPAddress("192.0.2.7"))
    for profile in try Rules.credentials().all where profile.transports.contains(.snmp) {
      let machine = LoginTransport.snmp.machine(.silentAgent, profile, at: address, seed: 1)
      let hasUsers = if case .version3 = profile.snmp { true } else { false }
      #expect((machine == nil) == hasUsers, "\(profile.id)")
    }
  }

  @Test(arguments: ["192.0.2.7", "fe80::1", "2001:db8::7"])
  func `each has a machine, in either family`(_ address: String) throws {
    let address = try #require(IPAddress(address))
    let profile = try CredentialList(lines: Array("admin:x\n".utf8), file: "f").profile(like: nil)
    for transport in [LoginTransport.http, .rtsp, .onvif] {
      let service = Service(endpoint: ServiceEndpoint(transport: .tcp, port: 80), state: .open)
      let machine = try #require(transport.machine(service, profile, at: address, seed: 1))
      let sheet = type(of: machine).sheet
      #expect(sheet == transport.sheet && sheet.technique == .defaultCredentials)
    }
  }
}
