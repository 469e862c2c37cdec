internal import Records
internal import Wire

/// What an announced service says of its device: a table of types of service, each with the document that gives its
/// keys their meaning.
struct ServiceDescription {
  /// What a type tells.
  private struct Meaning {
    var role: String?
    var confidence = Claim.Confidence.medium
    var vendor: String?
    /// Keys of the TXT record, and what they stand for.
    var keys: [(key: String, kind: Claim.Kind)] = []
    /// How far its keys are believed.
    var keyConfidence = Claim.Confidence.high
  }

  /// Bonjour Printing Specification 1.2.1 §7 (keys of printing types) and §9.2; Mopria eSCL 2.97 (`_uscan`).
  private static let printing: [(key: String, kind: Claim.Kind)] = [
    ("ty", .model), ("usb_mfg", .vendor), ("uuid", .uuid),
  ]

  private static let meanings: [String: Meaning] = [
    "_ipp._tcp": Meaning(role: "printer", keys: printing), "_ipps._tcp": Meaning(role: "printer", keys: printing),
    "_printer._tcp": Meaning(role: "printer", keys: printing),
    "_pdl-datastream._tcp": Meaning(role: "printer", keys: printing),
    "_scanner._tcp": Meaning(role: "scanner", confidence: .low, keys: [("ty", .model), ("mfg", .vendor)]),
    "_uscan._tcp": Meaning(role: "scanner", confidence: .low, keys: [("ty", .model), ("uuid", .uuid)]),
    "_uscans._tcp": Meaning(role: "scanner", confidence: .low, keys: [("ty", .model), ("uuid", .uuid)]),
    // File servers of others name one of Apple's models there for the sake of its icon (Netatalk, afp.conf, mimic model).
    "_device-info._tcp": Meaning(keys: [("model", .model)], keyConfidence: .low),
    // Home Assistant, integrations apple_tv and bluesound; many makers speak Apple's protocols.
    "_raop._tcp": Meaning(role: "audio", confidence: .low, keys: [("am", .model)]),
    "_airplay._tcp": Meaning(role: "media-player", confidence: .low, keys: [("model", .model), ("deviceid", .mac)]),
    // Home Assistant, integration cast (pychromecast): md is the model, fn the name that its owner gave it.
    "_googlecast._tcp": Meaning(role: "media-player", confidence: .low, keys: [("md", .model), ("fn", .name)]),
    // HomeKit Accessory Protocol Specification, non-commercial version, release R2, §6.4.
    "_hap._tcp": Meaning(keys: [("md", .model)]),
    // Home Assistant, integration axis: macaddress, and only network video devices announce it.
    "_axis-video._tcp": Meaning(role: "camera", confidence: .low, vendor: "Axis", keys: [("macaddress", .mac)]),
    // Hue developer program, Hue Bridge Discovery.
    "_hue._tcp": Meaning(role: "gateway", vendor: "Signify", keys: [("modelid", .model)]),
    // ESPHome, component mdns.
    "_esphomelib._tcp": Meaning(keys: [
      ("friendly_name", .name), ("mac", .mac), ("board", Claim.Kind(rawValue: "hardware")),
    ]),
    // Shelly technical documentation, generation 2, mDNS.
    "_shelly._tcp": Meaning(vendor: "Shelly", keys: [("app", .model), ("ver", .firmware)]),
  ]

  static func isTelling(type: String) -> Bool { meanings[type] != nil }

  private let instance: ServiceRecords.Instance

  init(_ instance: ServiceRecords.Instance) { self.instance = instance }

  func claims(source: String) -> [Claim] {
    guard let meaning = Self.meanings[instance.type], !isQueue else { return [] }
    let source = "\(source) \(instance.type)"
    var claims: [Claim] = []
    for (key, kind) in meaning.keys {
      claims.add(kind, value(key, kind), source: "\(source) \(key)", confidence: meaning.keyConfidence)
    }
    claims.add(.vendor, meaning.vendor, source: source, confidence: .medium)
    claims.add(.role, role ?? meaning.role, source: source, confidence: role == nil ? meaning.confidence : .medium)
    // Another host's name would make one device of two.
    if !instance.addresses.isEmpty { claims.add(.host, instance.host, source: source) }
    return claims
  }

  /// A print server's queue, whose printer is another device, or none: CUPS has its queues below these paths
  /// (CUPS, scheduler/dirsvc.c).
  private var isQueue: Bool {
    guard let path = instance.attributes["rp"] else { return false }
    return path.hasPrefix("printers/") || path.hasPrefix("classes/")
  }

  private func value(_ key: String, _ kind: Claim.Kind) -> String? {
    guard let text = instance.attributes[key], kind == .mac else { return instance.attributes[key] }
    // Twelve digits, with or without marks between them.
    let digits = text.filter { $0 != ":" && $0 != "-" }.lowercased()
    guard digits.utf8.count == 12, digits.allSatisfy(\.isHexDigit) else { return nil }
    return stride(from: 0, to: 12, by: 2).map { String(digits.dropFirst($0).prefix(2)) }.joined(separator: ":")
  }

  /// The category of a HomeKit accessory (HAP Specification R2 §13, accessory categories).
  private var role: String? {
    guard instance.type == "_hap._tcp", let number = instance.attributes["ci"].flatMap({ Int($0) }) else { return nil }
    switch number {
    case 2: return "gateway"  // bridge
    case 5: return "light"
    case 9, 21: return "thermostat"  // thermostat, air conditioner
    case 10: return "sensor"
    case 17: return "camera"
    case 18: return "intercom"  // video doorbell
    case 26: return "speaker"
    case 31: return "tv"
    case 33: return "router"
    default: return nil
    }
  }
}
