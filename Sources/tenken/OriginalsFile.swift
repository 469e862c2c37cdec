internal import Evidence
internal import Foundation
internal import Reports

/// What was masked, as it was, in a tar archive that goes encrypted to the disk through the program `age`: never in clear.
final class OriginalsFile {
  let path: String
  private let process = Process()
  private let pipe = Pipe()

  /// The recipient of a run that keeps its originals, checked before anything is sent.
  struct Recipient {
    let name: String
    fileprivate let program: String

    /// - Throws: ``CommandFailure`` when age is not installed or does not know the recipient.
    init(_ name: String) throws {
      self.name = name
      let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
      guard let program = folders.map({ "\($0)/age" }).first(where: FileManager.default.isExecutableFile) else {
        throw CommandFailure(
          .usage,
          "--keep-originals needs the program age, which is not installed (Debian: apt install age). Nothing was sent. / ageが必要です。"
        )
      }
      self.program = program
      let trial = Process()
      trial.executableURL = URL(fileURLWithPath: program)
      trial.arguments = ["--encrypt", "-r", name]
      trial.standardInput = FileHandle.nullDevice
      trial.standardOutput = FileHandle.nullDevice
      trial.standardError = FileHandle.nullDevice
      try trial.run()
      trial.waitUntilExit()
      guard trial.terminationStatus == 0 else {
        throw CommandFailure(
          .usage,
          "--keep-originals: age takes no recipient \(inert(name)); it is age1…, or an SSH public key. Nothing was sent."
        )
      }
    }
  }

  /// Beside the pack, with the first number that is free.
  static func path(beside pack: String, number: Int = 1) -> String {
    let path = number == 1 ? "\(pack).originals.age" : "\(pack).originals-\(number).age"
    return FileManager.default.fileExists(atPath: path) ? self.path(beside: pack, number: number + 1) : path
  }

  /// Begins the archive.
  init(_ recipient: Recipient, at path: String) throws {
    self.path = path
    process.executableURL = URL(fileURLWithPath: recipient.program)
    process.arguments = ["--encrypt", "-r", recipient.name, "-o", path]
    process.standardInput = pipe
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  /// Adds a file to the archive.
  func add(_ name: String, _ octets: [UInt8]) throws {
    try put(TarHeader(name: name, octets: octets.count).octets + octets)
    try put([UInt8](repeating: 0, count: (512 - octets.count % 512) % 512))
  }

  /// Ends the archive and waits until it is on the disk.
  /// - Returns: SHA-256 of the encrypted file.
  func close() throws -> String {
    try put([UInt8](repeating: 0, count: 1024))
    try pipe.fileHandleForWriting.close()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw failure }
    try? FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    return SHA256.hex(try SHA256.digest(ofFile: path))
  }

  private var failure: CommandFailure {
    CommandFailure(.failed, "age could not write \(path): the originals are not kept. Is the disk full?")
  }

  private func put(_ octets: [UInt8]) throws {
    do {
      try pipe.fileHandleForWriting.write(contentsOf: Data(octets))
    } catch {
      throw failure
    }
  }
}

/// The head of a file in a tar archive (POSIX.1-1988, ustar).
private struct TarHeader {
  let octets: [UInt8]

  init(name: String, octets size: Int) {
    var block = [UInt8](repeating: 0, count: 512)
    func set(_ text: String, at place: Int, most: Int) {
      for (offset, octet) in text.utf8.prefix(most).enumerated() { block[place + offset] = octet }
    }
    func octal(_ number: Int, digits: Int) -> String {
      let text = String(number, radix: 8)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    // A name beyond 100 octets is split at a slash: its folders stand in the prefix.
    var (folder, file) = ("", name)
    if name.utf8.count > 100, let slash = name.dropLast(100).lastIndex(of: "/") ?? name.firstIndex(of: "/") {
      folder = String(name[..<slash])
      file = String(name[name.index(after: slash)...])
    }
    set(file, at: 0, most: 100)
    set(octal(0o600, digits: 7), at: 100, most: 7)
    set(octal(0, digits: 7), at: 108, most: 7)
    set(octal(0, digits: 7), at: 116, most: 7)
    set(octal(size, digits: 11), at: 124, most: 11)
    set(octal(0, digits: 11), at: 136, most: 11)
    set("        0", at: 148, most: 9)
    set("ustar", at: 257, most: 5)
    set("00", at: 263, most: 2)
    set(folder, at: 345, most: 155)
    let sum = block.reduce(0) { $0 + Int($1) }
    set(octal(sum, digits: 6), at: 148, most: 6)
    block[154] = 0
    self.octets = block
  }
}
