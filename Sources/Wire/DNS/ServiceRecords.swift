public import Addressing

/// What a device announces of its services by DNS-SD (RFC 6763), from the data of one datagram of multicast DNS.
public struct ServiceRecords: Hashable, Sendable {
  /// A named service of a type: `Office printer._ipp._tcp.local`.
  public struct Instance: Hashable, Sendable {
    /// What people call it: the first label (RFC 6763 §4.1.1).
    public let name: String
    /// `_ipp._tcp`
    public let type: String
    /// Its strings that are a key with a value, the first of each key, keys in lower case (RFC 6763 §6.4).
    public let attributes: [String: String]
    /// The host that serves it, from its SRV record (RFC 2782); nil without one.
    public let host: String?
    /// Addresses of that host, as far as the message holds them.
    public let addresses: [IPAddress]
  }

  private enum RecordType {
    static let a: UInt16 = 1, pointer: UInt16 = 12, text: UInt16 = 16, aaaa: UInt16 = 28, service: UInt16 = 33
  }

  private static let mostRecords = 256
  /// The name that lists all types (RFC 6763 §9).
  private static let listOfTypes = ["_services", "_dns-sd", "_udp", "local"]

  public let identifier: UInt16
  /// In the order of the message, each once: those that were listed, and those of instances.
  public let types: [String]
  /// In the order in which they are first named.
  public let instances: [Instance]

  /// - Throws: `unsupported` for a question; `truncated` or `malformed` when a record is not whole, or a pointer does not
  ///   point backwards.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    identifier = try reader.bigEndian16()
    guard try reader.bigEndian16() & 0x8000 != 0 else { throw .unsupported }
    let questions = try reader.bigEndian16()
    var records = 0
    for _ in 0..<3 { records += Int(try reader.bigEndian16()) }
    for _ in 0..<questions {
      _ = try DNSName.labels(&reader)
      try reader.skip(4)
    }
    var found = Findings()
    for _ in 0..<min(records, Self.mostRecords) {
      let owner = try DNSName.labels(&reader).map(\.text)
      let type = try reader.bigEndian16()
      try reader.skip(6)
      let length = Int(try reader.bigEndian16())
      var data = try reader.part(length)
      switch type {
      case RecordType.pointer: found.pointer(from: owner, to: try DNSName.labels(&data).map(\.text))
      case RecordType.text: found.add(owner) { $0.strings = try? Self.strings(data) }
      case RecordType.service:
        try data.skip(6)
        let host = try DNSName.labels(&data).map(\.text)
        found.add(owner) { $0.host = host.joined(separator: ".") }
      case RecordType.a where length == 4:
        found.address(IPAddress(IPv4Address(rawValue: try data.bigEndian32())), of: owner)
      case RecordType.aaaa where length == 16:
        let (high, low) = (try data.bigEndian64(), try data.bigEndian64())
        found.address(IPAddress(IPv6Address(high: high, low: low)), of: owner)
      default: break
      }
    }
    types = found.types
    instances = found.instances
  }

  /// A record's character strings (RFC 1035 §3.3.14).
  private static func strings(_ data: OctetReader) throws(WireError) -> [[UInt8]] {
    var data = data
    var result: [[UInt8]] = []
    while !data.isAtEnd { result.append(try data.take(Int(try data.octet()))) }
    return result
  }

  private struct Findings {
    struct Details {
      var strings: [[UInt8]]?
      var host: String?
    }

    var types: [String] = []
    private var order: [[String]] = []
    private var details: [[String]: Details] = [:]
    private var addresses: [String: [IPAddress]] = [:]

    mutating func address(_ address: IPAddress, of host: [String]) {
      addresses[host.joined(separator: ".").lowercased(), default: []].append(address)
    }

    mutating func pointer(from owner: [String], to target: [String]) {
      if owner.map({ $0.lowercased() }) == ServiceRecords.listOfTypes {
        // Subtypes and other domains are no types.
        if target.count == 3, target.last?.lowercased() == "local" { note(type: Array(target.prefix(2))) }
      } else {
        add(target) { _ in }
      }
    }

    /// Whoever has such a record and a name of this form is an instance: `name._type._tcp.local`.
    mutating func add(_ name: [String], _ change: (inout Details) -> Void) {
      guard name.count == 4, name[3].lowercased() == "local" else { return }
      guard note(type: [name[1], name[2]]) else { return }
      if details[name] == nil { order.append(name) }
      change(&details[name, default: Details()])
    }

    /// - Returns: whether it is a type at all (RFC 6763 §7).
    @discardableResult private mutating func note(type labels: [String]) -> Bool {
      let labels = labels.map { $0.lowercased() }
      guard labels[0].hasPrefix("_"), labels[0].utf8.count > 1, ["_tcp", "_udp"].contains(labels[1]) else {
        return false
      }
      let type = labels.joined(separator: ".")
      if !types.contains(type) { types.append(type) }
      return true
    }

    var instances: [Instance] {
      order.map { name in
        let detail = details[name] ?? Details()
        var attributes: [String: String] = [:]
        for text in detail.strings ?? [] {
          guard let mark = text.firstIndex(of: 0x3d), mark > 0 else { continue }
          let key = Array(text[..<mark]).text.lowercased()
          if attributes[key] == nil { attributes[key] = Array(text[(mark + 1)...]).text }
        }
        return Instance(
          name: name[0], type: "\(name[1]).\(name[2])".lowercased(), attributes: attributes, host: detail.host,
          addresses: detail.host.flatMap { addresses[$0.lowercased()] } ?? [])
      }
    }
  }
}
