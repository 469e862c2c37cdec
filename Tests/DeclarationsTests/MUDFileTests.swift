import Documents
import LabSupport
import Records
import Testing

@testable import Declarations

@Suite struct MUDFileTests {
  /// RFC 8520 §9, shortened to what the reader looks at: a lamp that calls a cloud service.
  private let lamp = """
    {"ietf-mud:mud": {"mud-version": 1, "mud-url": "https://lighting.example.com/lightbulb2000",
      "last-update": "2019-01-28T11:20:51+01:00", "cache-validity": 48, "is-supported": true,
      "systeminfo": "The BMS Example Light Bulb",
      "from-device-policy": {"access-lists": {"access-list": [{"name": "mud-76100-v6fr"}]}},
      "to-device-policy": {"access-lists": {"access-list": [{"name": "mud-76100-v6to"}]}}},
     "ietf-access-control-list:acls": {"acl": [
       {"name": "mud-76100-v6to", "type": "ipv6-acl-type", "aces": {"ace": [{"name": "cl0-todev",
         "matches": {"ipv6": {"ietf-acldns:src-dnsname": "test.example.com", "protocol": 6},
           "tcp": {"ietf-mud:direction-initiated": "from-device", "source-port": {"operator": "eq", "port": 443}}},
         "actions": {"forwarding": "accept"}}]}},
       {"name": "mud-76100-v6fr", "type": "ipv6-acl-type", "aces": {"ace": [{"name": "cl0-frdev",
         "matches": {"ipv6": {"ietf-acldns:dst-dnsname": "test.example.com", "protocol": 6},
           "tcp": {"ietf-mud:direction-initiated": "from-device", "destination-port": {"operator": "eq", "port": 443}}},
         "actions": {"forwarding": "accept"}}]}}]}}
    """

  /// A device that offers services, with the abstractions of RFC 8520 §5.
  private func server(_ matches: String, action: String = "accept") -> String {
    """
    {"ietf-mud:mud": {"mud-version": 1, "mud-url": "https://example.com/cam", "last-update": "2026-01-01T00:00:00Z",
      "cache-validity": 48, "is-supported": true, "mud-signature": "https://example.com/cam.p7s",
      "to-device-policy": {"access-lists": {"access-list": [{"name": "to"}]}}},
     "ietf-access-control-list:acls": {"acl": [{"name": "to", "type": "ipv4-acl-type", "aces": {"ace": [
       {"name": "e", "matches": \(matches), "actions": {"forwarding": "\(action)"}}]}}]}}
    """
  }

  private func read(_ text: String) throws(DocumentError) -> MUDFile {
    try MUDFile(parsing: Array(text.utf8), file: "m.json")
  }

  @Test func `a lamp that only calls others offers nothing`() throws {
    let mud = try read(lamp)
    #expect(mud.allowed.isEmpty && mud.remarks == ["mud-76100-v6to/cl0-todev: answers to what the device began"])
    #expect(mud.url == "https://lighting.example.com/lightbulb2000" && mud.isSupported && mud.signature == nil)
    #expect(mud.systemInfo == "The BMS Example Light Bulb")
  }

  @Test(arguments: [
    (#"{"tcp": {"destination-port": {"operator": "eq", "port": 443}}}"#, UInt16(443)...443),
    (#"{"tcp": {"destination-port": {"port": 443}}}"#, 443...443),
    (#"{"tcp": {"destination-port": {"lower-port": 8000, "upper-port": 8010}}}"#, 8_000...8_010),
    (#"{"tcp": {"destination-port": {"operator": "gte", "port": 60000}}}"#, 60_000...65_535),
    (#"{"tcp": {"destination-port": {"operator": "lte", "port": 100}}}"#, 0...100),
    (
      #"{"tcp": {"ietf-mud:direction-initiated": "to-device", "destination-port": {"operator": "eq", "port": 80}}}"#,
      80...80
    ),
  ]) func `a port of the device is allowed`(matches: String, ports: ClosedRange<UInt16>) throws {
    let mud = try read(server(matches))
    #expect(mud.allowed.map(\.ports) == [ports] && mud.allowed[0].transport == .tcp)
    #expect(mud.signature == "https://example.com/cam.p7s" && mud.allowed[0].source == "https://example.com/cam to/e")
  }

  @Test func `who may use it is kept as text`() throws {
    let matches =
      #"{"ietf-mud:mud": {"local-networks": [null], "controller": "urn:ietf:params:mud:dns"},"#
      + #" "ipv4": {"protocol": 17, "source-ipv4-network": "10.0.0.0/8"}, "udp": {"destination-port": {"port": 53}}}"#
    let mud = try read(server(matches))
    #expect(mud.allowed.map(\.transport) == [.udp])
    #expect(mud.allowed[0].conditions == ["controller urn:ietf:params:mud:dns", "from 10.0.0.0/8", "local-networks"])
  }

  @Test(arguments: [
    #"{"ietf-mud:mud": {"local-networks": [null]}}"#, #"{"tcp": {"source-port": {"port": 80}}}"#,
    #"{"tcp": {"destination-port": {"operator": "neq", "port": 80}}}"#,
  ]) func `an entry that names no port allows none by name`(matches: String) throws {
    let mud = try read(server(matches))
    #expect(mud.allowed.isEmpty && mud.remarks.count == 1)
  }

  @Test func `what is dropped is not allowed`() throws {
    #expect(try read(server(#"{"tcp": {"destination-port": {"port": 80}}}"#, action: "drop")).allowed.isEmpty)
  }

  @Test(arguments: [
    "", "[]", "{}", "{\"a\": &x 1}", "{\"a\": *x}", "a: 1", "{\"ietf-mud:mud\": 1}", "{\"a\": \"\u{1}\"}",
    String(repeating: "{\"a\":", count: 40) + "1" + String(repeating: "}", count: 40), "{\"a\": [}]}{", "{\"a\": \"",
    "# comment\n{}", "{\"a\": !!binary x}",
  ]) func `what is no MUD file is refused`(text: String) {
    #expect(throws: DocumentError.self) { try read(text) }
  }

  /// Each of these is YAML in a place that nothing else looks at.
  @Test(arguments: ["&x 48", "!!int 48", "48 # note\n", "forty-eight", "'48'"])
  func `what is YAML but no JSON is refused wherever it stands`(value: String) {
    #expect(throws: DocumentError.self) {
      try read(lamp.replacing("\"cache-validity\": 48", with: "\"cache-validity\": \(value)"))
    }
  }

  @Test func `a list that is missing, a bad port and a huge file are refused`() {
    #expect(throws: DocumentError.self) {
      try read(lamp.replacing("\"name\": \"mud-76100-v6to\", \"type\"", with: "\"name\": \"x\", \"type\""))
    }
    #expect(throws: DocumentError.self) { try read(server(#"{"tcp": {"destination-port": {"port": 65536}}}"#)) }
    #expect(throws: DocumentError.self) { try read(lamp + String(repeating: " ", count: 1 << 20)) }
  }

  @Test func `a damaged file is read or refused, nothing else`() {
    var random = SeededRandom(seed: 8520)
    let octets = Array(server(#"{"tcp": {"destination-port": {"port": 443}}}"#).utf8)
    for _ in 0..<5_000 {
      var damaged = octets
      for _ in 0...(random.next() % 3) {
        damaged[Int(random.next() % UInt64(damaged.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      if random.next() % 8 == 0 { damaged.removeLast(Int(random.next() % UInt64(damaged.count))) }
      if let mud = try? MUDFile(parsing: damaged, file: "m.json") { #expect(mud.allowed.count <= 1) }
    }
  }
}
