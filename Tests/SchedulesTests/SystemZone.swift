import Foundation
import Records
import Schedules

/// A zone of this computer's zone database.
struct SystemZone: ZoneRules {
  let zone: TimeZone

  init(_ name: String) throws {
    guard let zone = TimeZone(identifier: name) else { throw CocoaError(.fileNoSuchFile) }
    self.zone = zone
  }

  func offset(at moment: Timestamp) -> Int {
    zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.nanoseconds / 1_000_000_000)))
  }
}

func moment(_ text: String) throws -> Timestamp {
  guard let moment = Timestamp(rfc3339: text) else { throw CocoaError(.formatting) }
  return moment
}
