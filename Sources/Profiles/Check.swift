internal import Documents
public import Records

/// What makes a finding: a folder of Profiles/checks.
public struct Check: Hashable, Sendable {
  /// Which observation makes the finding.
  public struct Rule: Hashable, Sendable {
    /// Kinds of observation that a rule can look at.
    public enum Observation: String, Hashable, Sendable, CaseIterable {
      /// A service said something that identifies its protocol.
      case serviceIdentified = "service-identified"
      /// A device fell silent or slow while it was probed.
      case deviceDistressed = "device-distressed"
      /// A probe proved what its question asks.
      case probe
      /// A Wi-Fi network says or shows a weakness of this name.
      case wifiNetwork = "wifi-network"
    }

    public let observation: Observation
    /// The protocol that makes the finding; nil for a rule about devices.
    public let protocolName: ProtocolName?
    /// The question whose proof makes the finding, for a rule about probes.
    public let question: String?
    /// How severe each kind of distress is, for a rule about distress. A kind that is not listed
    /// makes no finding.
    public let severities: [Distress.Kind: Severity]
    /// The weakness of a Wi-Fi network that makes the finding, for a rule about networks.
    public let finding: String?

    /// True when a service of this protocol makes the finding; a service that nothing identified
    /// (nil) never does.
    public func matches(_ identified: ProtocolName?) -> Bool {
      observation == .serviceIdentified && identified != nil && identified == protocolName
    }

    /// True when this verdict makes the finding: only a proof does.
    public func matches(_ verdict: ProbeVerdict) -> Bool {
      observation == .probe && verdict.question == question && verdict.result == .proven
    }

    /// True when a Wi-Fi network with the weakness of this name makes the finding.
    public func matches(weakness: String) -> Bool { observation == .wifiNetwork && weakness == finding }

    /// The severity of the finding that this kind of distress makes, nil when it makes none.
    public func severity(of distress: Distress.Kind) -> Severity? {
      observation == .deviceDistressed ? severities[distress] : nil
    }
  }

  /// What the finding proposes for a checklist item.
  public struct Feed: Hashable, Sendable {
    /// Fully qualified, `jssec-iot-v1/JSSEC-14.2.c`.
    public let item: String
    public let status: VerdictStatus
  }

  /// A document the check rests on.
  public struct Source: Hashable, Sendable {
    public let title: String
    public let url: String?
    /// The day on which it was read, `2026-11-23`; nil where the check's author knew it without reading it again.
    public let retrieved: String?
  }

  /// Observations and the findings they must give: a file of the folder's cases/.
  public struct Case: Hashable, Sendable {
    /// What the case tells was seen.
    public enum Observation: Hashable, Sendable {
      /// `protocolName` is nil for a service that said nothing.
      case service(ServiceEndpoint, protocolName: ProtocolName?)
      case distress(Distress.Kind)
      /// A probe's verdict; the endpoint is nil where it is about no single service.
      case probe(ServiceEndpoint?, question: String, result: ProbeVerdict.Result)
      /// A Wi-Fi network with the weakness of this name.
      case network(weakness: String)
    }

    /// A finding that must come out.
    public struct Expectation: Hashable, Sendable {
      public let check: String
      /// nil when the finding is about no single service.
      public let port: UInt16?
      /// nil when the case does not say; then it is the check's own.
      public let severity: Severity?
    }

    public let name: String
    public let observations: [Observation]
    public let expect: [Expectation]
  }

  /// The folder's name, such as `telnet.enabled`.
  public let id: String
  /// States what is the case on the device.
  public let title: LocalizedText
  public let severity: Severity
  /// Numbers of the Common Weakness Enumeration.
  public let cwe: [Int]
  public let rule: Rule
  public let feeds: [Feed]
  public let description: LocalizedText
  public let remediation: LocalizedText
  public let sources: [Source]
  public let cases: [Case]
}

extension Check {
  /// Reads `checks/<name>/check.yaml`; `cases` are the documents beside it, in name order.
  init(_ document: YAMLValue, named name: String, cases: [YAMLValue]) throws(DocumentError) {
    try document.allowOnly(
      ["id", "title", "severity", "cwe", "rule", "feeds", "description", "remediation", "sources"])
    id = try document.required("id").string()
    guard id == name else {
      throw try document.required("id").error("the id \(id) differs from the folder's name \(name)")
    }
    title = try document.required("title").localized()
    severity = try document.required("severity").choice(Severity.self)
    rule = try Rule(try document.required("rule"))
    description = try document.required("description").localized()
    remediation = try document.required("remediation").localized()
    var cwe: [Int] = []
    for element in try document.required("cwe").elements() { cwe.append(try element.integer()) }
    var feeds: [Feed] = []
    for element in try document.required("feeds").elements() { feeds.append(try Feed(element)) }
    var sources: [Source] = []
    for element in try document.required("sources").elements() { sources.append(try Source(element)) }
    var read: [Case] = []
    for document in cases { read.append(try Case(document)) }
    self.cwe = cwe
    self.feeds = feeds
    self.sources = sources
    self.cases = read
  }
}

extension Check.Rule {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    observation = try value.required("observation").choice(Observation.self)
    switch observation {
    case .serviceIdentified:
      try value.allowOnly(["observation", "protocol"])
      protocolName = ProtocolName(rawValue: try value.required("protocol").string())
      (question, severities, finding) = (nil, [:], nil)
    case .probe:
      try value.allowOnly(["observation", "question"])
      question = try value.required("question").string()
      (protocolName, severities, finding) = (nil, [:], nil)
    case .wifiNetwork:
      try value.allowOnly(["observation", "finding"])
      finding = try value.required("finding").string()
      (protocolName, question, severities) = (nil, nil, [:])
    case .deviceDistressed:
      try value.allowOnly(["observation", "severities"])
      (protocolName, question, finding) = (nil, nil, nil)
      let list = try value.required("severities")
      try list.allowOnly(Set(Distress.Kind.allCases.map(\.rawValue)))
      var severities: [Distress.Kind: Severity] = [:]
      for kind in Distress.Kind.allCases {
        severities[kind] = try list.optional(kind.rawValue)?.choice(Severity.self)
      }
      self.severities = severities
    }
  }
}

extension Check.Feed {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["item", "status"])
    item = try value.required("item").string()
    status = try value.required("status").choice(VerdictStatus.self)
  }
}

extension Check.Source {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["title", "url", "retrieved"])
    title = try value.required("title").string()
    url = try value.optional("url")?.string()
    retrieved = try value.optional("retrieved")?.string()
  }
}

extension Check.Case {
  fileprivate init(_ document: YAMLValue) throws(DocumentError) {
    try document.allowOnly(["name", "observations", "expect"])
    name = try document.required("name").string()
    var observations: [Observation] = []
    for value in try document.required("observations").elements() { observations.append(try Observation(value)) }
    var expect: [Expectation] = []
    for value in try document.required("expect").elements() {
      try value.allowOnly(["check", "port", "severity"])
      expect.append(
        Expectation(
          check: try value.required("check").string(), port: try value.optional("port")?.port(),
          severity: try value.optional("severity")?.choice(Severity.self)))
    }
    self.observations = observations
    self.expect = expect
  }
}

extension Check.Case.Observation {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    if let distress = try value.optional("distress") {
      try value.allowOnly(["distress"])
      self = .distress(try distress.choice(Distress.Kind.self))
      return
    }
    if let weakness = try value.optional("network") {
      try value.allowOnly(["network"])
      self = .network(weakness: try weakness.string())
      return
    }
    if let question = try value.optional("probe") {
      try value.allowOnly(["transport", "port", "probe", "result", "reason"])
      let endpoint = try value.optional("port") == nil ? nil : try Self.endpoint(value)
      self = .probe(endpoint, question: try question.string(), result: try Self.result(value))
      return
    }
    try value.allowOnly(["transport", "port", "protocol"])
    self = .service(
      try Self.endpoint(value),
      protocolName: try value.optional("protocol").map { value throws(DocumentError) in
        ProtocolName(rawValue: try value.string())
      })
  }
  private static func endpoint(_ value: YAMLValue) throws(DocumentError) -> ServiceEndpoint {
    let transport = try value.required("transport")
    guard let kind = Transport(rawValue: try transport.string()) else { throw transport.error("expected tcp or udp") }
    return ServiceEndpoint(transport: kind, port: try value.required("port").port())
  }

  private static func result(_ value: YAMLValue) throws(DocumentError) -> ProbeVerdict.Result {
    let result = try value.required("result")
    switch try result.string() {
    case "proven": return .proven
    case "refuted": return .refuted
    case "inconclusive": return .inconclusive(reason: try value.required("reason").string())
    default: throw result.error("expected proven, refuted or inconclusive")
    }
  }
}
