import Addressing
import Audit
import Engine
import Foundation
import Records
import Wire

/// Keeps the evidence of a run in memory, and can be made to fail.
final class MemorySink: EvidenceSink {
  struct Full: Error, Hashable {}
  /// A file of a pack is written once.
  struct Exists: Error, Hashable { let path: String }
  struct Missing: Error, Hashable { let path: String }

  struct FindingFiles {
    let finding: Finding
    let response: [UInt8]
    var withheld: [[UInt8]] = []
    let frames: [CapturedFrame]
    let interface: String
  }

  /// Events of the run's log, by type.
  private(set) var events: [String: [String]] = [:]
  /// The log as a pack holds it: an object a line, with its type, time and number.
  private(set) var journal: [Data] = []
  private(set) var frames: [CapturedFrame] = []
  private(set) var conversations: [String: [UInt8]] = [:]
  /// What came where octets are not kept: a pack has its digest.
  private(set) var withheld: [String: [UInt8]] = [:]
  /// What was sent to each service, by the same names.
  private(set) var questions: [String: [UInt8]] = [:]
  private(set) var requests = 0
  private(set) var findings: [FindingFiles] = []
  struct Login {
    let transcript: String
    let sent: [UInt8]?
    let received: [UInt8]
  }

  private(set) var logins: [String: Login] = [:]
  private(set) var ports: [PortRecord] = []
  private(set) var settled: [SettledPorts] = []
  private(set) var synchronisations = 0
  private var writes = 0
  /// Whether what is written is to be remembered, as in a pack.
  var isKept = true
  /// Responses of the run that this one continues, by the same names.
  var earlier: [String: [UInt8]] = [:]
  /// From this write on nothing can be kept.
  var failsFrom: Int?

  private func write() throws {
    writes += 1
    if let failsFrom, writes >= failsFrom { throw Full() }
  }

  func record(_ type: String, at moment: Timestamp, _ fields: some Encodable & Sendable) throws {
    try write()
    let octets = try JSONEncoder().encode(fields)
    events[type, default: []].append(String(decoding: octets, as: UTF8.self))
    guard var line = try JSONSerialization.jsonObject(with: octets) as? [String: Any] else { return }
    line["seq"] = journal.count + 1
    line["type"] = type
    line["at"] = moment.rfc3339(offsetMinutes: 0)
    journal.append(try JSONSerialization.data(withJSONObject: line))
  }

  func frame(_ frame: CapturedFrame, interface: String, filter: String) throws {
    try write()
    frames.append(frame)
  }

  func conversation(_ name: String, request: [UInt8], response: [UInt8]) throws {
    try write()
    requests += request.count
    guard conversations[name] == nil else { throw Exists(path: name) }
    conversations[name] = response
    questions[name] = request
  }

  func withheld(_ name: String, request: [UInt8], response: [UInt8]) throws {
    try write()
    guard conversations[name] == nil, withheld[name] == nil else { throw Exists(path: name) }
    withheld[name] = response
    questions[name] = request
  }

  func response(at path: String) throws -> [UInt8] {
    for (name, octets) in earlier.merging(conversations, uniquingKeysWith: { $1 })
    where PackPath.conversation(name).response == path { return octets }
    throw Missing(path: path)
  }

  func finding(
    _ finding: Finding, request: [UInt8], response: [UInt8], withheld: [[UInt8]], frames: [CapturedFrame],
    interface: String
  ) throws {
    try write()
    requests += request.count
    findings.append(
      FindingFiles(finding: finding, response: response, withheld: withheld, frames: frames, interface: interface))
  }

  func login(_ name: String, transcript: String, sent: [UInt8]?, received: [UInt8]) throws {
    try write()
    guard logins[name] == nil else { throw Exists(path: name) }
    logins[name] = Login(transcript: transcript, sent: sent, received: received)
  }

  func finding(_ finding: Finding, logins names: [String]) throws {
    try write()
    findings.append(FindingFiles(finding: finding, response: [], frames: [], interface: ""))
  }

  func ports(_ record: PortRecord) throws {
    try write()
    let path = PackPath.ports(record.device)
    guard !ports.contains(where: { PackPath.ports($0.device) == path }) else { throw Exists(path: path) }
    ports.append(record)
  }

  func settled(_ ports: [SettledPorts], at moment: Timestamp) throws {
    try write()
    settled += ports
  }

  func synchronise() throws {
    try write()
    synchronisations += 1
  }
}
