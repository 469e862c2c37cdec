public import Addressing
public import Documents
internal import Foundation
public import Records

/// Names the holder of a MAC address block from the IEEE's public assignment files, as Debian's
/// package ieee-data installs them.
///
/// The files are read where they lie and are not part of tenken. A name says to whom the block
/// was assigned: the maker of the network part, which need not be the maker of the device.
public struct VendorRegistry: Hashable, Sendable {
  /// Where Debian's package ieee-data puts the files.
  public static let defaultDirectory = "/usr/share/ieee-data"

  /// Why an address has no vendor.
  public enum Absence: Hashable, Sendable, CaseIterable {
    /// The address was made up by the device or its owner, as phones do.
    case locallyAdministered
    /// The address names a group of stations and no device.
    case group
    /// No block of the files contains it.
    case unassigned
    /// The holder asked the IEEE not to be named.
    case undisclosed
    /// The IEEE divided the block further, and the part is not in the files.
    case subdivided
  }

  /// What the files say about an address.
  public enum Answer: Hashable, Sendable {
    /// The source reads `IEEE MA-L (ieee-data 20220827)`.
    case vendor(Attribution)
    case none(Absence)
  }

  /// Smallest blocks first, so that the longest prefix wins.
  private let tables: [VendorTable]
  /// The day of the files, `20220827`.
  public let version: String

  /// How many assignments were read.
  public var count: Int { tables.reduce(0) { $0 + $1.count } }

  /// Reads `oui.csv`, `mam.csv` and `oui36.csv`. Reads files only.
  /// - Throws: ``DocumentError`` when a file is absent or holds no assignment.
  public init(directory: String = VendorRegistry.defaultDirectory) throws(DocumentError) {
    var tables: [VendorTable] = []
    for registry in VendorTable.Registry.allCases {
      let path = directory + "/" + registry.file
      // Mapped, so that its megabytes are copied once.
      guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else {
        throw DocumentError(
          .missing, file: path, problem: "the IEEE's list of MAC address blocks is missing",
          remedy: "install ieee-data (apt-get install ieee-data)")
      }
      let table = VendorTable(parsing: Array(data), registry: registry)
      guard table.count > 0 else {
        throw DocumentError(
          .content, file: path, problem: "the file holds no assignment of a MAC address block",
          remedy: "install ieee-data again (apt-get install --reinstall ieee-data)")
      }
      tables.append(table)
    }
    self.tables = tables
    version = VendorRegistry.day(of: directory)
  }

  /// Who holds the block of an address, or why nobody can be named.
  public func answer(for address: MACAddress) -> Answer {
    if address.isGroup { return .none(.group) }
    if address.isLocallyAdministered { return .none(.locallyAdministered) }
    for table in tables {
      guard let name = table.name(forAddress: address.rawValue) else { continue }
      if name == "Private" { return .none(.undisclosed) }
      // The IEEE enters itself as holder of blocks that it hands out in parts.
      if name == "IEEE Registration Authority" { return .none(.subdivided) }
      return .vendor(Attribution(name: name, source: "IEEE \(table.registry.name) (ieee-data \(version))"))
    }
    return .none(.unassigned)
  }

  /// The vendor of an address, or nil; ``answer(for:)`` says why.
  public func vendor(of address: MACAddress) -> Attribution? {
    switch answer(for: address) {
    case .vendor(let attribution): return attribution
    case .none: return nil
    }
  }

  /// The day of the last update that ieee-data records, else the modification day of `oui.csv`,
  /// in UTC, `20220827`.
  private static func day(of directory: String) -> String {
    let recorded = FileManager.default.contents(atPath: directory + "/.lastupdate")
      .flatMap { Int(String(decoding: $0, as: UTF8.self).filter(\.isNumber)) }
    guard let seconds = recorded ?? modification(of: directory + "/oui.csv") else { return "undated" }
    let (nanoseconds, isBeyond) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    guard !isBeyond else { return "undated" }
    // A calendar of Foundation's takes longer to make than the day to find.
    return Timestamp(nanoseconds: nanoseconds).rfc3339(offsetMinutes: 0).prefix(10).filter { $0 != "-" }
  }

  /// In seconds of Unix time. Foundation looks for the owner's name as well, so it is asked only where it has to be.
  private static func modification(of path: String) -> Int? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.modificationDate] as? Date).map { Int($0.timeIntervalSince1970) }
  }
}

extension VendorRegistry.Absence {
  /// The reason in words.
  public var text: LocalizedText {
    switch self {
    case .locallyAdministered:
      return LocalizedText(
        ja: "ローカル管理のMACアドレスのため製造元を特定できません",
        en: "The MAC address is locally administered and names no vendor")
    case .group:
      return LocalizedText(ja: "グループアドレスであり機器を指しません", en: "The address names a group and no device")
    case .unassigned:
      return LocalizedText(
        ja: "IEEEの割当一覧に該当するブロックがありません", en: "No block of the IEEE's list contains the address")
    case .undisclosed:
      return LocalizedText(
        ja: "割当先が公開されていないブロックです", en: "The holder of the block is not published")
    case .subdivided:
      return LocalizedText(
        ja: "再分割されたブロックであり、割当先が一覧にありません",
        en: "The block is divided further and the part is not in the list")
    }
  }
}
