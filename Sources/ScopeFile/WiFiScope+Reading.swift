internal import Addressing
internal import Authority
internal import Documents

// Wi-Fi networks: `wifi` of a scope file.
extension WiFiScope {
  init(_ value: YAMLValue?) throws(DocumentError) {
    guard let value else {
      self.init()
      return
    }
    try value.allowOnly(["ssids", "bssids", "exclude"])
    let included = try Networks(value)
    guard !included.isEmpty else {
      throw value.error(
        "no Wi-Fi network is in scope, so none may be judged / 対象のWi-Fiネットワークがありません",
        remedy: "list names under ssids or addresses under bssids, or take wifi out / ssidsかbssidsに記入するか、wifiを削除してください")
    }
    var excluded = Networks()
    if let exclude = try value.optional("exclude") {
      try exclude.allowOnly(["ssids", "bssids"])
      excluded = try Networks(exclude)
    }
    self.init(included: included, excluded: excluded)
  }
}

extension WiFiScope.Networks {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    var names: Set<[UInt8]> = []
    for element in try value.optional("ssids")?.elements() ?? [] { names.insert(try element.networkName()) }
    var addresses: Set<MACAddress> = []
    for element in try value.optional("bssids")?.elements() ?? [] {
      let text = try element.string()
      guard let address = MACAddress(text) else {
        throw element.error("\(text) is no MAC address", remedy: "write it as \"00:11:22:aa:bb:cc\"")
      }
      addresses.insert(address)
    }
    self.init(names: names, addresses: addresses)
  }
}

extension YAMLValue {
  /// A name as text, or its octets as hexadecimal digits behind 0x.
  fileprivate func networkName() throws(DocumentError) -> [UInt8] {
    let text = try string()
    let octets: [UInt8]
    if text.hasPrefix("0x") {
      let digits = Array(text.utf8.dropFirst(2))
      let values = digits.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
      guard values.count == digits.count, digits.count.isMultiple(of: 2) else {
        throw error(
          "\(text) is no name in hexadecimal",
          remedy: "write two digits for each octet behind 0x; a name that begins with 0x is written so too")
      }
      octets = stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
    } else {
      octets = Array(text.utf8)
    }
    guard (1...32).contains(octets.count) else {
      throw error(
        "a Wi-Fi name has 1 to 32 octets, and this one \(octets.count)", remedy: "write the exact name (SSID)")
    }
    return octets
  }
}
