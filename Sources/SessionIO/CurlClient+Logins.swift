public import Addressing
public import Authority
public import Credentials
public import Probes
public import Records

extension CurlClient: LoginClient {
  public func begin(
    _ request: HTTPRequest, to address: IPAddress, zone: Int32?, mac: MACAddress?, from source: IPAddress?,
    spending permit: consuming LoginPermit
  ) -> SessionOpening {
    guard permit.isFor(address, .tcp, request.port) else { return .refused(permitElsewhere) }
    return begin(
      request, to: address, zone: zone, mac: mac, from: source, within: permit.technique)
  }

  public func begin(
    _ request: HTTPRequest, to address: IPAddress, zone: Int32?, mac: MACAddress?, from source: IPAddress?,
    within technique: Technique
  ) -> SessionOpening {
    let service = ServiceEndpoint(transport: .tcp, port: request.port)
    if let refusal = gate.refusal(ofLoginTo: address, service: service, mac: mac, technique: technique, at: wall()) {
      return .refused("\(refusal)")
    }
    return begin(request, to: address, zone: zone, mac: mac, from: source, logsIn: true)
  }
}
