import Addressing
import Inventory
import Testing

@Suite struct MACKindTests {
  /// The second hexadecimal digit decides (IEEE 802c-2017; RFC 9542 §2.1): 2 AAI, 6 reserved, a ELI, e SAI.
  @Test(arguments: [
    ("00:11:22:33:44:55", "universal"), ("02:42:ac:11:00:02", "local-AAI"), ("d6:00:00:00:00:01", "local-reserved"),
    ("3a:72:c2:ac:de:ff", "local-ELI"), ("fe:00:00:00:00:01", "local-SAI"), ("01:00:5e:00:00:01", "group"),
    ("33:33:00:00:00:01", "group"), ("00:00:5e:00:01:07", "virtual-router"), ("00:00:5e:00:02:07", "virtual-router"),
    ("00:00:5e:00:53:07", "universal"),
  ]) func `the first bits say who gave the address`(text: String, word: String) throws {
    #expect(MACKind(try #require(MACAddress(text))).word == word)
  }
}
