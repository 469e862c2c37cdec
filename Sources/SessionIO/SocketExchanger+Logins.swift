public import Authority
public import Credentials
public import Probes
internal import Records

extension SocketExchanger: LoginExchanger {
  public func enter(_ session: Int, _ octets: [UInt8], spending permit: consuming LoginPermit) -> SendOutcome {
    guard let (address, port, mac) = place(of: session) else { return .refused("the socket is not open") }
    guard permit.isFor(address, .udp, port) else { return .refused(permitElsewhere) }
    let service = ServiceEndpoint(transport: .udp, port: port)
    if let refusal = gate.refusal(
      ofLoginTo: address, service: service, mac: mac, technique: permit.technique, at: wall())
    {
      return .refused("\(refusal)")
    }
    return send(session, octets)
  }
}
