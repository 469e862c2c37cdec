public import Inventory
public import Records

/// What the documents about a family of devices say of one of its services. Device profiles answer this.
public enum PortExpectation: Hashable, Sendable {
  /// It is in the list of services; `source` names profile and document.
  case listed(source: String)
  /// The list says that it is the whole of what is ever open, and the service is not in it.
  case excluded(source: String)
  /// The list does not have it, and does not say that it is complete.
  case unlisted(source: String)
  /// There is no list, or no profile.
  case noList
}

/// Where profiles are asked.
public protocol ServiceExpectations: Sendable {
  func expectation(of service: Service, on device: InventoryRow) -> PortExpectation
}

/// The check `port.unnecessary` for one open port.
public struct PortJudgement: Hashable, Sendable {
  public enum Outcome: Hashable, Sendable {
    /// The owner's declaration allows it.
    case allowedByDeclaration(Declarations.AllowedService)
    /// A declaration holds for the device and does not have the port.
    case notDeclared(source: String)
    /// The port is declared, but another protocol speaks there.
    case otherProtocol(Declarations.AllowedService, seen: ProtocolName)
    case allowedByProfile(source: String)
    case excludedByProfile(source: String)
    /// Nobody has said whether it is needed; the owner must.
    case undecided(source: String?)
  }

  /// The check's id, and the question of its rule.
  public static let question = "port.unnecessary"

  public let service: Service
  public let outcome: Outcome

  /// Judges every open port of a device. A declaration that holds for the device is the owner's whole list and decides
  /// alone; the profile is asked only where there is none.
  public static func judge(
    _ device: InventoryRow, _ declarations: Declarations?, mud: [String: MUDFile] = [:],
    expectations: (any ServiceExpectations)? = nil
  ) -> [PortJudgement] {
    let list = declarations?.allowList(for: device, mud: mud)
    return device.openServices.map { service in
      if let list { return PortJudgement(service: service, outcome: judge(service, list)) }
      switch expectations?.expectation(of: service, on: device) ?? .noList {
      case .listed(let source): return PortJudgement(service: service, outcome: .allowedByProfile(source: source))
      case .excluded(let source): return PortJudgement(service: service, outcome: .excludedByProfile(source: source))
      case .unlisted(let source): return PortJudgement(service: service, outcome: .undecided(source: source))
      case .noList: return PortJudgement(service: service, outcome: .undecided(source: nil))
      }
    }
  }

  private static func judge(_ service: Service, _ list: AllowList) -> Outcome {
    let covering = list.services.filter { $0.covers(service.endpoint) }
    guard let first = covering.first else { return .notDeclared(source: list.source) }
    guard let seen = service.protocolName else { return .allowedByDeclaration(first) }
    if let fitting = covering.first(where: { $0.protocolName.map { $0.names(seen, tls: service.tls) } ?? true }) {
      return .allowedByDeclaration(fitting)
    }
    return .otherProtocol(first, seen: seen)
  }

  /// The verdict, for findings: proven only where a declaration, or a profile that is complete, does not have the port.
  public var verdict: ProbeVerdict {
    let place = service.endpoint.description
    func verdict(_ result: ProbeVerdict.Result, _ ja: String, _ en: String) -> ProbeVerdict {
      ProbeVerdict(Self.question, result, basis: LocalizedText(ja: ja, en: en))
    }
    switch outcome {
    case .allowedByDeclaration(let allowed):
      return verdict(
        .refuted, "\(place)は、所有者の宣言で許可されています(\(allowed.source))。",
        "The owner's declaration allows \(place) (\(allowed.source)).")
    case .notDeclared(let source):
      return verdict(
        .proven, "\(place)が開いていますが、この機器について宣言された許可サービスの一覧にありません(\(source))。",
        "\(place) is open and is not among the services declared for the device (\(source)).")
    case .otherProtocol(let allowed, let seen):
      return verdict(
        .proven,
        "\(place)は\(allowed.protocolName?.rawValue ?? "")として宣言されていますが、実際には\(seen.rawValue)が応答しました(\(allowed.source))。",
        "\(place) is declared for \(allowed.protocolName?.rawValue ?? "") and \(seen.rawValue) answers there (\(allowed.source))."
      )
    case .allowedByProfile(let source):
      return verdict(
        .refuted, "\(place)は、機種の資料に記載されたサービスです(\(source))。所有者の宣言はありません。",
        "The documents about the model name \(place) (\(source)). There is no declaration of the owner.")
    case .excludedByProfile(let source):
      return verdict(
        .proven, "\(place)が開いていますが、機種の資料は、記載したサービス以外は開かないとしています(\(source))。",
        "\(place) is open, and the documents about the model say that nothing but their list ever is (\(source)).")
    case .undecided(let source):
      return verdict(
        .inconclusive(reason: "no-declaration"),
        "\(place)が必要かどうかを示す宣言がありません。所有者の回答が必要です。" + (source.map { "機種の資料には記載がありません(\($0))。" } ?? ""),
        "Nobody has declared whether \(place) is needed; its owner must say."
          + (source.map { " The documents about the model do not name it (\($0))." } ?? ""))
    }
  }
}

/// The services that may be open on one device, and who says so.
struct AllowList: Hashable, Sendable {
  let services: [Declarations.AllowedService]
  let source: String
}

extension Declarations {
  /// nil when no declaration holds for the device. Of several entries all hold: what any of them allows is allowed.
  func allowList(for device: InventoryRow, mud: [String: MUDFile]) -> AllowList? {
    let rules = devices.filter { rule in
      rule.targets.contains { $0.names(macs: device.macs, addresses: device.addresses) }
    }
    guard !rules.isEmpty else { return nil }
    var services: [AllowedService] = []
    for rule in rules {
      let named = classes.first { $0.name == rule.deviceClass }
      services += (rule.allow ?? []) + (named?.allow ?? [])
      for name in [rule.mud, named?.mud].compactMap(\.self) { services += mud[name]?.allowed ?? [] }
    }
    return AllowList(services: services, source: rules.map { "\(file):\($0.line)" }.joined(separator: ", "))
  }
}

extension ProtocolName {
  /// Whether the declared name is what was seen: `https` is HTTP inside TLS, `mqtts` MQTT, and so on.
  func names(_ seen: ProtocolName, tls: Bool) -> Bool {
    if self == seen { return true }
    let name = rawValue
    return tls && (name == seen.rawValue + "s" || name == "tls") || (name == "https" && seen.rawValue == "tls")
  }
}
