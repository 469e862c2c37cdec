import Testing

@testable import Addressing

struct AddressRangeTests {
  /// Text, first and last address, and how many there are.
  @Test(arguments: [
    ("10.0.0.7", "10.0.0.7", "10.0.0.7", 1), ("10.0.0.7-10.0.0.20", "10.0.0.7", "10.0.0.20", 14),
    ("10.0.0.7-10.0.0.7", "10.0.0.7", "10.0.0.7", 1), ("10.0.0.0/24", "10.0.0.0", "10.0.0.255", 256),
    ("10.0.0.4/30", "10.0.0.4", "10.0.0.7", 4), ("10.0.0.6/31", "10.0.0.6", "10.0.0.7", 2),
    ("10.0.0.7/32", "10.0.0.7", "10.0.0.7", 1), ("10.0.0.0/8", "10.0.0.0", "10.255.255.255", 16_777_216),
    ("128.0.0.0/1", "128.0.0.0", "255.255.255.255", 2_147_483_648),
    ("0.0.0.0/0", "0.0.0.0", "255.255.255.255", 4_294_967_296),
    ("10.0.0.250-10.0.1.5", "10.0.0.250", "10.0.1.5", 12),
  ])
  func `an address, a range and a block are read`(text: String, first: String, last: String, count: Int) throws {
    let range = try AddressRange(parsing: text)
    #expect(range.first.description == first)
    #expect(range.last.description == last)
    #expect(range.count == count)
  }

  @Test(arguments: ["10.0.0.7", "10.0.0.7-10.0.0.20", "10.0.0.0/24", "10.0.0.6/31", "10.0.0.7/32", "0.0.0.0/0"])
  func `it prints as it was written`(text: String) throws {
    #expect(try AddressRange(parsing: text).description == text)
  }

  @Test(arguments: [
    ("10.0.0.7/24", "10.0.0.0/24", "10.0.0.7"), ("192.168.10.1/31", "192.168.10.0/31", "192.168.10.1"),
    ("10.0.0.1/0", "0.0.0.0/0", "10.0.0.1"), ("172.20.0.0/12", "172.16.0.0/12", "172.20.0.0"),
  ])
  func `host bits are refused with both readings as advice`(text: String, block: String, host: String) {
    let error = #expect(throws: AddressRangeError.self) { try AddressRange(parsing: text) }
    #expect(error?.text == text)
    #expect(error?.problem.contains("host bits") == true)
    #expect(error?.problem.contains("\(block) ") == true)
    #expect(error?.problem.contains("\(host) ") == true)
  }

  @Test func `a range that runs backwards is refused and says so`() {
    let error = #expect(throws: AddressRangeError.self) { try AddressRange(parsing: "10.0.0.20-10.0.0.7") }
    #expect(error?.problem.contains("backwards") == true)
    #expect(AddressRange(first: IPv4Address(rawValue: 2), last: IPv4Address(rawValue: 1)) == nil)
  }

  @Test(arguments: [
    "", "/", "-", "10.0.0.0/33", "10.0.0.0/99", "10.0.0.0/-1", "10.0.0.0/", "/24", "10.0.0.0/024", "10.0.0.0/ 8",
    "10.0.0.0/8.0", "10.0.0.0/255.0.0.0", "10.0.0.0/24/24", "10.0.0/24", "10.0.0.1-", "-10.0.0.1", "10.0.0.1-20",
    "10.0.0.1 - 10.0.0.2", "10.0.0.1-10.0.0.2-10.0.0.3", "10.0.0.1-10.0.0.0/24", "10.0.0.*", "10.0.0.01", "router",
    "10.0.0.0/٣", "10.0.0.1,10.0.0.2", " 10.0.0.1",
  ])
  func `text that is none of these is refused with its own words in the message`(text: String) {
    let error = #expect(throws: AddressRangeError.self) { try AddressRange(parsing: text) }
    #expect(error?.description.contains("\"\(text)\"") == true)
    #expect(error?.problem.isEmpty == false)
  }

  @Test(arguments: ["fe80::1", "2001:db8::1", "::"])
  func `IPv6 is refused by name`(text: String) {
    let error = #expect(throws: AddressRangeError.self) { try AddressRange(parsing: text) }
    #expect(error?.problem.contains("IPv6") == true)
  }

  /// RFC 919 and RFC 950 take the two ends of a block; RFC 3021 gives a /31 both of its addresses.
  @Test(arguments: [
    ("10.0.0.4/30", ["10.0.0.5", "10.0.0.6"]), ("10.0.0.6/31", ["10.0.0.6", "10.0.0.7"]),
    ("10.0.0.7/32", ["10.0.0.7"]), ("10.0.0.7", ["10.0.0.7"]),
    ("10.0.0.0-10.0.0.3", ["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3"]),
    ("255.255.255.254/31", ["255.255.255.254", "255.255.255.255"]), ("255.255.255.255", ["255.255.255.255"]),
    ("0.0.0.0/30", ["0.0.0.1", "0.0.0.2"]),
  ])
  func `hosts leave out the ends of a block only`(text: String, hosts: [String]) throws {
    #expect(try AddressRange(parsing: text).hosts.map(\.description) == hosts)
  }

  @Test func `a block of 24 bits has 254 hosts in ascending order`() throws {
    let hosts = try AddressRange(parsing: "192.168.10.0/24").hosts
    #expect(hosts.count == 254)
    #expect(hosts.first?.description == "192.168.10.1")
    #expect(hosts.last?.description == "192.168.10.254")
    #expect(hosts == hosts.sorted())
  }

  @Test func `both ends belong to a range and their neighbours do not`() throws {
    let range = try AddressRange(parsing: "10.0.0.8/29")
    for (text, inside) in [
      ("10.0.0.7", false), ("10.0.0.8", true), ("10.0.0.11", true), ("10.0.0.15", true), ("10.0.0.16", false),
    ] {
      #expect(range.contains(try #require(IPv4Address(text))) == inside, "\(text)")
    }
  }
}
