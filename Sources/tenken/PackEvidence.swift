internal import Addressing
internal import Audit
internal import Engine
internal import Evidence
internal import Records
internal import Wire

/// Puts a run's evidence into a pack.
final class PackEvidence: EvidenceSink {
  private let pack: PackWriter
  private let space: ProbeSpace
  private var interfaces: [String: CaptureInterface] = [:]

  let capturesEverything: Bool

  /// - Parameters:
  ///   - space: the ports, in the order in which they are asked.
  ///   - capturesEverything: every frame is kept, in the pack's ring.
  init(_ pack: PackWriter, space: ProbeSpace, capturesEverything: Bool) {
    self.pack = pack
    self.space = space
    self.capturesEverything = capturesEverything
  }

  func record(_ type: String, at moment: Timestamp, _ fields: some Encodable & Sendable) throws {
    try pack.append(RunEvent(type: type, at: moment, fields: fields))
  }

  func frame(_ frame: CapturedFrame, interface: String, filter: String) throws {
    try pack.appendFrame(frame, interface: capture(interface, filter))
  }

  func anyFrame(_ frame: CapturedFrame, interface: String, filter: String) throws {
    try pack.appendToRing(frame, interface: capture(interface, filter))
  }

  func conversation(_ name: String, request: [UInt8], response: [UInt8]) throws {
    let paths = PackPath.conversation(name)
    try pack.write(request, to: inPayload(paths.request))
    try pack.write(response, to: inPayload(paths.response))
  }

  func withheld(_ name: String, request: [UInt8], response: [UInt8]) throws {
    try pack.write(request, to: inPayload(PackPath.conversation(name).request))
    let line = "received and not kept: \(FindingTranscript.described(response))\n"
    try pack.write(Array(line.utf8), to: inPayload(PackPath.withheld(name)))
  }

  func response(at path: String) throws -> [UInt8] {
    guard let octets = try PackReader(pack.path).octets(of: inPayload(path)) else {
      throw CommandFailure(.failed, "\(pack.path)/\(path) is gone, so the run cannot be continued")
    }
    return octets
  }

  func finding(
    _ finding: Finding, request: [UInt8], response: [UInt8], withheld: [[UInt8]], frames: [CapturedFrame],
    interface: String
  ) throws {
    try pack.write(
      finding: finding, stimulus: request, response: response, withheld: withheld.map(FindingTranscript.described),
      frames: frames,
      interface: interfaces[interface] ?? CaptureInterface(name: interface))
  }

  func login(_ name: String, transcript: String, sent: [UInt8]?, received: [UInt8]) throws {
    let redacted = Array(transcript.utf8)
    func line(_ what: String, _ octets: [UInt8]) -> String {
      "\(what): \(FindingTranscript.described(octets))\n"
    }
    let head =
      "A login. What was entered is not shown, and neither octets nor frames of it were written.\n"
      + (sent.map { line("sent, as it was", $0) } ?? "sent: of an owner's own list, so that not even a digest is kept\n")
      + line("received, as it was", received) + line("the lines below", redacted) + "\n"
    try pack.write(Array(head.utf8) + redacted, to: inPayload(PackPath.login(name)))
  }

  /// Its evidence stands where the logins are.
  func finding(_ finding: Finding, logins names: [String]) throws {
    try pack.writeJSON(finding, to: "findings/\(finding.id)/finding.json")
  }

  func ports(_ record: PortRecord) throws {
    try pack.writeJSON(record, to: inPayload(PackPath.ports(record.device)))
  }

  var isKept: Bool { true }

  func settled(_ ports: [SettledPorts], at moment: Timestamp) throws {
    try pack.appendProgress(ports.flatMap { PortJournal.line($0, space: space) })
  }

  func synchronise() throws { try pack.synchronise() }

  /// The writer counts from the payload's folder.
  private func inPayload(_ path: String) -> String { String(path.dropFirst(PackPath.payload.count)) }

  private func capture(_ name: String, _ filter: String) -> CaptureInterface {
    if let known = interfaces[name] { return known }
    let made = CaptureInterface(name: name, filter: filter, snapLength: 2048)
    interfaces[name] = made
    return made
  }
}
