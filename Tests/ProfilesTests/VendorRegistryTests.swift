import Addressing
import Documents
import Foundation
import Records
import Testing

@testable import Profiles

struct VendorRegistryTests {
  static let header = "Registry,Assignment,Organization Name,Organization Address\n"

  /// A folder with small files of each kind; the last line of oui.csv is cut off.
  private func withRegistry<Result>(_ body: (VendorRegistry) throws -> Result) throws -> Result {
    try RuleSet.withFolder { folder in
      try folder.appendingPathComponent("oui.csv").write(
        Self.header + """
          MA-L,0050C2,IEEE Registration Authority,"445 Hoes Lane, Piscataway NJ US 08554 "
          MA-L,4447CC,"Hangzhou Hikvision Digital Technology Co.,Ltd.","No.555 Qianmo Road ""A"", Hangzhou CN"\r
          MA-L,001EFC,"JSC ""MASSA-K\""","15, A, Pirogovskaya nab.
          second line of the address"
          MA-L,A0B1C2, Plain Works ,
          MA-L,NOTHEX,Broken Prefix,x
          MA-L,70B3D5,IEEE Registration Authority,x
          MA-L,08AABB,Private
          MA-L,08AABC,Private,
          MA-L,102233,"Cut off Corpo
          """)
      try folder.appendingPathComponent("mam.csv").write(
        Self.header + "MA-M,70B3D51,Medium Block KK,Tokyo JP\nMA-M,A0B1C2F,Medium in Large,x\n")
      try folder.appendingPathComponent("oui36.csv").write(
        Self.header + "MA-S,70B3D5123,Small Block KK,Osaka JP\nMA-S,0050C2ABC,Tiny Corp,x")
      try folder.appendingPathComponent(".lastupdate").write("1661630937\n")
      return try body(try VendorRegistry(directory: folder.path))
    }
  }

  @Test func `names keep their commas and lose doubled quotes and outer spaces`() throws {
    try withRegistry { registry in
      #expect(
        registry.vendor(of: MACAddress(rawValue: 0x4447_cc01_0203))?.name
          == "Hangzhou Hikvision Digital Technology Co.,Ltd.")
      #expect(registry.vendor(of: MACAddress(rawValue: 0x001e_fc01_0203))?.name == "JSC \"MASSA-K\"")
      #expect(registry.vendor(of: MACAddress(rawValue: 0xa0b1_c201_0203))?.name == "Plain Works")
    }
  }

  @Test func `the longest prefix wins and is named as the source`() throws {
    try withRegistry { registry in
      #expect(
        registry.vendor(of: MACAddress(rawValue: 0x70b3_d512_3fff))
          == Attribution(name: "Small Block KK", source: "IEEE MA-S (ieee-data 20220827)"))
      #expect(
        registry.vendor(of: MACAddress(rawValue: 0x70b3_d512_4fff))
          == Attribution(name: "Medium Block KK", source: "IEEE MA-M (ieee-data 20220827)"))
      #expect(registry.vendor(of: MACAddress(rawValue: 0xa0b1_c2f0_0000))?.name == "Medium in Large")
    }
  }

  @Test func `an address without a vendor says why`() throws {
    try withRegistry { registry in
      #expect(registry.answer(for: MACAddress(rawValue: 0x70b3_d5ff_0000)) == .none(.subdivided))
      #expect(registry.answer(for: MACAddress(rawValue: 0x08aa_bc00_0000)) == .none(.undisclosed))
      #expect(registry.answer(for: MACAddress(rawValue: 0xdca6_3200_0000)) == .none(.unassigned))
      #expect(registry.answer(for: MACAddress(rawValue: 0x0247_cc01_0203)) == .none(.locallyAdministered))
      #expect(registry.answer(for: .broadcast) == .none(.group))
      #expect(registry.vendor(of: MACAddress(rawValue: 0x0247_cc01_0203)) == nil)
    }
    for absence in VendorRegistry.Absence.allCases {
      #expect(!absence.text.ja.isEmpty && !absence.text.en.isEmpty)
    }
  }

  @Test func `records that are cut off or malformed are left out`() throws {
    try withRegistry { registry in
      #expect(registry.answer(for: MACAddress(rawValue: 0x08aa_bb00_0000)) == .none(.unassigned))
      #expect(registry.answer(for: MACAddress(rawValue: 0x1022_3300_0000)) == .none(.unassigned))
      #expect(registry.count == 6 + 2 + 2)
    }
  }

  @Test(arguments: 0...120)
  func `a file cut at any octet is read without trouble`(length: Int) {
    let text = Self.header + "MA-L,4447CC,\"A \"\"B\"\", C\",\"x\ny\"\r\nMA-L,001122,Plain,y"
    let table = VendorTable(parsing: Array(text.utf8.prefix(length)), registry: .large)
    #expect(table.count <= 2)
    if length >= text.utf8.count { #expect(table.count == 2) }
    #expect([nil, "A \"B\", C"].contains(table.name(forAddress: 0x4447_cc00_0000)))
  }

  @Test func `missing files say which package to install`() throws {
    try RuleSet.withFolder { folder in
      let error = #expect(throws: DocumentError.self) { try VendorRegistry(directory: folder.path) }
      #expect(error?.code == .missing)
      #expect(error?.description.contains("install ieee-data (apt-get install ieee-data)") == true)
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: VendorRegistry.defaultDirectory + "/oui.csv")))
  func `the installed files know a camera maker`() throws {
    let registry = try VendorRegistry()
    let vendor = try #require(registry.vendor(of: MACAddress(rawValue: 0x4447_cc12_3456)))
    #expect(vendor.name.contains("Hikvision"))
    #expect(vendor.source.hasPrefix("IEEE MA-L (ieee-data 20"))
    #expect(registry.count > 30_000)
  }
}
