import LabSupport
import Testing
import Wire

struct ServiceRecordsTests {
  private func read(_ octets: [UInt8]) throws(WireError) -> ServiceRecords { try ServiceRecords(parsing: octets.span) }

  private static let list = ServiceReplies.serviceTypes
  static let instances = ServiceReplies.serviceInstances

  @Test func `the list of types is read`() throws {
    let records = try read(Self.list)
    #expect(records.identifier == 0x1234 && records.types == ["_ipp._tcp"] && records.instances.isEmpty)
  }

  @Test func `an instance has a name, a host and what its maker wrote`() throws {
    let records = try read(Self.instances)
    let instance = try #require(records.instances.first)
    #expect(records.instances.count == 1 && records.types == ["_ipp._tcp"])
    #expect(instance.addresses.map { "\($0)" } == ["fe80::c4d5:4bff:fec5:3fff", "192.0.2.1"])
    #expect(instance.name == "Lab printer" && instance.type == "_ipp._tcp" && instance.host == "lab-printer.local")
    #expect(
      instance.attributes == [
        "txtvers": "1", "ty": "EPSON WF-7840 Series", "usb_mfg": "EPSON", "usb_mdl": "WF-7840 Series",
        "rp": "ipp/print",
      ])
  }

  /// A response with number 0 and one record: RFC 1035 §4.1.3, by hand.
  private static func response(_ owner: [String], _ type: UInt8, _ data: [UInt8]) -> [UInt8] {
    var octets: [UInt8] = [0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    octets += strings(owner)
    octets += [0, 0, type, 0x80, 1, 0, 0, 0, 120]
    octets += [UInt8(data.count >> 8), UInt8(data.count & 0xff)]
    return octets + data
  }

  /// Each text behind its length: labels, and character strings.
  private static func strings(_ texts: [String]) -> [UInt8] {
    var octets: [UInt8] = []
    for text in texts {
      octets.append(UInt8(text.utf8.count))
      octets += Array(text.utf8)
    }
    return octets
  }

  /// RFC 6763 §6.4: the first of a key counts, its case does not matter; no key is no attribute; §6.3: a key without a
  /// value is none either.
  @Test func `strings are keys and values by the rules of DNS-SD`() throws {
    let text = Self.strings(["MD=One", "md=two", "=x", "flag", "e="])
    let records = try read(Self.response(["A.b", "_HAP", "_tcp", "local"], 16, text))
    #expect(records.instances.first?.attributes == ["md": "One", "e": ""])
    #expect(records.instances.first?.name == "A.b" && records.types == ["_hap._tcp"])
    // Strings that are not whole are no strings; the instance is there all the same.
    #expect(try read(Self.response(["a", "_hap", "_tcp", "local"], 16, [9, 0x61])).instances.first?.attributes == [:])
  }

  /// A question, another domain, a host's record, types that are none (RFC 6763 §7).
  @Test func `what announces no service yields none`() throws {
    #expect(throws: WireError.unsupported) { try read(ServiceQuestion.instances(of: ["_ipp._tcp"], identifier: 1)) }
    for name in [
      ["a", "_ipp", "_tcp", "example"], ["host", "local"], ["a", "ipp", "_tcp", "local"],
      ["a", "_ipp", "_sctp", "local"],
      ["a", "_", "_tcp", "local"], ["a", "_sub", "_ipp", "_tcp", "local"],
    ] {
      let records = try read(Self.response(name, 16, [0]))
      #expect(records.instances.isEmpty && records.types.isEmpty, "\(name)")
    }
  }

  /// A pointer at itself, forwards, a loop of two, a name beyond 255 octets, a record beyond the end.
  @Test func `names that do not end are refused`() {
    let head: [UInt8] = [0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    let tail: [UInt8] = [0, 16, 0, 1, 0, 0, 0, 0, 0, 0]
    let label: [UInt8] = [60] + [UInt8](repeating: 0x61, count: 60)
    let long: [UInt8] = label + label + label + label + label + [0]
    let names: [[UInt8]] = [[0xc0, 12], [0xc0, 40], [1, 0x61, 0xc0, 12], [0xc0, 13, 0xc0, 12], [0x80, 1], long]
    for name in names {
      let octets = head + name + tail
      #expect(throws: WireError.self) { try read(octets) }
    }
    let whole = Self.response(["a", "_ipp", "_tcp", "local"], 16, [0])
    #expect(throws: WireError.self) { try read(Array(whole.dropLast())) }
  }

  @Test func `the question asks for each type, by unicast`() {
    #expect(
      ServiceQuestion.instances(of: ["_ipp._tcp", "nonsense", "_hap._tcp"], identifier: 0x0102)
        == octets(
          hex: """
            01 02 00 00 00 02 00 00 00 00 00 00
            04 5f 69 70 70 04 5f 74 63 70 05 6c 6f 63 61 6c 00 00 0c 80 01
            04 5f 68 61 70 04 5f 74 63 70 05 6c 6f 63 61 6c 00 00 0c 80 01
            """))
  }

  @Test func `every prefix and mutations are read without a trap, and names stay within what DNS allows`() {
    for golden in [Self.list, Self.instances] {
      for count in 0..<golden.count { #expect(throws: WireError.self) { try read(Array(golden.prefix(count))) } }
      var random = SeededRandom(seed: 62)
      for _ in 0..<20_000 {
        guard let records = try? read(MutationTests.mutate(golden, &random)) else { continue }
        // A label has 63 octets; each of them may have become a replacement character.
        #expect(records.instances.allSatisfy { $0.name.utf8.count <= 63 * 3 })
      }
    }
  }
}
