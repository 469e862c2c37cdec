import Redaction
import Testing

@Suite struct IdentityMaskTests {
  private let mask: IdentityMask

  init() {
    var mask = IdentityMask()
    mask.add("10.0.0.1", as: "192.0.2.1")
    mask.add("02005e100002", as: "02005e123456")
    mask.add("02:00:5e:10:00:02", as: "02:00:5e:12:34:56")
    mask.add("fe80::1", as: "2001:db8::1")
    self.mask = mask
  }

  @Test func `an address is replaced where it stands as one, and nowhere else`() {
    for (text, expected) in [
      ("at 10.0.0.1.", "at 192.0.2.1."), ("http://10.0.0.1:80/", "http://192.0.2.1:80/"), ("10.0.0.11", "10.0.0.11"),
      ("110.0.0.1", "110.0.0.1"), ("10.0.0.1.2", "10.0.0.1.2"), ("4.10.0.0.1", "4.10.0.0.1"),
      ("dev-02005e100002", "dev-02005e123456"), ("axis-02005E100002.local", "axis-02005e123456.local"),
      ("aa02005e100002", "aa02005e100002"), ("02:00:5E:10:00:02", "02:00:5e:12:34:56"),
      ("[fe80::1]:80", "[2001:db8::1]:80"), ("fe80::12", "fe80::12"), ("1:fe80::1", "1:fe80::1"),
    ] { #expect(mask.replaced(text).text == expected, "\(text)") }
    #expect(mask.replaced("10.0.0.1 10.0.0.1").count == 2)
  }

  @Test func `octets keep their length`() throws {
    let masked = try #require(mask.masked(Array("a 10.0.0.1 b".utf8)))
    #expect(String(decoding: masked.octets, as: UTF8.self) == "a xxxxxxxx b" && masked.count == 1)
    #expect(mask.masked(Array("a 10.0.0.12 b".utf8)) == nil)
  }

  @Test func `strings of JSON are changed, keys and numbers are not`() {
    let json = Array(#"{"10.0.0.1":[10.0,"10.0.0.1","a\n10.0.0.1"]}"#.utf8)
    let changed = JSONStrings.mapped(json) { text in
      let replaced = mask.replaced(text)
      return replaced.count > 0 ? replaced.text : nil
    }
    #expect(String(decoding: changed, as: UTF8.self) == #"{"10.0.0.1":[10.0,"192.0.2.1","a\u000a192.0.2.1"]}"#)
  }
}
