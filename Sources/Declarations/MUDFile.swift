public import Documents
internal import Records

/// A maker's description of how its device uses the network (RFC 8520): who may reach which of its ports.
///
/// Only the services that the device *offers* are taken from it: entries of the policy towards the device that accept,
/// name a port of the device and are not answers to what the device began. The signature (RFC 8520 §13) is not checked,
/// and nothing is fetched.
public struct MUDFile: Hashable, Sendable {
  /// As it was opened.
  public let file: String
  public let url: String
  public let lastUpdate: String
  /// The maker still maintains the description.
  public let isSupported: Bool
  public let systemInfo: String?
  public let maker: String?
  public let model: String?
  public let firmware: String?
  /// Where the signature is, when there is one. It was not checked.
  public let signature: String?
  public let allowed: [Declarations.AllowedService]
  /// Entries from which no allowed port came, and why, for the reader.
  public let remarks: [String]

  /// A description is a few thousand octets; RFC 8520 §17 bounds what may be asked of its reader.
  public static let mostOctets = 1 << 20

  /// Reads the JSON.
  /// - Throws: ``DocumentError`` with file and line.
  public init(parsing octets: [UInt8], file: String) throws(DocumentError) {
    try StrictJSON.check(octets, file: file, mostOctets: Self.mostOctets)
    let root = try YAMLValue(parsing: octets, file: file)
    let mud = try root.required("ietf-mud:mud")
    let version = try mud.required("mud-version")
    guard try version.integer() == 1 else {
      throw version.error("this program reads mud-version 1 (RFC 8520 §3.1)", remedy: "use a file of that version")
    }
    self.file = file
    url = try mud.required("mud-url").string()
    lastUpdate = try mud.required("last-update").string()
    isSupported = try mud.required("is-supported").boolean()
    systemInfo = try mud.optional("systeminfo")?.string()
    maker = try mud.optional("mfg-name")?.string()
    model = try mud.optional("model-name")?.string()
    firmware = try mud.optional("firmware-rev")?.string()
    signature = try mud.optional("mud-signature")?.string()
    let names = try Self.names(try mud.optional("to-device-policy"))
    var reader = AccessListReader(source: url)
    if let lists = try root.optional("ietf-access-control-list:acls")?.optional("acl") {
      for list in try lists.elements() where names.contains(try list.required("name").string()) {
        try reader.read(list)
      }
    }
    if let missing = names.first(where: { !reader.found.contains($0) }) {
      throw mud.error("the access list \(missing) of to-device-policy is not in the file", remedy: "ask the maker")
    }
    allowed = reader.allowed
    remarks = reader.remarks
  }

  private static func names(_ policy: YAMLValue?) throws(DocumentError) -> [String] {
    guard let lists = try policy?.optional("access-lists")?.optional("access-list") else { return [] }
    var result: [String] = []
    for list in try lists.elements() { result.append(try list.required("name").string()) }
    return result
  }
}

/// Takes the allowed ports from access lists (RFC 8519, RFC 8520 §5 … §8).
private struct AccessListReader {
  let source: String
  private(set) var allowed: [Declarations.AllowedService] = []
  private(set) var remarks: [String] = []
  private(set) var found: Set<String> = []

  init(source: String) { self.source = source }

  mutating func read(_ list: YAMLValue) throws(DocumentError) {
    let name = try list.required("name").string()
    found.insert(name)
    guard let entries = try list.optional("aces")?.optional("ace") else { return }
    for entry in try entries.elements() {
      let label = "\(name)/\(try entry.required("name").string())"
      let action = try entry.required("actions").required("forwarding").string()
      let matches = try entry.optional("matches")
      guard action == "accept" || action == "ietf-access-control-list:accept" else {
        remarks.append("\(label): \(action), allows nothing")
        continue
      }
      try read(matches, label)
    }
  }

  private mutating func read(_ matches: YAMLValue?, _ label: String) throws(DocumentError) {
    let conditions = try Self.conditions(matches)
    var named = false
    for transport in [Transport.tcp, .udp] {
      guard let match = try matches?.optional(transport.rawValue) else { continue }
      named = true
      let began = try match.optional("ietf-mud:direction-initiated")?.string()
      guard began != "from-device" else {
        remarks.append("\(label): answers to what the device began")
        continue
      }
      guard let port = try match.optional("destination-port") else {
        remarks.append("\(label): names no port of the device, so it allows none by name")
        continue
      }
      guard let ports = try Self.ports(port) else {
        remarks.append("\(label): all ports but one; it allows none by name")
        continue
      }
      allowed.append(
        Declarations.AllowedService(
          transport: transport, ports: ports, source: "\(source) \(label)", conditions: conditions))
    }
    if !named { remarks.append("\(label): names neither tcp nor udp, so it allows no port by name") }
  }

  /// RFC 8519 §4.1, port-range-or-operator; nil for "all but".
  private static func ports(_ value: YAMLValue) throws(DocumentError) -> ClosedRange<UInt16>? {
    if let lower = try value.optional("lower-port") {
      let (first, last) = (try number(lower), try number(try value.required("upper-port")))
      guard first <= last else { throw value.error("the range of ports runs backwards") }
      return first...last
    }
    let port = try number(try value.required("port"))
    switch try value.optional("operator")?.string() ?? "eq" {
    case "eq": return port...port
    case "lte": return 0...port
    case "gte": return port...UInt16.max
    case "neq": return nil
    case let other: throw value.error("\(other) is no operator of RFC 8519", remedy: "expected eq, lte, gte or neq")
    }
  }

  private static func number(_ value: YAMLValue) throws(DocumentError) -> UInt16 {
    guard let port = UInt16(exactly: try value.integer()) else { throw value.error("a port is a number up to 65535") }
    return port
  }

  /// Who may use it: the abstractions of RFC 8520 §5 and DNS names, as text.
  private static func conditions(_ matches: YAMLValue?) throws(DocumentError) -> [String] {
    var result: [String] = []
    if let mud = try matches?.optional("ietf-mud:mud") {
      for (key, value) in try mud.pairs() {
        result.append((try? value.string()).map { "\(key) \($0)" } ?? key)
      }
    }
    for family in ["ipv4", "ipv6"] {
      guard let match = try matches?.optional(family) else { continue }
      for key in ["ietf-acldns:src-dnsname", "source-ipv4-network", "source-ipv6-network"] {
        if let value = try match.optional(key) { result.append("from \(try value.string())") }
      }
    }
    return result.sorted()
  }
}
