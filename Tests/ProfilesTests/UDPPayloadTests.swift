import Testing

@testable import Profiles

/// Fields of the payloads at the offsets that the specifications give, written down from these.
struct UDPPayloadTests {
  let store: ProfileStore

  init() throws { store = try RuleSet.store() }

  private func payload(_ id: String, _ transaction: UInt32 = 0x1234_5678) throws -> [UInt8] {
    try #require(store.udpProbes.first { $0.id == id }).payload(transaction: transaction)
  }

  private func text(_ id: String) throws -> String { String(decoding: try payload(id), as: UTF8.self) }

  private func number(_ octets: ArraySlice<UInt8>) -> Int { octets.reduce(0) { $0 << 8 | Int($1) } }

  // RFC 1035 §4.1.1: ID, flags, QDCOUNT; RFC 1002 §4.2.1.1 has the same header.
  @Test(
    arguments: [
      ("dns", [9, 0], 1), ("mdns", [9, 7, 4, 5, 0], 0x8001), ("netbios", [32, 0], 1),
    ] as [(String, [Int], Int)])
  func `name questions have one question whose labels end at its type`(
    id: String, labels: [Int], class expected: Int
  ) throws {
    let octets = try payload(id)
    #expect(number(octets[0..<2]) == 0x5678)
    #expect(number(octets[2..<4]) == 0)
    #expect(number(octets[4..<12]) == 0x0001_0000_0000_0000)
    var offset = 12
    var found: [Int] = []
    repeat {
      found.append(Int(octets[offset]))
      offset += 1 + Int(octets[offset])
    } while found.last != 0
    #expect(found == labels)
    #expect(octets.count == offset + 4)
    #expect(number(octets[(offset + 2)...]) == expected)
  }

  // RFC 5905 §7.3: LI, version and mode in the first octet; transmit timestamp at 40.
  @Test func `the time is asked for as a client of version 4`() throws {
    let octets = try payload("ntp")
    #expect(octets.count == 48)
    #expect(octets[0] >> 6 == 0 && octets[0] >> 3 & 7 == 4 && octets[0] & 7 == 3)
    #expect(octets[1..<40].allSatisfy { $0 == 0 })
    #expect(number(octets[40..<48]) == 0x1234_5678_1234_5678)
  }

  // X.690 §8.1.3: definite lengths; each must end exactly where its parent's next member begins.
  @Test func `the lengths of the SNMP message are nested exactly`() throws {
    let octets = try payload("snmpv3")
    func members(of range: Range<Int>) -> [Range<Int>] {
      var result: [Range<Int>] = []
      var offset = range.lowerBound
      while offset + 1 < range.upperBound {
        let end = offset + 2 + Int(octets[offset + 1])
        result.append(offset + 2..<end)
        offset = end
      }
      #expect(offset == range.upperBound)
      return result
    }
    let message = members(of: 0..<octets.count)
    try #require(message.count == 1)
    let fields = members(of: message[0])
    try #require(fields.count == 4)
    #expect(Array(octets[fields[0]]) == [3])
    let header = members(of: fields[1])
    // RFC 3412 §6.2: msgID is positive, 31 bits; §6.3: at least 484; §6.4: reportable only; §6.5: USM is 3.
    #expect(number(octets[header[0]]) == 0x1034_5678)
    #expect(number(octets[header[1]]) == 65507)
    #expect(header.dropFirst(2).map { Array(octets[$0]) } == [[4], [3]])
    // RFC 3414 §4: engine ID, user, authentication and privacy parameters empty; boots and time 0.
    let security = members(of: members(of: fields[2])[0])
    #expect(security.map { Array(octets[$0]) } == [[], [0], [0], [], [], []])
    let scoped = members(of: fields[3])
    #expect(scoped.map(\.count) == [0, 0, 14])
    #expect(members(of: scoped[2]).map(\.count) == [4, 1, 1, 0])
  }

  // RFC 7252 §3: version, type, token length; code 0.01; options by delta and length.
  @Test func `the CoAP request is a GET of two path segments`() throws {
    let octets = try payload("coap")
    #expect(octets[0] >> 6 == 1 && octets[0] >> 4 & 3 == 1 && octets[0] & 15 == 4)
    #expect(octets[1] == 0x01)
    #expect(number(octets[2..<4]) == 0x5678 && number(octets[4..<8]) == 0x1234_5678)
    #expect(octets[8] >> 4 == 11 && octets[8] & 15 == 11)
    #expect(octets[9..<20].elementsEqual(".well-known".utf8))
    #expect(octets[20] == 4 && octets[21...].elementsEqual("core".utf8))
  }

  // RFC 1350 §5: opcode 1, name, zero, mode, zero.
  @Test func `TFTP only reads`() throws {
    let octets = try payload("tftp")
    #expect(number(octets[0..<2]) == 1)
    let fields = octets[2...].split(separator: 0, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    #expect(fields == ["tenken-12345678", "octet", ""])
  }

  // ECHONET Lite part 2 §3.2: EHD, TID, SEOJ, DEOJ, ESV, OPC, EPC, PDC. 0x60, 0x61, 0x6e would set.
  @Test func `ECHONET Lite only gets`() throws {
    let octets = try payload("echonet-lite")
    #expect(octets == [0x10, 0x81, 0x56, 0x78, 0x05, 0xff, 0x01, 0x0e, 0xf0, 0x01, 0x62, 0x01, 0xd6, 0x00])
    let probe = try #require(store.udpProbes.first { $0.id == "echonet-lite" })
    #expect(probe.sourcePort == 3610)
    // DVRIP's tools listen on its port, too.
    #expect(store.udpProbes.filter { $0.sourcePort != nil }.map(\.id) == ["dvrip", "echonet-lite"])
  }

  // RFC 6347 §4.1 and §4.2.2: lengths of record, message, fragment and lists.
  @Test func `the DTLS lengths fit each other`() throws {
    let octets = try payload("dtls")
    #expect(octets[0] == 22 && number(octets[1..<3]) == 0xfefd)
    #expect(number(octets[11..<13]) == octets.count - 13)
    #expect(octets[13] == 1)
    #expect(number(octets[14..<17]) == octets.count - 25)
    #expect(number(octets[19..<22]) == 0 && number(octets[22..<25]) == octets.count - 25)
    #expect(number(octets[25..<27]) == 0xfefd && number(octets[27..<31]) == 0x1234_5678)
    #expect(octets[59] == 0 && octets[60] == 0)
    let suites = number(octets[61..<63])
    #expect(suites.isMultiple(of: 2))
    let after = 63 + suites
    #expect(Array(octets[after..<after + 2]) == [1, 0])
    #expect(number(octets[(after + 2)..<(after + 4)]) == octets.count - after - 4)
  }

  // IPMI 2.0 §13.8: both checksums make the sum of what they cover zero.
  @Test func `the IPMI checksums hold`() throws {
    let octets = try payload("ipmi")
    #expect(Array(octets[0..<4]) == [6, 0, 0xff, 7])
    #expect(Int(octets[13]) == octets.count - 14)
    #expect(octets[14...16].reduce(0, &+) == 0)
    #expect(octets[17...].reduce(0, &+) == 0)
    #expect(octets[15] >> 2 == 6 && octets[19] == 0x38)
  }

  // ASHRAE 135 annex J.2.1: type 0x81, length at 2; clause 20.2.14: object type 8 (device), instance 22 bits.
  @Test func `BACnet reads the device's own number`() throws {
    let octets = try payload("bacnet")
    #expect(octets[0] == 0x81 && number(octets[2..<4]) == octets.count)
    #expect(octets[6] >> 4 == 0 && octets[8] == 0x78 && octets[9] == 12)
    #expect(number(octets[11..<15]) >> 22 == 8 && number(octets[11..<15]) & 0x3f_ffff == 4_194_303)
    #expect(octets[16] == 75)
  }

  @Test func `KNXnet/IP and EtherNet/IP state their lengths`() throws {
    let knx = try payload("knxnet-ip")
    #expect(number(knx[4..<6]) == knx.count && Int(knx[6]) == knx.count - 6)
    let cip = try payload("ethernet-ip")
    #expect(cip.count == 24 && cip[0] == 0x63 && cip[2] == 0 && cip[3] == 0)
    #expect(number(cip[16..<20]) == 0x1234_5678)
    let dahua = try payload("dahua")
    #expect(Int(dahua[16]) == dahua.count - 32 && dahua[24] == dahua[16])
    // Command 1530 without content: 0x05fa and a length of 0, little-endian.
    let dvrip = try payload("dvrip")
    #expect(dvrip.count == 20 && dvrip[0] == 0xff && Array(dvrip[14...]) == [0xfa, 5, 0, 0, 0, 0])
  }

  // RFC 3261 §8.1.1: the six fields of every request; §7.5: an empty line ends it.
  @Test func `the SIP request is whole and cannot travel on`() throws {
    let lines = try text("sip").components(by: "\r\n")
    #expect(lines[0] == "OPTIONS sip:tenken.invalid SIP/2.0")
    #expect(lines.suffix(2) == ["", ""])
    for field in ["Via: ", "Max-Forwards: 0", "From: ", "To: ", "Call-ID: 12345678@", "CSeq: 1 OPTIONS"] {
      #expect(lines.filter { $0.hasPrefix(field) }.count == 1, "\(field)")
    }
    #expect(lines.contains { $0.hasPrefix("Via: ") && $0.hasSuffix("branch=z9hG4bK12345678") })
  }

  // UPnP Device Architecture 1.1 §1.3.2.
  @Test func `the SSDP search is whole`() throws {
    let lines = try text("ssdp").components(by: "\r\n")
    #expect(lines.first == "M-SEARCH * HTTP/1.1")
    #expect(lines.contains("MAN: \"ssdp:discover\"") && lines.contains("ST: upnp:rootdevice"))
    #expect(lines.suffix(2) == ["", ""])
  }
}

extension String {
  /// As Foundation's `components(separatedBy:)`, which sees "\r\n" differently from one platform to another.
  fileprivate func components(by separator: String) -> [String] {
    Array(utf8).split(on: Array(separator.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension [UInt8] {
  fileprivate func split(on separator: [UInt8]) -> [[UInt8]] {
    var result: [[UInt8]] = [[]]
    var index = 0
    while index < count {
      if self[index...].starts(with: separator) {
        result.append([])
        index += separator.count
      } else {
        result[result.count - 1].append(self[index])
        index += 1
      }
    }
    return result
  }
}
