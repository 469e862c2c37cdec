import Declarations
import Profiles
import Records
import Testing

@testable import Checklist

/// A site told by hand, and what the table of checklist.md §2.4 makes of it for one row.
struct Scenario: Sendable, CustomTestStringConvertible {
  /// The row without the catalogue, such as `14.2.c`.
  let row: String
  let name: String
  let site: SiteSample
  /// A line for each verdict of the row: `1: fail tcp/23`, `site: not-tested NT-CAP`. The number is the device's.
  let expected: [String]

  init(_ row: String, _ name: String, _ site: SiteSample, _ expected: String...) {
    (self.row, self.name, self.site, self.expected) = (row, name, site, expected)
  }

  var testDescription: String { "\(row): \(name)" }

  /// One list for each file beside this one.
  static let all: [Scenario] =
    closedNetwork + exposure + wireless + telnetExceptions + gateway + dataProtection
    + functions + ports + firmware + segmentation + settings
    + passwords + roles + reuse + deviceAuthentication + userAuthentication + peers + traffic + records
}

/// What an auditor would tell of a site.
struct SiteSample: Sendable {
  var devices: [DeviceSample] = [DeviceSample()]
  /// The declarations file without its first line.
  var declared: String?
  /// Everything else: traffic, ledger, an earlier run …
  var change: @Sendable (inout SiteFacts) -> Void = { _ in }

  func facts(checks: [Check]) throws -> SiteFacts {
    var facts = SiteFacts(at: DeviceSample.moment, devices: devices.map { $0.facts(checks: checks) })
    facts.declarations = try declared.map {
      try Declarations(parsing: Array("version: 1\n\($0)".utf8), file: "declared.yaml")
    }
    change(&facts)
    return facts
  }
}

extension DeviceID {
  /// Of the device that a sample with this number makes.
  static func sample(_ number: UInt64) -> DeviceID { DeviceSample(number: number).device.id }
}
