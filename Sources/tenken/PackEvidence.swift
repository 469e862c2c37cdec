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

  /// - Parameter space: the ports, in the order in which they are asked.
  init(_ pack: PackWriter, space: ProbeSpace) {
    self.pack = pack
    self.space = space
  }

  func record(_ type: String, at moment: Timestamp, _ fields: some Encodable & Sendable) throws {
    try pack.append(RunEvent(type: type, at: moment, fields: fields))
  }

  func frame(_ frame: CapturedFrame, interface: String, filter: String) throws {
    try pack.appendFrame(frame, interface: capture(interface, filter))
  }

  func conversation(_ name: String, request: [UInt8], response: [UInt8]) throws {
    let paths = PackPath.conversation(name)
    try pack.write(request, to: inPayload(paths.request))
    try pack.write(response, to: inPayload(paths.response))
  }

  func response(at path: String) throws -> [UInt8] {
    guard let octets = try PackReader(pack.path).octets(of: inPayload(path)) else {
      throw CommandFailure(.failed, "\(pack.path)/\(path) is gone, so the run cannot be continued")
    }
    return octets
  }

  func finding(
    _ finding: Finding, request: [UInt8], response: [UInt8], frames: [CapturedFrame], interface: String
  ) throws {
    try pack.write(
      finding: finding, stimulus: request, response: response, frames: frames,
      interface: interfaces[interface] ?? CaptureInterface(name: interface))
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
