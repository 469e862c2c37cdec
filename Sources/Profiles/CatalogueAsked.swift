internal import Documents
public import Records

extension Catalogue {
  /// Who is asked where a network does not show the answer, and what he should bring (checklist.md §2.5).
  public struct Asked: Hashable, Sendable {
    /// ``NotTestedReason/documentNeeded`` or ``NotTestedReason/interviewNeeded``.
    public let reason: NotTestedReason
    public let who: LocalizedText
    /// The document or record that is wanted.
    public let record: LocalizedText
    /// What was observed and goes with the question, as far as it is there. Never an answer to it.
    public let facts: [Fact]
  }

  /// Kinds of facts that go with a question.
  public enum Fact: String, Hashable, Sendable, CaseIterable {
    /// How many devices of which kind, and how they are connected.
    case inventory
    /// Open services with their protocols.
    case services
    /// Pages and protocols by which settings can be reached.
    case configurationInterfaces = "configuration-interfaces"
    /// Debug bridges, serial lines over IP, makers' own ports.
    case maintenancePorts = "maintenance-ports"
    /// Services that answer a forged question with more than it holds (open DNS, NTP, SSDP, SNMP).
    case reflectors
    /// Traffic of a device that looks like a search for others.
    case outboundScans = "outbound-scans"
    /// With whom devices talk.
    case destinations
    /// What data go where, as far as headers tell.
    case dataFlows = "data-flows"
    /// Names of hosts from which updates seem to come.
    case updateHosts = "update-hosts"
    /// How updates were seen to come.
    case updateChannel = "update-channel"
    /// Which kinds of devices share a broadcast domain, and what reaches what.
    case segments
    /// Old protocol stacks and protocols without protection.
    case legacyStacks = "legacy-stacks"
    /// Maker, model and firmware as devices report them.
    case model
    /// Known weaknesses of the identified products.
    case matches
    /// What differs from an earlier run.
    case changes
    /// Devices of an earlier run that were not seen.
    case missingDevices = "missing-devices"
    /// Units that differ from others of their model.
    case peerDeviations = "peer-deviations"
    /// Shares and stores that can be read without credentials.
    case openStores = "open-stores"
    /// Names of a former owner or place that a device still shows.
    case formerIdentifiers = "former-identifiers"
    /// Gaps and restarts in the history of a device.
    case outages

    /// What people call it.
    public var label: LocalizedText {
      switch self {
      case .inventory: LocalizedText(ja: "機器の台数・種類・接続方法", en: "number, kinds and links of devices")
      case .services: LocalizedText(ja: "開いているサービスとプロトコル", en: "open services and their protocols")
      case .configurationInterfaces: LocalizedText(ja: "到達できる設定画面・設定用プロトコル", en: "reachable configuration interfaces")
      case .maintenancePorts: LocalizedText(ja: "保守用ポート", en: "maintenance ports")
      case .reflectors: LocalizedText(ja: "反射攻撃に使われ得るサービス", en: "services that can be used as reflectors")
      case .outboundScans: LocalizedText(ja: "探索に似た外向きの通信", en: "outbound traffic that looks like scanning")
      case .destinations: LocalizedText(ja: "通信先", en: "destinations")
      case .dataFlows: LocalizedText(ja: "データの流れ", en: "data flows")
      case .updateHosts: LocalizedText(ja: "更新サーバーとみられる通信先", en: "hosts from which updates seem to come")
      case .updateChannel: LocalizedText(ja: "更新の通信路", en: "channel of updates")
      case .segments: LocalizedText(ja: "同じセグメントにある機器と到達範囲", en: "shared segments and what is reachable")
      case .legacyStacks: LocalizedText(ja: "旧来の通信方式", en: "legacy protocol stacks")
      case .model: LocalizedText(ja: "型番とファームウェア", en: "model and firmware")
      case .matches: LocalizedText(ja: "該当する可能性のある脆弱性", en: "candidate vulnerabilities")
      case .changes: LocalizedText(ja: "前回との差分", en: "changes since an earlier run")
      case .missingDevices: LocalizedText(ja: "前回から見えなくなった機器", en: "devices no longer seen")
      case .peerDeviations: LocalizedText(ja: "同型機との違い", en: "deviations from units of the same model")
      case .openStores: LocalizedText(ja: "認証なしで読める共有・保存先", en: "shares and stores readable without credentials")
      case .formerIdentifiers: LocalizedText(ja: "以前の利用者・設置場所の名前", en: "identifiers of a former owner or place")
      case .outages: LocalizedText(ja: "停止・再起動の履歴", en: "outages and restarts")
      }
    }
  }
}

extension Catalogue.Asked {
  init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["reason", "who", "record", "facts"])
    reason = try value.required("reason").choice(NotTestedReason.self)
    guard reason == .documentNeeded || reason == .interviewNeeded else {
      throw try value.required("reason").error(
        "\(reason.rawValue) is no reason to ask somebody",
        remedy: "write NT-DOC for a document or NT-INT for an interview")
    }
    who = try value.required("who").localized()
    record = try value.required("record").localized()
    var facts: [Catalogue.Fact] = []
    for element in try value.optional("facts")?.elements() ?? [] {
      let fact = try element.choice(Catalogue.Fact.self)
      guard !facts.contains(fact) else { throw element.error("\(fact.rawValue) is given twice") }
      facts.append(fact)
    }
    self.facts = facts
  }
}
