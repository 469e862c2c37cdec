import Foundation
import Testing

@testable import Addressing

struct MACAddressTests {
  @Test(arguments: [
    ("00:11:22:aa:bb:cc", 0x0011_22aa_bbcc as UInt64), ("00-11-22-AA-BB-CC", 0x0011_22aa_bbcc),
    ("ff:ff:ff:ff:ff:ff", 0xffff_ffff_ffff), ("0A:0b:0C:0d:0E:0f", 0x0a0b_0c0d_0e0f), ("00:00:00:00:00:00", 0),
  ])
  func `both separators and both cases are read`(text: String, value: UInt64) {
    #expect(MACAddress(text)?.rawValue == value)
  }

  @Test(arguments: [
    "", "00:11:22:aa:bb", "00:11:22:aa:bb:cc:dd", "0:11:22:aa:bb:cc", "000:11:22:aa:bb:cc", "00:11:22:aa:bb:cg",
    "00:11-22:aa:bb:cc", "001122aabbcc", "0011.22aa.bbcc", " 00:11:22:aa:bb:cc", "00:11:22:aa:bb:cc ",
    "+0:11:22:aa:bb:cc", "-0:11:22:aa:bb:cc", "00:11:22:aa:bb:", "００:11:22:aa:bb:cc", "00 :11:22:aa:bb:cc",
  ])
  func `anything else is no MAC address`(text: String) {
    #expect(MACAddress(text) == nil)
  }

  @Test func `it prints in lower case with colons, and compactly for file names`() {
    let address = MACAddress(rawValue: 0x00A0_0BFF_0102)
    #expect("\(address)" == "00:a0:0b:ff:01:02")
    #expect(address.compactDescription == "00a00bff0102")
    #expect(address.octets == [0x00, 0xa0, 0x0b, 0xff, 0x01, 0x02])
  }

  @Test func `only the low 48 bits count`() {
    #expect(MACAddress(rawValue: 0xdead_0011_2233_4455) == MACAddress("00:11:22:33:44:55"))
  }

  /// IEEE 802-2014 §8.2.2: bit 0 of the first octet is I/G, bit 1 is U/L.
  @Test(arguments: [
    ("00:00:5e:00:01:01", false, false),  // VRRP, RFC 5798: globally unique, one station
    ("01:00:5e:00:00:fb", true, false),  // IPv4 multicast, RFC 1112 §6.4
    ("33:33:00:00:00:01", true, true),  // IPv6 multicast, RFC 2464 §7
    ("02:42:ac:11:00:02", false, true),  // Docker's made-up addresses
    ("da:a1:19:00:00:01", false, true),  // a randomised phone
    ("ff:ff:ff:ff:ff:ff", true, true), ("00:01:02:03:03:03", false, false),
  ])
  func `the two flag bits come from the first octet`(text: String, group: Bool, local: Bool) throws {
    let address = try #require(MACAddress(text))
    #expect(address.isGroup == group)
    #expect(address.isLocallyAdministered == local)
  }

  @Test func `order is the order of the octets`() throws {
    let texts = [
      "ff:00:00:00:00:00", "00:00:00:00:01:00", "00:00:00:00:00:ff", "0a:00:00:00:00:00", "09:ff:ff:ff:ff:ff",
    ]
    #expect(
      texts.compactMap { MACAddress($0) }.sorted().map(\.description) == [
        "00:00:00:00:00:ff", "00:00:00:00:01:00", "09:ff:ff:ff:ff:ff", "0a:00:00:00:00:00", "ff:00:00:00:00:00",
      ])
  }

  @Test func `as JSON it is its text, and other text is refused`() throws {
    let address = MACAddress(rawValue: 0x0011_22aa_bbcc)
    let octets = try JSONEncoder().encode([address])
    #expect(String(decoding: octets, as: UTF8.self) == #"["00:11:22:aa:bb:cc"]"#)
    #expect(try JSONDecoder().decode([MACAddress].self, from: octets) == [address])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([MACAddress].self, from: Data(#"["00:11:22:aa:bb"]"#.utf8))
    }
  }
}
