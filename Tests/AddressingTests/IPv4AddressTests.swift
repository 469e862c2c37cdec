import Foundation
import Testing

@testable import Addressing

struct IPv4AddressTests {
  @Test(arguments: [
    ("10.0.0.1", 0x0a00_0001 as UInt32), ("0.0.0.0", 0), ("255.255.255.255", 0xffff_ffff),
    ("192.168.10.100", 0xc0a8_0a64),
    ("1.2.3.4", 0x0102_0304),
  ])
  func `four octets are read and printed back`(text: String, value: UInt32) throws {
    let address = try #require(IPv4Address(text))
    #expect(address.rawValue == value)
    #expect("\(address)" == text)
  }

  @Test(arguments: [
    "", "10.0.0", "10.0.0.0.1", "10.0.0.256", "10.0.0.1000", "010.0.0.1", "10.00.0.1", "10.0.0.01", "10.0.0.-1",
    "10.0.0.+1", "10..0.1", ".10.0.0.1", "10.0.0.1.", " 10.0.0.1", "10.0.0.1 ", "0x0a.0.0.1", "167772161", "::1",
    "fe80::1", "::ffff:10.0.0.1", "１0.0.0.1", "10.0.0.٣", "10.0.0.1/32", "localhost", "10,0,0,1",
  ])
  func `anything that another program might read differently is refused`(text: String) {
    #expect(IPv4Address(text) == nil)
  }

  @Test func `order is numeric, not that of the text`() {
    let sorted = ["10.0.0.10", "10.0.0.9", "192.0.2.1", "9.255.255.255"].compactMap { IPv4Address($0) }.sorted()
    #expect(sorted.map(\.description) == ["9.255.255.255", "10.0.0.9", "10.0.0.10", "192.0.2.1"])
  }

  @Test func `as JSON it is its text, and other text is refused`() throws {
    let address = IPv4Address(rawValue: 0xc000_0201)
    let octets = try JSONEncoder().encode([address])
    #expect(String(decoding: octets, as: UTF8.self) == #"["192.0.2.1"]"#)
    #expect(try JSONDecoder().decode([IPv4Address].self, from: octets) == [address])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([IPv4Address].self, from: Data(#"["192.0.2.01"]"#.utf8))
    }
  }

  @Test func `every octet survives printing and reading`() {
    for octet in 0...255 as ClosedRange<UInt32> {
      for shift in [0, 8, 16, 24] as [UInt32] {
        let address = IPv4Address(rawValue: octet << shift | 0x0101_0101 & ~(0xff << shift))
        #expect(IPv4Address(address.description) == address)
      }
    }
  }
}
