internal import Declarations
internal import Documents
internal import Evidence
internal import Foundation

/// The owner's declarations as a run takes them along, with the MUD files that they name.
struct DeclarationsReference {
  let declarations: Declarations
  /// The same, by the file's place in a pack: what verdicts cite is what their reader has.
  let cited: Declarations
  let mud: [String: MUDFile]
  private let octets: [UInt8]
  /// In the order in which the declarations name them.
  private let mudOctets: [[UInt8]]

  /// Where a pack keeps the files, unchanged; declarations may name persons.
  private static let path = "reference/declarations.yaml"
  private static func mudPath(_ number: Int) -> String { "reference/mud/\(number + 1).json" }

  /// - Throws: ``CommandFailure`` with file, line and remedy. A file that is not understood declares nothing.
  init(file: String) throws {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    try self.init(try contents(of: file, what: "the declarations"), file: file) { name, _ in
      let place = name.hasPrefix("/") ? name : folder.appendingPathComponent(name).path
      return (try contents(of: place, what: "the MUD file"), place)
    }
  }

  /// The declarations that a pack took along; nil when it had none.
  init?(in pack: PackReader) throws {
    guard let octets = try pack.octets(of: Self.path) else { return nil }
    try self.init(octets, file: "\(pack.path)/data/\(Self.path)") { name, number in
      let path = Self.mudPath(number)
      guard let octets = try pack.octets(of: path) else {
        throw CommandFailure(.failed, "\(pack.path) holds no data/\(path), the MUD file \(name) of its declarations")
      }
      return (octets, "\(pack.path)/data/\(path)")
    }
  }

  private init(
    _ octets: [UInt8], file: String, mud read: (String, Int) throws -> (octets: [UInt8], place: String)
  ) throws {
    do {
      declarations = try Declarations(parsing: octets, file: file)
      cited = try Declarations(parsing: octets, file: Self.path)
      var mud: [String: MUDFile] = [:]
      var mudOctets: [[UInt8]] = []
      for (number, name) in declarations.mudFiles.enumerated() {
        let (content, place) = try read(name, number)
        mud[name] = try MUDFile(parsing: content, file: place)
        mudOctets.append(content)
      }
      (self.octets, self.mud, self.mudOctets) = (octets, mud, mudOctets)
    } catch let error as DocumentError {
      throw CommandFailure(.usage, "\(error)")
    }
  }

  /// Takes the files along.
  func write(to pack: PackWriter) throws {
    try pack.write(octets, to: Self.path)
    for (number, content) in mudOctets.enumerated() { try pack.write(content, to: Self.mudPath(number)) }
  }
}
