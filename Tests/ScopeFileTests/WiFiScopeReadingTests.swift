import Addressing
import Authority
import Documents
import Records
import Testing

@testable import ScopeFile

struct WiFiScopeReadingTests {
  private static let wifi = """
    wifi:
      ssids: [factory-iot, "会議室", 0xff41, "0x30783431"]
      bssids: ["00:11:22:33:44:55"]
      exclude:
        ssids: [guest]
        bssids: ["00:11:22:33:44:66"]

    """

  private static func address(_ last: UInt64) -> MACAddress { MACAddress(rawValue: 0x0011_2233_4400 | last) }

  @Test func `names and addresses are read, octets that are no text by their digits`() throws {
    let wifi = try Sample.read(Sample.text + Self.wifi).wifi
    // "会議室" in UTF-8; "0x41" itself is written by its octets.
    let room: [UInt8] = [0xe4, 0xbc, 0x9a, 0xe8, 0xad, 0xb0, 0xe5, 0xae, 0xa4]
    #expect(wifi.included.names == [Array("factory-iot".utf8), room, [0xff, 0x41], Array("0x41".utf8)])
    #expect(wifi.included.addresses == [Self.address(0x55)])
    #expect(wifi.excluded == WiFiScope.Networks(names: [Array("guest".utf8)], addresses: [Self.address(0x66)]))
    #expect(try Sample.read(Sample.text).wifi.included.isEmpty)
  }

  @Test func `deny wins, an address is in scope under any name, and what nobody named is out`() throws {
    let wifi = try Sample.read(Sample.text + Self.wifi).wifi
    func allows(_ address: UInt64, _ name: String?) -> Bool {
      wifi.contains(Self.address(address), name: name.map { Array($0.utf8) })
    }
    #expect(allows(1, "factory-iot") && allows(0x55, nil) && allows(0x55, "renamed"))
    #expect(!allows(0x66, "factory-iot") && !allows(0x55, "guest") && !allows(1, "guest"))
    #expect(!allows(1, nil) && !allows(1, "Factory-iot") && !allows(1, "factory-iot ") && !allows(1, ""))
    #expect(!WiFiScope().contains(Self.address(0x55), name: Array("factory-iot".utf8)))
  }

  @Test func `a scope of Wi-Fi networks alone allows nothing to be sent`() throws {
    let text = Sample.text.replacing("[192.168.10.0/24]", with: "[]").replacing("[arp-discovery, tcp-syn]", with: "[]")
    let scope = try Sample.read(text + Self.wifi)
    #expect(scope.networks.isEmpty && scope.techniques.isEmpty)
    #expect(scope.refusal(of: IPAddress(IPv4Address(rawValue: 0x7f00_0001)), for: .tcpSYN, at: scope.validFrom) != nil)
    // Without them an empty list is a mistake, as ever.
    for damaged in [text, text + "wifi: {exclude: {ssids: [x]}}\n"] {
      #expect(throws: DocumentError.self) { _ = try Sample.read(damaged) }
    }
  }

  /// `line` counts from the first line of `wifi`.
  @Test(arguments: [
    ("ssids: [factory", "ssid: [factory", 2), ("factory-iot", "\"\"", 2), ("0xff41", "0xff4", 2),
    ("0xff41", "0xfg41", 2),
    ("factory-iot", String(repeating: "x", count: 33), 2), ("0xff41", "0x", 2),
    ("\"00:11:22:33:44:55\"", "00-11-22", 3), ("\"00:11:22:33:44:66\"", "all", 6),
    ("ssids: [guest]", "names: [guest]", 5),
  ])
  func `what is wrong is named with its line`(old: String, new: String, line: Int) throws {
    let text = Self.wifi.replacing(old, with: new)
    #expect(text != Self.wifi)
    let error = #expect(throws: DocumentError.self) { _ = try Sample.read(Sample.text + text) }
    let before = Sample.text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
    #expect(error?.line == before + line, "\(String(describing: error))")
  }

  @Test func `the template's example of Wi-Fi networks reads as one`() throws {
    let template = ScopeTemplate.text(
      id: "1", customer: "c", site: "s", operator: "o", networks: ["192.168.10.0/24"],
      from: "2026-11-20T09:00:00+09:00", until: "2026-11-20T17:00:00+09:00")
    let lines = template.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0 == "# wifi:" })
    let example = lines[start...].prefix { $0.hasPrefix("#") }.map { $0.dropFirst(2) }.joined(separator: "\n")
    let wifi = try Sample.read(template + example + "\n").wifi
    #expect(wifi.included.names == [Array("factory-iot".utf8)] && wifi.excluded.names == [Array("guest".utf8)])
    #expect(wifi.included.addresses == [Self.address(0x55)])
    // Both techniques stand there, commented out.
    for technique in ["wifi-listen", "wifi-scan"] { #expect(lines.contains { $0.hasPrefix("#  - \(technique) ") }) }
  }
}
