import Addressing
import Testing

@testable import Probes

struct OwnURLTests {
  private let own: IPAddress

  init() throws { own = try #require(IPAddress("10.0.0.31")) }

  @Test(arguments: [
    ("http://10.0.0.31:5000/rootDesc.xml", false, 5000, "/rootDesc.xml"), ("http://10.0.0.31", false, 80, "/"),
    ("HTTPS://10.0.0.31/a?b=c#d", true, 443, "/a?b=c"), ("http://10.0.0.31:?x", false, 80, "/?x"),
  ])
  func `a URL of the device is taken`(text: String, secure: Bool, port: UInt16, path: String) throws {
    let url = try #require(OwnURL(text, of: own))
    #expect(url.secure == secure && url.port == port && url.path == path)
  }

  /// Other hosts, names, this host's loopback, a user's name before the host, other schemes, no port, a line break.
  @Test(arguments: [
    "http://10.0.0.32/", "http://127.0.0.1/", "http://localhost/", "http://10.0.0.31.example/",
    "http://10.0.0.31@192.0.2.1/",
    "http://192.0.2.1@10.0.0.31/", "ftp://10.0.0.31/", "//10.0.0.31/", "/d.xml", "", "http://", "http:///x",
    "http://10.0.0.31:0/", "http://10.0.0.31:65536/", "http://10.0.0.31:x/", "http://10.0.0.31/a\r\nX: y",
    "http://10.0.0.31/ä", "http://[10.0.0.31/", "http://[::1]/",
  ])
  func `anything else is not`(text: String) { #expect(OwnURL(text, of: own) == nil) }

  @Test func `a URL of a device with IPv6 stands in brackets`() throws {
    let address = try #require(IPAddress("fe80::1"))
    #expect(OwnURL("http://[fe80::1%25eth0]:8080/d", of: address)?.port == 8080)
    #expect(OwnURL("http://[fe80::2]/d", of: address) == nil)
    #expect(OwnURL("http://fe80::1/d", of: address) == nil)
  }

  /// RFC 3986 §5.4.1's kinds of reference, as far as devices use them.
  @Test(arguments: [
    ("/ctl", "/ctl"), ("ctl", "/a/ctl"), ("x?y#z", "/a/x?y"), ("http://10.0.0.31:5000/e", "/e"), ("?q", "/a/?q"),
  ])
  func `references are resolved on the same host`(reference: String, path: String) throws {
    let base = try #require(OwnURL("http://10.0.0.31:5000/a/b.xml?c", of: own))
    let url = try #require(base.resolving(reference, of: own))
    #expect(url.port == 5000 && url.path == path)
  }

  @Test(arguments: ["", "//192.0.2.1/", "http://192.0.2.1/", "mailto:a", "javascript:x()", "a b", "\n"])
  func `a reference to anywhere else is not followed`(reference: String) throws {
    let base = try #require(OwnURL("http://10.0.0.31/a", of: own))
    #expect(base.resolving(reference, of: own) == nil)
  }
}
