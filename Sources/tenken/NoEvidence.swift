internal import Audit
internal import Engine
internal import Records
internal import Wire

/// For runs without a pack: what is found goes to standard output and nowhere else.
final class NoEvidence: EvidenceSink {
  var isKept: Bool { false }
  func record(_ type: String, at moment: Timestamp, _ fields: some Encodable & Sendable) {}
  func frame(_ frame: CapturedFrame, interface: String, filter: String) {}
  func conversation(_ name: String, request: [UInt8], response: [UInt8]) {}
  func withheld(_ name: String, request: [UInt8], response: [UInt8]) {}
  func response(at path: String) -> [UInt8] { [] }
  func finding(
    _ finding: Finding, request: [UInt8], response: [UInt8], withheld: [[UInt8]], frames: [CapturedFrame],
    interface: String
  ) {}
  func login(_ name: String, transcript: String, sent: [UInt8]?, received: [UInt8]) {}
  func finding(_ finding: Finding, logins names: [String]) {}
  func ports(_ record: PortRecord) {}
  func settled(_ ports: [SettledPorts], at moment: Timestamp) {}
  func synchronise() {}
}
