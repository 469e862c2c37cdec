internal import Addressing
internal import Foundation
internal import Inventory
internal import Records

extension InventoryList {
  /// Docs/OutputSchema/inventory-list.schema.json; keys sorted, so that equal inventories are equal octets.
  public func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(ListDocument(devices: documents))) + [0x0a]
  }
}

struct ListDocument: Encodable {
  let version = 1
  let devices: [RowDocument]
}

struct RowDocument: Encodable {
  struct MAC: Encodable {
    let address: MACAddress
    let kind: String
  }

  struct Contradiction: Encodable {
    let kind: Claim.Kind
    let claims: [Claim]
  }

  /// `by` and `value`, or `addresses`, are null where the note has none.
  struct Note: Encodable {
    let note: String
    let by: String?
    let value: String?
    let addresses: Int?

    init(_ note: InventoryRow.Note) {
      switch note {
      case .joined(let by, let value): (self.note, self.by, self.value, addresses) = ("joined", by.rawValue, value, nil)
      case .notJoined(let by, let value):
        (self.note, self.by, self.value, addresses) = ("not-joined", by.rawValue, value, nil)
      case .sameAddressOnly: (self.note, by, value, addresses) = ("same-address-only", nil, nil, nil)
      case .relay(let count): (self.note, by, value, addresses) = ("relay", nil, nil, count)
      }
    }

    private enum Key: String, CodingKey { case note, by, value, addresses }

    // By hand so that what a note does not have is written as null.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(note, forKey: .note)
      try container.encode(by, forKey: .by)
      try container.encode(value, forKey: .value)
      try container.encode(addresses, forKey: .addresses)
    }
  }

  let row: InventoryRow

  private enum Key: String, CodingKey {
    case id, records, runs, macs, addresses
    case deviceClass = "class"
    case services, claims, contradictions, notes
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(row.id, forKey: .id)
    try container.encode(row.records, forKey: .records)
    try container.encode(row.runs, forKey: .runs)
    try container.encode(row.macs.map { MAC(address: $0, kind: MACKind($0).word) }, forKey: .macs)
    try container.encode(row.addresses, forKey: .addresses)
    try container.encode(row.deviceClass, forKey: .deviceClass)
    try container.encode(row.services, forKey: .services)
    try container.encode(row.claims, forKey: .claims)
    try container.encode(
      row.contradictions.map { Contradiction(kind: $0.kind, claims: $0.claims) }, forKey: .contradictions)
    try container.encode(row.notes.map { Note($0) }, forKey: .notes)
  }
}
