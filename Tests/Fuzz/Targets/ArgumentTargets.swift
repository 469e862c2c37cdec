internal import Addressing
internal import Audit
internal import Profiles
internal import Records

extension FuzzTarget {
  /// Short texts: what stands on the command line, in files' fields, and what devices call their version. Each reader
  /// gets the same text.
  static let arguments = FuzzTarget(
    "arguments",
    [
      "AddressRange", "IPAddress", "IPv4Address", "IPv6Address", "MACAddress", "PortSelection", "FirmwareVersion",
      "Timestamp", "TimeWindow", "Shard",
    ],
    longest: 512, seeds: Arguments.seeds
  ) { octets in
    let text = String(decoding: octets, as: UTF8.self)
    try Arguments.readAddresses(text)
    try Arguments.readPorts(text)
    try Arguments.readTimes(text)
    try Arguments.readVersions(text)
  }
}

private enum Arguments {
  static let seeds: [[UInt8]] = [
    "192.168.10.0/24", "10.0.0.1-10.0.0.9", "fe80::/10", "::ffff:10.0.0.1", "2001:db8::1-2001:db8::5", "fe80::1%eth0",
    "0.0.0.0/0",
    "00:11:22:aa:bb:cc", "0011.22aa.bbcc", "00-11-22-AA-BB-CC", "iot1000,8000-8100", "all", "1-65535", "23, 80 ,443",
    "Ver.1.02 Ver.1.2", "V5.7.3 build 210101\nV5.7.3", "7.2.2-72806-1 7.2.2-72806-2", "3.0.0.4.386_51948 3.0.0.4.388_1",
    "21.7.28B 21.7.28C", "2021-06-01 2021-07-01", "2026-11-20T10:02:11.042+09:00", "1678-01-01T00:00:00-23:59",
    "22:00-05:00",
    "1/2", "h5.1 5.1",
  ].map { Array($0.utf8) }

  static func readAddresses(_ text: String) throws {
    if let address = IPAddress(text) {
      try promise(IPAddress("\(address)") == address, "another address when written out")
    }
    if let mac = MACAddress(text) { try promise(MACAddress("\(mac)") == mac, "another MAC address when written out") }
    guard let range = try? AddressRange(parsing: text) else { return }
    try promise(range.first <= range.last && range.contains(range.first) && range.count > 0, "a range of nothing")
    try promise((try? AddressRange(parsing: "\(range)")) == range, "another range when written out")
    if range.count <= 4096 {
      let hosts = range.hosts
      try promise(hosts.count <= range.count && hosts.allSatisfy(range.contains), "hosts outside the range")
      _ = Shard("1/2")?.part(of: hosts)
    }
  }

  private static let lists = Result { try ReportParts.profiles().portLists }

  static func readPorts(_ text: String) throws {
    let lists = try lists.get()
    do {
      let selection = try PortSelection(parsing: text, lists: lists)
      let ports = selection.ports
      try promise(ports.count == Set(ports).count && !ports.contains(0) && !ports.isEmpty, "a port twice, none, or 0")
      let again = try PortSelection(parsing: selection.description, lists: lists)
      try promise(Set(again.ports) == Set(ports), "other ports when written out")
    } catch let error as PortSelectionError {
      try promise(!error.problem.isEmpty, "a complaint without words")
    }
  }

  static func readTimes(_ text: String) throws {
    if let moment = Timestamp(rfc3339: text) {
      // Milliseconds are what is written.
      let written = moment.rfc3339(offsetMinutes: Timestamp.jst)
      let again = Timestamp(rfc3339: written)
      try promise(again.map { (moment - $0).magnitude < .milliseconds(1) } == true, "another time than \(written)")
      if let end = TimeWindow("22:00-05:00")?.end(at: moment, offsetMinutes: 540) {
        try promise(end > moment && end - moment <= .seconds(86_400), "a window that ends before it begins")
      }
    }
    if let window = TimeWindow(text) {
      try promise(TimeWindow("\(window)") == window, "another window when written out")
    }
    if let shard = Shard(text) { try promise(Shard("\(shard)") == shard, "another shard when written out") }
  }

  /// Orders are orders: what is older than another is not newer too.
  static func readVersions(_ text: String) throws {
    let words = text.split(whereSeparator: \.isNewline).prefix(2).map { FirmwareVersion(String($0)) }
    let halves = text.split(separator: " ", maxSplits: 1).map { FirmwareVersion(String($0)) }
    for pair in [words, halves] {
      guard pair.count == 2 else { continue }
      let (there, back) = (pair[0].compared(to: pair[1]), pair[1].compared(to: pair[0]))
      let holds: Bool
      switch (there, back) {
      case (.older, .newer), (.newer, .older), (.same, .same), (.incomparable, .incomparable): holds = true
      default: holds = false
      }
      try promise(holds, "\(there) one way, \(back) the other")
      if pair[0].belongs(to: pair[1]) {
        try promise(pair[0].components.count >= pair[1].components.count, "a shorter branch")
      }
      if !pair[0].components.isEmpty { try promise(pair[0].compared(to: pair[0]) == .same, "not the same as itself") }
    }
  }
}

extension Duration {
  fileprivate var magnitude: Duration { self < .zero ? .zero - self : self }
}
