import Foundation
import Testing

@testable import Addressing

struct IPv6AddressTests {
  /// RFC 4291 §2.2, forms 1 and 2, with the numbers that the groups spell.
  @Test(arguments: [
    ("ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", 0xabcd_ef01_2345_6789 as UInt64, 0xabcd_ef01_2345_6789 as UInt64),
    ("2001:DB8:0:0:8:800:200C:417A", 0x2001_0db8_0000_0000, 0x0008_0800_200c_417a),
    ("2001:DB8::8:800:200C:417A", 0x2001_0db8_0000_0000, 0x0008_0800_200c_417a),
    ("FF01:0:0:0:0:0:0:101", 0xff01_0000_0000_0000, 0x101), ("FF01::101", 0xff01_0000_0000_0000, 0x101),
    ("0:0:0:0:0:0:0:1", 0, 1), ("::1", 0, 1), ("0:0:0:0:0:0:0:0", 0, 0), ("::", 0, 0),
    ("1::", 0x0001_0000_0000_0000, 0), ("1:2:3:4:5:6:7::", 0x0001_0002_0003_0004, 0x0005_0006_0007_0000),
    ("::2:3:4:5:6:7:8", 0x0000_0002_0003_0004, 0x0005_0006_0007_0008),
  ])
  func `the forms of RFC 4291 are read`(text: String, high: UInt64, low: UInt64) {
    #expect(IPv6Address(text) == IPv6Address(high: high, low: low))
  }

  /// RFC 5952: the spellings of §2 and the rules of §4, each with the one text that §4 asks for.
  @Test(arguments: [
    // §2.1–§2.4: one address, eight spellings and the upper case.
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:db8::1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8::0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:0db8::1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:0:1::1", "2001:db8::1:0:0:1"),
    ("2001:db8:0000:0:1::1", "2001:db8::1:0:0:1"), ("2001:DB8:0:0:1::1", "2001:db8::1:0:0:1"),
    ("2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"),
    ("2001:db8:aaaa:bbbb:cccc:dddd:0:1", "2001:db8:aaaa:bbbb:cccc:dddd:0:1"),
    ("2001:db8:aaaa:bbbb:cccc:dddd::1", "2001:db8:aaaa:bbbb:cccc:dddd:0:1"),
    ("2001:db8:aaaa:bbbb:cccc:dddd:eeee:AAAA", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"),
    // §4.1: no leading zeros, a group of zeros is "0".
    ("2001:0db8::0001", "2001:db8::1"), ("2001:db8:1:0000:1:1:1:1", "2001:db8:1:0:1:1:1:1"),
    // §4.2.1: shortened as much as possible.
    ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"), ("2001:db8::0:1", "2001:db8::1"),
    // §4.2.2: not for one group.
    ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    // §4.2.3: the longest run, the first of equals.
    ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    // The ends.
    ("0:0:0:0:0:0:0:0", "::"), ("0:0:0:0:0:0:0:1", "::1"), ("1:0:0:0:0:0:0:0", "1::"),
    ("0:0:1:0:0:0:0:0", "0:0:1::"), ("0:0:0:0:0:0:1:0", "::1:0"),
    ("FE80::0223:45FF:FE67:89AB", "fe80::223:45ff:fe67:89ab"),
  ])
  func `an address prints as RFC 5952 recommends`(text: String, canonical: String) throws {
    let address = try #require(IPv6Address(text))
    #expect(address.description == canonical)
    #expect(IPv6Address(canonical) == address)
  }

  @Test(arguments: [
    "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1::2::3",
    "12345::", "::g", "fe80::1%eth0", "fe80::1%2", "::1/128", "[::1]", " ::1", "::1 ", "1:2:3:4:5:6:7:",
    ":1:2:3:4:5:6:7",
    "::１", "-1::", "+1::", "10.0.0.1",
    // RFC 4291 §2.2 form 3 and §2.5.5: written for IPv4 hosts, which this program names by IPv4 addresses.
    "0:0:0:0:0:0:13.1.68.3", "0:0:0:0:0:FFFF:129.144.52.38", "::13.1.68.3", "::FFFF:129.144.52.38", "::ffff:8190:3426",
  ])
  func `anything that names no host of an IPv6 link is refused`(text: String) {
    #expect(IPv6Address(text) == nil)
  }

  /// RFC 4291 appendix A says which bit turns over and what goes between; the octets are the example
  /// of RFC 2464 §4.
  @Test func `a MAC address becomes an interface identifier and back`() throws {
    let mac = try #require(MACAddress("34-56-78-9A-BC-DE"))
    let address = IPv6Address(linkLocalOf: mac)
    #expect(address.description == "fe80::3656:78ff:fe9a:bcde")
    #expect(address.embeddedMAC == mac)
    let local = try #require(MACAddress("02:00:00:00:00:01"))
    #expect(IPv6Address(linkLocalOf: local).description == "fe80::ff:fe00:1")
    #expect(IPv6Address(linkLocalOf: local).embeddedMAC == local)
    #expect(try #require(IPv6Address("fe80::3656:78ff:fd9a:bcde")).embeddedMAC == nil)
    #expect(try #require(IPv6Address("2001:db8::1")).embeddedMAC == nil)
  }

  /// RFC 4291 §2.7.1: the example, and the Ethernet group of RFC 2464 §7.
  @Test func `questions about an address go to its solicited-node group`() throws {
    let address = try #require(IPv6Address("4037::01:800:200E:8C6C"))
    #expect(address.solicitedNode.description == "ff02::1:ff0e:8c6c")
    #expect(address.solicitedNode.multicastMAC.description == "33:33:ff:0e:8c:6c")
    #expect(IPv6Address.allNodes.description == "ff02::1")
    #expect(IPv6Address.allNodes.multicastMAC.description == "33:33:00:00:00:01")
  }

  @Test(arguments: [
    ("fe80::1", true, false), ("febf:ffff::1", true, false), ("fe7f:ffff::1", false, false), ("fec0::", false, false),
    ("ff02::1", false, true), ("feff::", false, false), ("ff00::", false, true), ("2001:db8::1", false, false),
    ("::", false, false),
  ])
  func `the kind of an address is told by its first bits`(text: String, linkLocal: Bool, multicast: Bool) throws {
    let address = try #require(IPv6Address(text))
    #expect(address.isLinkLocal == linkLocal)
    #expect(address.isMulticast == multicast)
    #expect(address.isUnspecified == (text == "::"))
    #expect(AddressRange.linkLocal.contains(IPAddress(address)) == linkLocal)
  }

  @Test func `the octets are those of the wire`() throws {
    let address = try #require(IPv6Address("102:304:506:708:90a:b0c:d0e:f10"))
    #expect(address.octets == Array(1...16))
  }
}

struct IPAddressTests {
  @Test func `the families never meet, and IPv4 comes first`() throws {
    let texts = ["10.0.0.9", "10.0.0.10", "255.255.255.255", "::", "::1", "::a00:9", "2001:db8::1", "ff02::1"]
    let addresses = try texts.map { try #require(IPAddress($0)) }
    #expect(addresses.shuffled().sorted().map(\.description) == texts)
    #expect(Set(addresses).count == texts.count)
    #expect(addresses.map(\.isIPv4) == texts.map { $0.contains(".") })
    #expect(IPAddress("::ffff:10.0.0.9") == nil)
    #expect(addresses[0].v4?.rawValue == 0x0a00_0009)
    #expect(addresses[0].v6 == nil)
    #expect(addresses[5].v4 == nil)
    #expect(addresses[5].v6?.low == 0x0a00_0009)
  }

  /// fe80::/10 (RFC 4291 §2.5.6) and 169.254/16 (RFC 3927 §2.1).
  @Test(arguments: [
    ("169.254.0.1", true), ("169.253.255.255", false), ("169.255.0.0", false), ("fe80::1", true), ("fec0::1", false),
    ("::a9fe:1", false), ("10.0.0.1", false),
  ])
  func `link-local addresses of both families are known`(text: String, expected: Bool) throws {
    #expect(try #require(IPAddress(text)).isLinkLocal == expected)
  }

  @Test func `an address is coded as its text`() throws {
    for text in ["10.0.0.7", "fe80::1"] {
      let address = try #require(IPAddress(text))
      #expect(String(decoding: try JSONEncoder().encode([address]), as: UTF8.self) == "[\"\(text)\"]")
      #expect(try JSONDecoder().decode([IPAddress].self, from: Data("[\"\(text)\"]".utf8)) == [address])
    }
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([IPAddress].self, from: Data("[\"x\"]".utf8)) }
  }

  @Test func `random addresses come back from their text`() throws {
    var state: UInt64 = 1
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // Many zero groups, so that every shape of "::" occurs.
      return state ^ state >> 29
    }
    for _ in 0..<3_000 {
      let mask = next()
      func word(_ shift: UInt64) -> UInt64 {
        (0..<4).reduce(0) { word, group in
          word << 16 | ((mask >> (shift + UInt64(group))) & 1 == 0 ? 0 : next() & 0xffff)
        }
      }
      let address = IPv6Address(high: word(20), low: word(30))
      // A mapped address has no text of its own here.
      guard address.high != 0 || address.low >> 32 != 0xffff else { continue }
      #expect(IPv6Address(address.description) == address, "\(address)")
    }
  }
}
