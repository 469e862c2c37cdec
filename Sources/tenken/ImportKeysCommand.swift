internal import ArgumentParser
internal import Audit
internal import Certificates
internal import Foundation
internal import Glibc
internal import Records

/// Public keys whose private halves are published, as a file that an audit reads when it is there.
enum KnownKeysFile {
  /// Below the state directory of whoever runs the program (file-hierarchy(7), XDG Base Directory).
  static var usual: String {
    if geteuid() == 0 { return "/var/lib/tenken/known-tls-keys.txt" }
    let environment = ProcessInfo.processInfo.environment
    let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return (state ?? NSHomeDirectory() + "/.local/state") + "/tenken/known-tls-keys.txt"
  }

  /// - Returns: nil where there is no such file.
  /// - Throws: what is wrong with it, with its line.
  static func read() throws -> KnownKeys? {
    guard FileManager.default.fileExists(atPath: usual) else { return nil }
    let octets = try contents(of: usual, what: "the list of published keys")
    do throws(KnownKeys.Fault) {
      return try KnownKeys(text: String(decoding: octets, as: UTF8.self))
    } catch {
      throw CommandFailure(.usage, "\(usual):\(error.line): \(error.text.en)\n\(error.text.ja)")
    }
  }
}

struct ImportKeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import-keys", abstract: "Imports published TLS keys. / 公開済みのTLSの鍵を取り込みます。",
    discussion: """
      Reads the certificates, public and private keys (PEM or DER) of a folder and those below it, such as a copy of the House of \
      Keys, and writes the SHA-256 of each public key with the file's name; nothing private is written. Audits hold TLS services \
      against that file (tls.known-key). No key is shipped with tenken; sends nothing. \
      フォルダー以下の証明書と鍵(PEM、DER)を読み、公開鍵のSHA-256とファイル名だけを書き出します。監査はこのファイルとTLSサービスを照合します。\
      鍵は同梱していません。パケットは送りません。 \
      Exit status: 0 something was imported, 2 nothing was found there or the file cannot be written.
      """)

  @Argument(help: "Folder of certificates and keys / 証明書と鍵のフォルダー") var folder: String
  @Option(
    name: [.customShort("o"), .long],
    help: "File to write (default: where audits look, /var/lib/tenken/known-tls-keys.txt or your state directory) / 出力先"
  )
  var output: String?

  func run() throws {
    var origins: [String: String] = [:]
    var read = 0
    let root = URL(fileURLWithPath: folder, isDirectory: true).standardizedFileURL
    let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: [.isRegularFileKey])
    while let file = files?.nextObject() as? URL {
      guard (try? file.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true,
        let octets = FileManager.default.contents(atPath: file.path)
      else { continue }
      let path = String(file.standardizedFileURL.path.dropFirst(root.path.count + 1))
      let digests = PublishedKeys.digests(inFile: Array(octets))
      if !digests.isEmpty { read += 1 }
      // The first name in alphabetical order, whatever the order on the disk.
      for digest in digests { origins[digest] = min(origins[digest] ?? path, path) }
    }
    guard !origins.isEmpty else {
      throw CommandFailure(.usage, "\(folder) holds no certificate and no key. Name a folder of PEM or DER files.")
    }
    let file = output ?? KnownKeysFile.usual
    do {
      let parent = URL(fileURLWithPath: file).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
      try Data(KnownKeys(origins.mapValues(\.onOneLine)).text.utf8).write(
        to: URL(fileURLWithPath: file), options: .atomic)
    } catch {
      throw CommandFailure(.usage, "\(file) cannot be written: \((error as NSError).localizedDescription)")
    }
    print("\(origins.count) keys of \(read) files: \(file)")
  }
}

extension String {
  /// Line ends and control characters would make another line of a name.
  fileprivate var onOneLine: String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "?" : $0 }))
      .split(whereSeparator: \.isNewline).joined(separator: "?")
  }
}
