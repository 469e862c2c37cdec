public import Engine
public import Records
public import Wire

/// Where a run puts its evidence while it goes on. Every call is durable against a kill of the
/// process; ``synchronise()`` makes the past second durable against a power cut.
public protocol EvidenceSink: AnyObject {
  func record(_ type: String, at moment: Timestamp, _ fields: some Encodable & Sendable) throws
  func frame(_ frame: CapturedFrame, interface: String, filter: String) throws
  /// Whether every frame is wanted, not only those that are evidence.
  var capturesEverything: Bool { get }
  /// A frame that was sent or received, whatever it is; those of logins never come here.
  func anyFrame(_ frame: CapturedFrame, interface: String, filter: String) throws
  /// What was sent to and received from a service that is no finding (yet).
  func conversation(_ name: String, request: [UInt8], response: [UInt8]) throws
  /// The same where the answer is not kept: what is written of it is how much it was and its digest.
  func withheld(_ name: String, request: [UInt8], response: [UInt8]) throws
  /// What ``conversation(_:request:response:)`` kept as a response, by its path in the pack, in this run or an earlier
  /// part of it.
  func response(at path: String) throws -> [UInt8]
  /// - Parameter withheld: what came on each connection whose octets are not kept, for their number and digests.
  func finding(
    _ finding: Finding, request: [UInt8], response: [UInt8], withheld: [[UInt8]], frames: [CapturedFrame],
    interface: String
  ) throws
  /// A login: `transcript` is kept, the octets are not; what is written of them is their number and their digest.
  func login(_ name: String, transcript: String, sent: [UInt8]?, received: [UInt8]) throws
  /// A finding that logins rest on: `transcripts` are those of ``login(_:transcript:sent:received:)``, by name.
  func finding(_ finding: Finding, logins names: [String]) throws
  func ports(_ record: PortRecord) throws
  /// Ports that reached a final state since the last call: what a continuation need not ask again.
  func settled(_ ports: [SettledPorts], at moment: Timestamp) throws
  /// Whether what is written is kept: without a pack nothing needs to be remembered for one.
  var isKept: Bool { get }
  func synchronise() throws
}

extension EvidenceSink {
  public var capturesEverything: Bool { false }
  public func anyFrame(_ frame: CapturedFrame, interface: String, filter: String) throws {}
}
