public import Declarations
public import Inventory
public import Profiles
public import Records

/// The check `port.unnecessary`: open ports, held against what their owner declared and, where nothing is declared, against
/// the services that documents list for the device's family.
public struct ServiceReference: ReferenceCheck {
  private let declarations: Declarations?
  private let mud: [String: MUDFile]
  private let profiles: DeviceProfiles

  /// - Parameter mud: the MUD files that the declarations name.
  public init(_ declarations: Declarations?, mud: [String: MUDFile] = [:], profiles: DeviceProfiles) {
    self.declarations = declarations
    self.mud = mud
    self.profiles = profiles
  }

  /// None for a port about which neither says anything: it is listed for the owner, not judged.
  public func verdicts(of devices: [Device]) -> [ReferenceVerdict] {
    let rows = IdentityResolver.rows(devices.map { .init(run: "", device: $0) })
    let expectations = ProfileExpectations(profiles, devices)
    return rows.flatMap { row -> [ReferenceVerdict] in
      let judgements = PortJudgement.judge(row, declarations, mud: mud, expectations: expectations)
      let records = devices.filter { row.records.contains($0.id) }
      return judgements.flatMap { judgement -> [ReferenceVerdict] in
        if case .undecided(source: nil) = judgement.outcome { return [] }
        let endpoint = judgement.service.endpoint
        return records.filter { $0.services.contains { $0.endpoint == endpoint && $0.state == .open } }.map {
          ReferenceVerdict(device: $0.id, service: endpoint, verdict: judgement.verdict)
        }
      }
    }.sorted { ($0.device, $0.service ?? .first) < ($1.device, $1.service ?? .first) }
  }
}

extension ServiceEndpoint {
  fileprivate static let first = ServiceEndpoint(transport: .tcp, port: 0)
}

/// Asks the profile of a device's family about its services.
public struct ProfileExpectations: ServiceExpectations {
  private let profiles: DeviceProfiles
  private let devices: [DeviceID: [Device]]

  /// - Parameter devices: the records that the rows of the inventory are made of.
  public init(_ profiles: DeviceProfiles, _ devices: [Device]) {
    self.profiles = profiles
    self.devices = Dictionary(grouping: devices, by: \.id)
  }

  public func expectation(of service: Service, on row: InventoryRow) -> PortExpectation {
    var signs = DeviceProfile.Signs()
    for device in row.records.flatMap({ devices[$0] ?? [] }) { signs.add(DeviceProfile.Signs(of: device)) }
    guard let profile = profiles.match(signs) else { return .noList }
    func source(_ document: String) -> String { "\(profile.id): \(document)" }
    switch profile.expectation(of: service.endpoint) {
    case .listed(let listed): return .listed(source: source(listed.source.title))
    case .excluded: return .excluded(source: source(profile.serviceSources))
    case .unlisted: return .unlisted(source: source(profile.serviceSources))
    case .noAllowList: return .noList
    }
  }
}

extension DeviceProfile {
  /// The documents that the list of services is from, each once.
  fileprivate var serviceSources: String {
    var titles: [String] = []
    for service in services ?? [] where !titles.contains(service.source.title) { titles.append(service.source.title) }
    return titles.joined(separator: "; ")
  }
}

extension DeviceProfile.Signs {
  fileprivate mutating func add(_ other: DeviceProfile.Signs) {
    for (sign, values) in other.values {
      for value in values { add(value, as: sign) }
    }
  }
}
