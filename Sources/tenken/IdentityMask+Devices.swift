internal import Addressing
internal import Records
internal import Redaction

extension IdentityMask {
  /// - Parameters:
  ///   - shown: the devices that a copy is about.
  ///   - all: every device of the parent; what is not shown is named nowhere.
  ///   - vantages: addresses of the auditing host.
  ///   - hidesShown: the devices that are shown get pseudonyms: documentation addresses (RFC 5737, RFC 3849), and MAC addresses with
  ///     their maker's half alone.
  init(shown: [Device], all: [Device], vantages: [IPAddress], _ redactor: Redactor, hidesShown: Bool) {
    self.init()
    let ids = Set(shown.map(\.id))
    let own = Set(shown.flatMap(\.addresses))
    for device in all where !ids.contains(device.id) {
      if let mac = device.mac { add(mac, as: "another-device") }
      add(String(device.id.rawValue.dropFirst(4)), as: "another-device")
      for address in device.addresses where !own.contains(address) { add("\(address)", as: "another-device") }
    }
    guard hidesShown else { return }
    for device in shown {
      guard let mac = device.mac else { continue }
      let text = mac.compactDescription
      let half = redactor.digest(of: Array(text.utf8)).prefix(6)
      add(mac, as: "\(text.prefix(6))\(half)")
      // The lower half alone, as devices put it into their names.
      add(String(text.dropFirst(6)), as: String(half))
    }
    var v4 = 0
    var v6 = 0
    var told: Set<IPAddress> = []
    for address in shown.flatMap(\.addresses).sorted() + Set(vantages).sorted() where told.insert(address).inserted {
      let text = address.isIPv4 ? Self.documentation4(v4) : "2001:db8::\(String(v6 + 1, radix: 16))"
      if address.isIPv4 { v4 += 1 } else { v6 += 1 }
      add("\(address)", as: text)
      // As identifiers of devices and file names write it.
      if !address.isIPv4 { add("\(address)".replacing(":", with: "-"), as: text.replacing(":", with: "-")) }
    }
  }

  /// Numbers by which one device of a kind is told from the others, wherever a text quotes what it said.
  mutating func addNumbers(of devices: [Device]) {
    for claim in devices.flatMap(\.claims) where claim.kind == .serial || claim.kind == .uuid {
      guard claim.value.utf8.count >= 6, claim.value.contains(where: \.isNumber) else { continue }
      add(claim.value, as: "a-number")
    }
  }

  /// All the ways in which a MAC address is written.
  private mutating func add(_ mac: MACAddress, as compact: String) {
    let digits = mac.compactDescription
    func joined(_ text: String, _ size: Int, _ sign: String) -> String {
      guard text.utf8.count == 12 else { return text }
      let digits = Array(text)
      return stride(from: 0, to: 12, by: size).map { String(digits[$0..<$0 + size]) }.joined(separator: sign)
    }
    for (size, sign) in [(2, ":"), (2, "-"), (4, ".")] {
      add(joined(digits, size, sign), as: joined(compact, size, sign))
    }
    add(digits, as: compact)
  }

  /// Of the three networks for documentation, then of the one for benchmarks (RFC 2544).
  private static func documentation4(_ number: Int) -> String {
    switch number {
    case ..<254: "192.0.2.\(number + 1)"
    case ..<508: "198.51.100.\(number - 253)"
    case ..<762: "203.0.113.\(number - 507)"
    default: "198.18.\(number / 256 % 256).\(number % 256)"
    }
  }
}
