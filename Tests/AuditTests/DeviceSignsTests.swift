import Addressing
import LabSupport
import Profiles
import Records
import Testing

@testable import Audit

/// What a run concludes of a device by its family and by the numbers that its agent bears.
struct DeviceSignsTests {
  private static let mac = MACAddress(rawValue: 0x0011_2200_0005)

  private func concluded(_ organisation: String, _ claims: [(Claim.Kind, String)]) -> [String] {
    var device = Device(
      mac: Self.mac, addresses: [], vendor: Attribution(name: organisation, source: "IEEE"))
    device.claims = claims.map { Claim($0.0, $0.1, source: "x", confidence: .high) }
    return VirtualAudit.profiles.deviceProfiles.claims(of: device)
      .map { "\($0.kind.rawValue)=\($0.value) \($0.confidence.rawValue)" }
  }

  /// The maker of an address makes cameras and recorders: only the model tells which of them it is.
  @Test(
    arguments: [
      ([], []), ([(Claim.Kind.model, "DS-2CD2042WD-I")], ["role=camera medium"]),
      ([(.model, "DS-7608NI-I2/8P")], ["role=nvr medium"]), ([(.model, "DS-XYZ")], []),
      ([(.vendor, "Hikvision"), (.model, "DS-2CD2042WD-I")], ["role=camera medium"]),
    ] as [([(Claim.Kind, String)], [String])])
  func `a recorder is not taken for a camera, nor one of unknown model for either`(
    claims: [(Claim.Kind, String)], expected: [String]
  ) {
    #expect(concluded("Hangzhou Hikvision Digital Technology Co.,Ltd.", claims) == expected)
  }

  @Test func `a family with one purpose is known by its maker's address, but only likely`() {
    #expect(concluded("Synology Incorporated", []) == ["role=nas low"])
    #expect(concluded("Synology Incorporated", [(.upnpManufacturer, "Synology")]) == ["role=nas low"])
    #expect(concluded("Seiko Epson Corporation", [(.model, "TM-T20")]) == ["role=printer medium"])
    #expect(concluded("Seiko Epson Corporation", []).isEmpty && concluded("Espressif Inc.", []).isEmpty)
  }

  /// IANA's numbers: 1182 Yamaha, 8072 Net-SNMP (an agent on devices of every maker), 311 Microsoft.
  @Test(arguments: [
    ("1.3.6.1.4.1.1182.1.33", ["vendor=Yamaha medium"]), ("1.3.6.1.4.1.8072.3.2.10", []), ("1.3.6.1.4.1.311.1.1", []),
    ("1.3.6.1.2.1.1182", []), ("", []), ("1.3.6.1.4.1.x", []), ("1.3.6.1.4.1.99999999999", []),
  ])
  func `the number in an agent's identifier names its maker`(identifier: String, expected: [String]) {
    #expect(concluded("Unknown", [(.sysObjectID, identifier)]).filter { $0.hasPrefix("vendor") } == expected)
  }

  @Test func `model and firmware are those that are believed most`() {
    var device = Device(mac: Self.mac, addresses: [])
    device.claims = [
      Claim(.model, "guess", source: "a", confidence: .low), Claim(.model, "M-2", source: "c", confidence: .high),
      Claim(.model, "M-1", source: "b", confidence: .high), Claim(.vendor, "V", source: "a", confidence: .high),
    ]
    device.settle()
    #expect(device.model == Attribution(name: "M-1", source: "b") && device.firmware == nil)
    var guessed = Device(mac: Self.mac, addresses: [])
    guessed.claims = [Claim(.firmware, "1", source: "a", confidence: .low)]
    guessed.settle()
    #expect(guessed.firmware == nil)
    // What was fixed before it said anything stays.
    device.claims = []
    device.settle()
    #expect(device.model?.name == "M-1")
  }
}
