internal import XMLReading

/// A user's own workbook with texts put into some of its cells, and nothing else of it touched.
public enum FilledWorkbook {
  private static let documentTypes: Set = [
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument",
  ]
  private static let relationSpaces: Set = [
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
  ]

  /// Fills cells of one sheet. Only the sheet's part is written anew, by putting elements in the place of others; all other members
  /// stay as they are packed. Texts are texts, whatever they begin with; a cell keeps its style.
  /// - Throws: ``WorkbookError`` for what is no workbook, is encrypted or signed, a sheet that is missing or protected, a cell with a
  ///   formula, and a cell inside a merged one.
  public static func octets(
    _ original: [UInt8], sheet: String, cells: [CellAddress: String]
  ) throws(WorkbookError) -> [UInt8] {
    let package = try Package(original)
    if package.names.contains(where: { $0.lowercased().hasPrefix("_xmlsignatures/") }) {
      throw WorkbookError(
        "The workbook is signed, and filling it would break the signature. Name a copy that is not signed.")
    }
    let part = try partName(of: sheet, in: package)
    guard let octets = try package.part(part) else {
      throw WorkbookError("The workbook names a part \(part) that it does not hold. Open it and save it again.")
    }
    try refuseHeadings(cells, part, sheet, package)
    let filled = try WorksheetPart(parsing: octets, sheet: sheet).filled(cells)
    try package.replace(part, with: filled)
    return try package.finish()
  }

  /// The heading of a table must be the text that the table's own part has (part 1 §18.5.1.3); Excel repairs a workbook where it is not.
  private static func refuseHeadings(
    _ cells: [CellAddress: String], _ part: String, _ sheet: String, _ package: Package
  ) throws(WorkbookError) {
    for relation in try relations(of: part, in: package) where relation.type.hasSuffix("/relationships/table") {
      let table = try element(relation.target, in: package)
      guard let range = table.attribute("ref").flatMap({ CellRange($0) }), table.attribute("headerRowCount") != "0",
        let cell = cells.keys.sorted().first(where: { range.contains($0) && $0.row == range.first.row })
      else { continue }
      throw WorkbookError(
        "The cell \(cell) of the sheet \(sheet) is in the heading of a table, which would be damaged. Name another row in the map."
      )
    }
  }

  private static func partName(of sheet: String, in package: Package) throws(WorkbookError) -> String {
    guard let book = try relations(of: "", in: package).first(where: { documentTypes.contains($0.type) })?.target else {
      throw WorkbookError("It is no .xlsx workbook: nothing in it says where the workbook's part is.")
    }
    guard !book.lowercased().hasSuffix(".bin") else {
      throw WorkbookError("The workbook is of the binary form .xlsb. Save it as .xlsx and name that.")
    }
    let sheets = try element(book, in: package).child("sheets")?.children("sheet") ?? []
    guard let found = sheets.first(where: { $0.attribute("name") == sheet }) else {
      let names = sheets.compactMap { $0.attribute("name") }.joined(separator: ", ")
      throw WorkbookError("The workbook has no sheet \(sheet). It has: \(names). Correct the sheet's name in the map.")
    }
    let id = found.attributes.first { $0.name.local == "id" && relationSpaces.contains($0.name.namespace ?? "") }?.value
    guard let target = try relations(of: book, in: package).first(where: { $0.id == id })?.target else {
      throw WorkbookError("The workbook does not say where its sheet \(sheet) is. Open it and save it again.")
    }
    return target
  }

  private static func element(_ name: String, in package: Package) throws(WorkbookError) -> XMLElement {
    guard let octets = try package.part(name) else {
      throw WorkbookError("It is no .xlsx workbook: the part \(name) is missing.")
    }
    do throws(XMLError) {
      return try XMLElement(parsing: octets, limits: .file)
    } catch {
      throw WorkbookError("The part \(name) of the workbook cannot be read: \(error). Open it and save it again.")
    }
  }

  private struct Relation {
    let id: String?
    let type: String
    let target: String
  }

  /// Relationships of a part (part 2 §6.5), those to the outside left out; `""` for the package's own.
  private static func relations(of part: String, in package: Package) throws(WorkbookError) -> [Relation] {
    let folder = part.split(separator: "/").dropLast().map(String.init)
    let file = part.split(separator: "/").last.map(String.init) ?? ""
    let name = (folder + ["_rels", file + ".rels"]).joined(separator: "/")
    guard try package.part(name) != nil else { return [] }
    return try element(name, in: package).children("Relationship").compactMap { relation in
      guard let target = relation.attribute("Target"), relation.attribute("TargetMode") != "External" else {
        return nil
      }
      return Relation(
        id: relation.attribute("Id"), type: relation.attribute("Type") ?? "", target: resolved(target, in: folder))
    }
  }

  private static func resolved(_ target: String, in folder: [String]) -> String {
    var path = target.hasPrefix("/") ? [] : folder
    for step in target.split(separator: "/") {
      switch step {
      case ".": break
      case "..": _ = path.popLast()
      default: path.append(String(step))
      }
    }
    return path.joined(separator: "/")
  }
}
