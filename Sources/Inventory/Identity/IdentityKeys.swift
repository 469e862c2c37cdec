internal import Addressing
internal import Records

/// What a record says that may name the same device elsewhere.
struct IdentityKey: Hashable, Comparable {
  let kind: Claim.Kind
  /// Made comparable.
  let value: String

  static func < (left: Self, right: Self) -> Bool {
    (left.kind.rawValue, left.value) < (right.kind.rawValue, right.value)
  }
}

/// The keys of a record.
struct IdentityKeys: Hashable {
  /// Enough to join even records of different universally administered MAC addresses: a UUID, or a serial number
  /// together with the maker.
  var strong: Set<IdentityKey> = []
  /// Names on the link (RFC 6762 §9 keeps them unique there), and MAC addresses that the device calls its own. Enough
  /// where no two universally administered addresses would be joined.
  var sufficient: Set<IdentityKey> = []
  /// Two of them are needed: makers ship one certificate on many devices.
  var supporting: Set<IdentityKey> = []
  var serials: Set<String> = []
  /// Of claims that mean just this, by source.
  var models: Set<[String]> = []

  init(_ claims: [Claim], runs: Set<String>) {
    let vendors = Set(claims.filter { $0.kind == .vendor && $0.confidence > .low }.map { Folded.key($0.value) })
    for claim in claims {
      let value = Folded.key(claim.value)
      switch claim.kind {
      case .uuid where Self.isMeant(uuid: value): strong.insert(IdentityKey(kind: .uuid, value: value))
      case .serial where Self.isMeant(serial: value):
        serials.insert(value)
        supporting.insert(IdentityKey(kind: .serial, value: value))
        for vendor in vendors where !vendor.isEmpty {
          strong.insert(IdentityKey(kind: .serial, value: vendor + "/" + value))
        }
      case .certificate where value.utf8.count == 64:
        supporting.insert(IdentityKey(kind: .certificate, value: value))
      case .host where !value.isEmpty && !value.hasPrefix("localhost"):
        let value = Self.hostName(claim.value)
        supporting.insert(IdentityKey(kind: .host, value: value))
        // Only within a run: two sites may each have their printer.local.
        for run in runs { sufficient.insert(IdentityKey(kind: .host, value: value + " " + run)) }
      case .mac:
        guard let mac = MACAddress(claim.value), MACKind(mac) == .universal else { continue }
        sufficient.insert(IdentityKey(kind: .mac, value: mac.compactDescription))
      case .model where claim.confidence == .high: models.insert([claim.source, value])
      default: continue
      }
    }
  }

  /// The record cannot be of the same device: serial numbers, or models said in the same place, differ.
  func contradicts(_ other: IdentityKeys) -> Bool {
    if !serials.isEmpty, !other.serials.isEmpty, serials.isDisjoint(with: other.serials) { return true }
    return models.contains { mine in
      let theirs = other.models.filter { $0[0] == mine[0] }
      return !theirs.isEmpty && !theirs.contains(mine)
    }
  }

  mutating func add(_ other: IdentityKeys) {
    strong.formUnion(other.strong)
    sufficient.formUnion(other.sufficient)
    supporting.formUnion(other.supporting)
    serials.formUnion(other.serials)
    models.formUnion(other.models)
  }

  /// Host names do not differ by case or by the root's point (RFC 6762 §16).
  private static func hostName(_ text: String) -> String {
    let folded = Folded.text(text)
    return folded.hasSuffix(".") ? String(folded.dropLast()) : folded
  }

  /// The record's own MAC address is found by whoever claims it.
  mutating func add(own mac: MACAddress) {
    guard MACKind(mac) == .universal else { return }
    sufficient.insert(IdentityKey(kind: .mac, value: mac.compactDescription))
  }

  /// Not one of the fillings that stand for "none": all digits alike (RFC 9562 §5.9, §5.10), or too short.
  private static func isMeant(uuid: String) -> Bool {
    let digits = uuid.hasPrefix("uuid") ? uuid.dropFirst(4) : uuid[...]
    return digits.utf8.count == 32 && Set(digits.utf8).count > 3
  }

  private static let placeholders: Set = [
    "123456", "1234567", "12345678", "123456789", "1234567890", "0123456789", "none", "null", "unknown", "default",
    "serial", "serialnumber", "tobefilledbyoem", "notspecified", "notavailable",
  ]

  private static func isMeant(serial: String) -> Bool {
    serial.utf8.count >= 4 && Set(serial.utf8).count > 1 && !placeholders.contains(serial)
  }
}
