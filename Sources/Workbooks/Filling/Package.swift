internal import CPackage

/// A package (ECMA-376 part 2) in memory, of which members are replaced. The only type that calls libzip.
@safe
final class Package {
  /// A workbook beyond this is not one that a person fills.
  static let longest = 128 << 20
  static let mostMembers = 20_000
  /// Of the parts that are read.
  static let longestPart = 32 << 20

  private let package: OpaquePointer
  /// Which member has which name, without regard to case (part 2 §6.2.2.2).
  private let members: [String: Int64]
  let names: [String]

  init(_ octets: [UInt8]) throws(WorkbookError) {
    if let problem = Self.objection(octets) { throw WorkbookError(problem) }
    guard let package = unsafe CPackage_open(octets, octets.count) else {
      throw WorkbookError(
        "It is no workbook that can be read: the ZIP file is damaged. Open it and save it again as .xlsx.")
    }
    unsafe self.package = package
    var (members, names): ([String: Int64], [String]) = ([:], [])
    var isSound = true
    var name = [CChar](repeating: 0, count: 4096)
    let count = unsafe CPackage_count(package)
    for member in 0..<min(max(count, 0), Int64(Self.mostMembers)) {
      let length = unsafe CPackage_name(package, member, &name, name.count)
      let text = String(decoding: name.prefix(Int(max(0, length))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      isSound = isSound && length > 0 && members.updateValue(member, forKey: text.lowercased()) == nil
      names.append(text)
    }
    self.members = members
    self.names = names
    guard isSound, count <= Int64(Self.mostMembers) else {
      throw WorkbookError(
        "It is no workbook: names in the ZIP file are double, empty, or more than \(Self.mostMembers).")
    }
  }

  deinit { unsafe CPackage_free(package) }

  /// What it is when it is no ZIP file.
  private static func objection(_ octets: [UInt8]) -> String? {
    guard octets.count <= longest else { return "The workbook is larger than \(longest >> 20) MiB, and is not read." }
    // [MS-CFB] §2.2: the older files of Office, and the shell around an encrypted one ([MS-OFFCRYPTO] §2.3.4).
    if octets.starts(with: [0xd0, 0xcf, 0x11, 0xe0]) {
      let name = Array("EncryptedPackage".utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] })
      let isEncrypted = octets.count < 16 << 20 && octets.indices.contains { octets[$0...].starts(with: name) }
      return isEncrypted
        ? "The workbook is encrypted. Save a copy without a password (File, Info, Protect Workbook) and name that."
        : "The workbook is of the older form .xls. Save it as .xlsx and name that."
    }
    return octets.starts(with: Array("PK".utf8)) ? nil : "It is no .xlsx workbook."
  }

  /// A part by its name without a stroke at its front; nil when there is none.
  func part(_ name: String) throws(WorkbookError) -> [UInt8]? {
    guard let member = members[name.lowercased()] else { return nil }
    let size = unsafe CPackage_size(package, member)
    guard size != -2 else {
      throw WorkbookError(
        "The part \(name) is encrypted or packed in an uncommon way. Open the workbook and save it again.")
    }
    guard (0...Int64(Self.longestPart)).contains(size) else {
      throw WorkbookError(
        "The part \(name) of the workbook is larger than \(Self.longestPart >> 20) MiB, and is not read.")
    }
    var octets = [UInt8](repeating: 0, count: Int(size))
    guard unsafe CPackage_read(package, member, &octets, octets.count) == 1 else {
      throw WorkbookError("The part \(name) of the workbook is damaged. Open the workbook and save it again.")
    }
    return octets
  }

  func replace(_ name: String, with octets: [UInt8]) throws(WorkbookError) {
    guard let member = members[name.lowercased()],
      unsafe CPackage_replace(package, member, octets, octets.count) == 1
    else { throw WorkbookError("The part \(name) could not be replaced.") }
  }

  /// The package; it is used up then.
  func finish() throws(WorkbookError) -> [UInt8] {
    let length = unsafe CPackage_finish(package)
    guard length >= 0 else { throw WorkbookError("The filled workbook could not be put together.") }
    var octets = [UInt8](repeating: 0, count: Int(length))
    guard unsafe CPackage_copy(package, &octets, length) == length else {
      throw WorkbookError("The filled workbook could not be read back from memory.")
    }
    return octets
  }
}
