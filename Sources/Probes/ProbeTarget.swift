public import Addressing
public import Certificates
public import Records

/// What is known of a service when its probes are chosen.
public struct ProbeTarget: Hashable, Sendable {
  /// For what a protocol wants to have written into its messages (a Host header, a URL); the driver knows where to send.
  public let address: IPAddress
  public let endpoint: ServiceEndpoint
  /// nil while nothing identifies it.
  public let protocolName: ProtocolName?
  /// What it speaks is spoken inside TLS.
  public let tls: Bool
  /// What the service said when it was identified: its greeting, or its answer to the question that told. For UDP
  /// the answer to the scan's question. A run that is continued reads it in its evidence.
  public let said: [UInt8]
  /// Questions to which the conversation that told what the service is has given a verdict already.
  public let answered: Set<String>
  /// What the device has said of itself so far.
  public let claims: [Claim]
  /// For names and numbers that nobody else uses; another one for each target and run.
  public let seed: UInt64
  /// The time of day, for what is valid until some day. Whether a question is asked must not depend on it.
  public let moment: Timestamp
  /// Authorities that clients know; nil where nobody gave any.
  public let authorities: PublicAuthorities?

  public init(
    address: IPAddress, endpoint: ServiceEndpoint, protocolName: ProtocolName?, tls: Bool = false, said: [UInt8] = [],
    answered: Set<String> = [], claims: [Claim] = [], seed: UInt64, moment: Timestamp,
    authorities: PublicAuthorities? = nil
  ) {
    self.address = address
    self.endpoint = endpoint
    self.protocolName = protocolName
    self.tls = tls
    self.said = said
    self.answered = answered
    self.claims = claims
    self.seed = seed
    self.moment = moment
    self.authorities = authorities
  }
}
