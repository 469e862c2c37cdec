public import Authority
public import Credentials
public import Probes
internal import Records

extension SocketDialer: LoginDialer {
  public func enter(_ session: Int, _ octets: [UInt8], under permit: borrowing LoginPermit) -> SendOutcome {
    guard let reason = refusal(session, permit) else { return send(session, octets) }
    return .refused(reason)
  }

  public func enter(_ session: Int, _ octets: [UInt8], spending permit: consuming LoginPermit) -> SendOutcome {
    guard let reason = refusal(session, permit) else { return send(session, octets) }
    return .refused(reason)
  }

  /// A permit is for one service of one address, and the consent must still be valid.
  private func refusal(_ session: Int, _ permit: borrowing LoginPermit) -> String? {
    guard let known = place(of: session) else { return "the connection is not open" }
    guard permit.isFor(known.address, .tcp, known.port) else { return permitElsewhere }
    return loginRefusal(known, permit.technique).map { "\($0)" }
  }
}

/// Why a permit is not taken.
let permitElsewhere = "the permit is for another service"
