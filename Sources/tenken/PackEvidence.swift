internal import Addressing
internal import Audit
internal import Engine
internal import Evidence
internal import LinkIO
internal import Records
internal import Redaction
internal import Wire

/// Puts a run's evidence into a pack, with secrets and what names people masked.
final class PackEvidence: EvidenceSink {
  private let pack: PackWriter
  private let space: ProbeSpace
  private let redaction: CaptureRedaction
  private var interfaces: [String: CaptureInterface] = [:]

  let capturesEverything: Bool

  /// - Parameters:
  ///   - space: the ports, in the order in which they are asked.
  ///   - capturesEverything: every frame is kept, in the pack's ring.
  init(_ pack: PackWriter, space: ProbeSpace, _ redaction: CaptureRedaction, capturesEverything: Bool) {
    self.pack = pack
    self.space = space
    self.redaction = redaction
    self.capturesEverything = capturesEverything
  }

  func record(_ type: String, at moment: Timestamp, _ fields: some Encodable & Sendable) throws {
    guard let masked = try redaction.fields(fields) else {
      return try pack.append(RunEvent(type: type, at: moment, fields: fields))
    }
    try pack.append(RunEvent(type: type, at: moment, fields: masked))
  }

  /// Writes a file masked, and the line that says so.
  private func write(_ octets: [UInt8], to path: String) throws {
    let (written, masked) = try redaction.file(octets, at: path)
    try pack.write(written, to: inPayload(path))
    try note(masked, at: path)
  }

  private func note(_ masked: [Redaction], at path: String) throws {
    guard !masked.isEmpty else { return }
    let event = RedactedEvent(path: path, redactions: masked.map(\.part))
    try pack.append(RunEvent(type: RedactedEvent.type, at: SystemClock.wall, fields: event))
  }

  func frame(_ frame: CapturedFrame, interface: String, filter: String) throws {
    let (masked, comment) = try redaction.capturedFrame(frame)
    try pack.appendFrame(masked, interface: capture(interface, filter), comment: comment)
  }

  func anyFrame(_ frame: CapturedFrame, interface: String, filter: String) throws {
    let (masked, comment) = try redaction.capturedFrame(frame, at: CaptureRedaction.ringPath)
    try pack.appendToRing(masked, interface: capture(interface, filter), comment: comment)
  }

  func conversation(_ name: String, request: [UInt8], response: [UInt8]) throws {
    let paths = PackPath.conversation(name)
    try write(request, to: paths.request)
    try write(response, to: paths.response)
  }

  func withheld(_ name: String, request: [UInt8], response: [UInt8]) throws {
    try write(request, to: PackPath.conversation(name).request)
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
    let folder = "data/findings/\(finding.id)"
    let (sent, sentMasked) = try redaction.file(request, at: "\(folder)/request.bin")
    let (received, receivedMasked) = try redaction.file(response, at: "\(folder)/response.bin")
    let slice = redaction.slice(frames)
    let notes = slice.enumerated().compactMap { place, frame in frame.comment.map { (place, $0) } }
    try pack.write(
      finding: try redaction.value(finding), stimulus: sent, response: received,
      withheld: withheld.map(FindingTranscript.described), frames: slice.map(\.frame),
      notes: Dictionary(uniqueKeysWithValues: notes),
      interface: interfaces[interface] ?? CaptureInterface(name: interface))
    // What stands in both is told of each: the transcript shows what the two files hold.
    try note(sentMasked, at: "\(folder)/request.bin")
    try note(receivedMasked, at: "\(folder)/response.bin")
    try note(sentMasked + receivedMasked, at: "\(folder)/transcript.txt")
    try note(slice.flatMap(\.redactions), at: "\(folder)/slice.pcapng")
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
    try write(Array(head.utf8) + redacted, to: PackPath.login(name))
  }

  /// Its evidence stands where the logins are.
  func finding(_ finding: Finding, logins names: [String]) throws {
    try pack.writeJSON(redaction.value(finding), to: "findings/\(finding.id)/finding.json")
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
