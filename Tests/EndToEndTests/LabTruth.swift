import Foundation

/// What `tenken-lab truth` says: written by the lab's authors, known to no part of tenken.
struct LabTruth: Decodable {
  struct Service: Decodable {
    let port: UInt16
    let telnet: Bool
    /// The checks that an audit must find to be met.
    let weaknesses: [String]
    let `protocol`: String?
    /// What a scope has to name before the service is looked at; nil where the lab's usual scope is enough.
    let technique: String?
  }

  struct Fragility: Decodable { let diesAbovePacketsPerSecond: Int }

  struct Device: Decodable {
    let name: String
    let address: String
    let mac: String
    let vendor: String
    var tcp: [Service]
    var udp: [Service]
    let telnetPorts: [UInt16]
    let closedPorts: String
    let fragile: Fragility?
    let hardened: Bool
    let answersPing: Bool
    /// What an inventory has to say of it; nil where it tells nothing that would allow more than a guess.
    var role: String?
    var maker: String?
    var model: String?
    var firmware: String?
  }

  private(set) var devices: [Device]

  /// - Parameter techniques: what the scope names beyond the usual one; services that need another are left out.
  static func read(with techniques: Set<String> = []) throws -> LabTruth {
    let outcome = try Program.run(Program.lab, ["truth"])
    var truth = try JSONDecoder().decode(LabTruth.self, from: Data(outcome.output.utf8))
    for index in truth.devices.indices {
      truth.devices[index].tcp.removeAll { $0.technique.map { !techniques.contains($0) } ?? false }
      truth.devices[index].udp.removeAll { $0.technique.map { !techniques.contains($0) } ?? false }
    }
    return truth
  }

  /// A part of the lab.
  func only(_ names: [String]) throws -> LabTruth {
    var part = self
    part.devices = try names.map { try device($0) }
    return part
  }

  /// How many findings an audit of these TCP ports, and of the UDP ports it knows, must come to.
  func weaknesses(onTCP ports: (UInt16) -> Bool, except names: [String] = []) -> Int {
    devices.filter { !names.contains($0.name) }.flatMap { $0.tcp.filter { ports($0.port) } + $0.udp }
      .reduce(0) { $0 + $1.weaknesses.count }
  }

  func device(_ name: String) throws -> Device {
    guard let device = devices.first(where: { $0.name == name }) else { throw Missing(name: name) }
    return device
  }

  struct Missing: Error { let name: String }
}

/// What the watchers on the devices' side counted.
struct LabState: Decodable {
  struct Device: Decodable {
    let frames: Int
    let broadcast: Int
    let peakPerSecond: Int
    let alive: Bool
    let missed: Int
    let payloadOctets: Int?
    /// Where the device counts them itself; nil before the first.
    let connections: Int?
  }

  let devices: [String: Device]

  init(file: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: file))
    devices = try JSONDecoder().decode([String: Device].self, from: data)
  }
}

/// The parts of a pack that tests look at, decoded from the published field names.
struct PackFiles {
  struct Reference: Decodable {
    let id: String
    let mac: String
    let addresses: [String]
  }

  struct Endpoint: Decodable, Hashable {
    let transport: String
    let port: UInt16
  }

  struct Finding: Decodable {
    let id: String
    let check: String
    let severity: String
    let device: Reference
    let service: Endpoint?
    let evidence: [String]
  }

  struct Service: Decodable {
    let transport: String
    let port: UInt16
    let state: String
    let `protocol`: String?
    let tls: Bool?
  }

  struct Vendor: Decodable { let name: String }

  struct Device: Decodable {
    let id: String
    let mac: String?
    let addresses: [String]
    let vendor: Vendor?
    let model: Vendor?
    let firmware: Vendor?
    let services: [Service]
  }

  struct Claim: Decodable {
    let kind: String
    let value: String
    let source: String
    let confidence: String
  }

  struct Inventory: Decodable { let devices: [Device] }

  struct Bounds: Decodable {
    let complete: Bool
    let silent: Int
    let closed: Int
    let open: Int
    let aliveBefore: Bool
    let aliveAfter: Bool?
  }

  struct Verdict: Decodable {
    let item: String
    let device: String?
    let service: Endpoint?
    let status: String
    let reason: String?
    let polarity: String?
    let bounds: Bounds
    let evidence: [String]
  }

  struct TCP: Decodable {
    let sent: Int
    let answered: Int
    let open: Int
    let closed: Int
    let silent: Int
    let requestedCount: Int
    let notPermitted: Int
    let unresolved: Int
    let complete: Bool
  }

  struct UDP: Decodable {
    let requestedCount: Int
    let sent: Int
    let open: Int
    let closed: Int
    let openOrFiltered: Int
    let unresolved: Int
  }

  struct Omission: Decodable {
    let addresses: String
    let reason: String
  }

  struct Distress: Decodable {
    let kind: String
    let lastAnswer: String
    let frozen: String
    let ended: String?
    let frames: Int
  }

  struct DeviceCoverage: Decodable {
    let address: String
    let tcp: TCP
    let udp: UDP?
    let aliveBefore: Bool
    let aliveAfter: Bool?
    let answersEverything: Bool
    let rstLimit: Int?
    let icmpLimit: Int?
    let deviceClass: String
    let rateCeiling: Int?
    let framesSent: Int
    let peakFramesPerSecond: Int
    let distress: [Distress]
  }

  struct Coverage: Decodable {
    let devices: [DeviceCoverage]
    let receiveDrops: Int
    let partial: Bool
    let omitted: [Omission]
  }

  let path: String
  let findings: [Finding]
  let inventory: Inventory
  let verdicts: [Verdict]
  let coverage: Coverage

  init(_ path: String) throws {
    self.path = path
    func read<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
      try JSONDecoder().decode(type, from: try Data(contentsOf: URL(fileURLWithPath: path + "/data/" + name)))
    }
    findings = try read("findings.json", as: [Finding].self)
    inventory = try read("inventory.json", as: Inventory.self)
    verdicts = try read("checklist/verdicts.json", as: [Verdict].self)
    coverage = try read("coverage.json", as: Coverage.self)
  }

  func device(at address: String) -> Device? { inventory.devices.first { $0.addresses.contains(address) } }

  func verdicts(_ item: String, at address: String) -> [Verdict] {
    guard let id = device(at: address)?.id else { return [] }
    return verdicts.filter { $0.item == "jssec-iot-v1/\(item)" && $0.device == id }
  }
}
