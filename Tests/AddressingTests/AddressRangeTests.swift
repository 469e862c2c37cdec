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
    let (low, high) = (IPAddress(IPv4Address(rawValue: 1)), IPAddress(IPv4Address(rawValue: 2)))
    #expect(AddressRange(first: high, last: low) == nil)
    #expect(AddressRange(first: low, last: IPAddress(.allNodes)) == nil)
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

  /// The ends are arithmetic on 128 bits; a count beyond `Int.max` is `Int.max`.
  @Test(arguments: [
    ("fe80::1", "fe80::1", "fe80::1", 1), ("fe80::1-fe80::14", "fe80::1", "fe80::14", 20),
    ("2001:db8::/128", "2001:db8::", "2001:db8::", 1), ("2001:db8::/127", "2001:db8::", "2001:db8::1", 2),
    ("2001:db8::/120", "2001:db8::", "2001:db8::ff", 256),
    ("2001:db8:0:0:8000::/65", "2001:db8:0:0:8000::", "2001:db8::ffff:ffff:ffff:ffff", .max),
    ("2001:db8::/66", "2001:db8::", "2001:db8::3fff:ffff:ffff:ffff", 4_611_686_018_427_387_904),
    ("2001:db8::/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff", .max),
    ("2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", .max),
    ("fe80::/10", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .max),
    ("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .max),
    ("2001:db8::ffff:ffff:ffff:fffe-2001:db8:0:1::1", "2001:db8::ffff:ffff:ffff:fffe", "2001:db8:0:1::1", 4),
    // RFC 4291 §2.3: the three legal spellings of one prefix.
    (
      "2001:0DB8:0000:CD30:0000:0000:0000:0000/60", "2001:db8:0:cd30::", "2001:db8:0:cd3f:ffff:ffff:ffff:ffff", .max
    ),
    ("2001:0DB8::CD30:0:0:0:0/60", "2001:db8:0:cd30::", "2001:db8:0:cd3f:ffff:ffff:ffff:ffff", .max),
    ("2001:0DB8:0:CD30::/60", "2001:db8:0:cd30::", "2001:db8:0:cd3f:ffff:ffff:ffff:ffff", .max),
  ])
  func `the same is read of IPv6`(text: String, first: String, last: String, count: Int) throws {
    let range = try AddressRange(parsing: text)
    #expect(range.first.description == first)
    #expect(range.last.description == last)
    #expect(range.count == count)
    #expect(range.contains(range.first) && range.contains(range.last))
  }

  /// RFC 4291 §2.3 calls the second to fourth not legal: they name another address or none.
  @Test(arguments: [
    "2001:db8::1/64", "2001:0DB8:0:CD3/60", "2001:0DB8::CD30/60", "2001:0DB8::CD3/60", "fe80::/8", "fe80::/010",
    "::/00", "::/129", "::/-1",
    "::/", "fe80::1-10.0.0.1", "10.0.0.1-fe80::1", "fe80::2-fe80::1", "fe80::%eth0/64", "::ffff:10.0.0.0/120",
  ])
  func `IPv6 text that is none of these is refused`(text: String) {
    let error = #expect(throws: AddressRangeError.self) { try AddressRange(parsing: text) }
    #expect(error?.description.contains("\"\(text)\"") == true)
  }

  /// Their last address is ::ffff:255.255.255.255 (RFC 4291 §2.5.5.2), which is IPv4's: such a block would hold nothing, and
  /// an exclusion of it exclude nothing.
  @Test(arguments: ["::/80", "::8000:0:0/81", "::fffe:0:0/95"])
  func `a block that ends among the addresses of IPv4 is refused`(text: String) throws {
    let error = #expect(throws: AddressRangeError.self) { try AddressRange(parsing: text) }
    #expect(error?.problem.contains("IPv4") == true)
    let wider = try AddressRange(parsing: "::/79")
    #expect(wider.contains(wider.first) && wider.contains(wider.last) && wider.count == 1 << 49)
  }

  @Test func `a block of one family holds nothing of the other`() throws {
    let (everyIPv4, everyIPv6) = (try AddressRange(parsing: "0.0.0.0/0"), try AddressRange(parsing: "::/0"))
    let (v4, v6) = (try #require(IPAddress("10.0.0.1")), try #require(IPAddress("::a00:1")))
    #expect(everyIPv4.contains(v4) && !everyIPv4.contains(v6))
    #expect(everyIPv6.contains(v6) && !everyIPv6.contains(v4))
    #expect(!everyIPv6.contains(everyIPv4) && !everyIPv4.contains(everyIPv6))
    #expect(everyIPv6.contains(AddressRange.linkLocal))
    #expect(!AddressRange.linkLocal.contains(try AddressRange(parsing: "fe80::-fec0::")))
    #expect(AddressRange.linkLocal == (try AddressRange(parsing: "fe80::/10")))
  }

  /// RFC 919 and RFC 950 take the two ends of a block; RFC 3021 gives a /31 both of its addresses.
  @Test(arguments: [
    ("10.0.0.4/30", ["10.0.0.5", "10.0.0.6"]), ("10.0.0.6/31", ["10.0.0.6", "10.0.0.7"]),
    ("10.0.0.7/32", ["10.0.0.7"]), ("10.0.0.7", ["10.0.0.7"]),
    ("10.0.0.0-10.0.0.3", ["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3"]),
    ("255.255.255.254/31", ["255.255.255.254", "255.255.255.255"]), ("255.255.255.255", ["255.255.255.255"]),
    ("0.0.0.0/30", ["0.0.0.1", "0.0.0.2"]),
    // IPv6 has no broadcast; every address of a block may be a host's.
    ("2001:db8::/126", ["2001:db8::", "2001:db8::1", "2001:db8::2", "2001:db8::3"]),
    ("2001:db8::ffff:ffff:ffff:ffff-2001:db8:0:1::", ["2001:db8::ffff:ffff:ffff:ffff", "2001:db8:0:1::"]),
    (
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127",
      ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]
    ),
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
      #expect(range.contains(try #require(IPAddress(text))) == inside, "\(text)")
    }
  }
}
