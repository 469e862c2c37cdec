internal import CNotices
internal import Foundation
public import Notices

/// Why a file of notices cannot be used, and what to do.
public struct NoticeFileError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ path: String, _ number: Int32, _ remedy: String = "") {
    let problem = String(
      describing: POSIXErrorCode(rawValue: -number).map { POSIXError($0).localizedDescription } ?? "error \(-number)")
    description = "\(path): \(problem)\(remedy.isEmpty ? "" : "; \(remedy)")"
  }

  public init(_ description: String) { self.description = description }
}

/// Files that hold secrets.
public enum SecretFile {
  private static let longest = 8192

  /// The text without line ends behind it.
  /// - Throws: where others than its owner can read it, too.
  public static func read(_ path: String) throws(NoticeFileError) -> [UInt8] {
    let name = NoticeSender.list([path])
    var octets = [UInt8](repeating: 0, count: Self.longest)
    let count = unsafe CNotices_read_secret(name, Int32(name.count), &octets, Int32(octets.count))
    switch count {
    case -EPERM:
      throw NoticeFileError(
        "\(path) is not for its owner alone, so its secret may be known; make it a plain file of this user's or root's with chmod 600 / \(path) は所有者以外も読めるため使用しません。chmod 600 を実行してください"
      )
    case -EFBIG: throw NoticeFileError("\(path) is longer than \(longest) octets; a secret is one line")
    case ..<0:
      throw NoticeFileError(path, count, "write the secret into it and chmod 600 / 秘密情報を書き、chmod 600 を実行してください")
    default: break
    }
    var secret = octets.prefix(Int(count))
    while let last = secret.last, last == 0x0a || last == 0x0d { secret.removeLast() }
    guard !secret.isEmpty else { throw NoticeFileError("\(path) is empty / 空のファイルです") }
    return Array(secret)
  }
}

/// A file that is replaced as a whole: readers see the one or the other.
public enum WholeFile {
  public static func replace(_ path: String, _ octets: [UInt8], mode: Int32 = 0o600) throws(NoticeFileError) {
    let name = NoticeSender.list([path])
    let result = unsafe CNotices_replace(name, Int32(name.count), octets, Int32(octets.count), mode)
    guard result == 0 else { throw NoticeFileError(path, result) }
  }
}

/// A folder that one process uses at a time.
public final class FolderLock {
  private static let patience: Int32 = 120_000

  private let descriptor: Int32

  /// Waits until no other process uses it.
  public init(_ folder: String) throws(NoticeFileError) {
    let name = NoticeSender.list([folder + "/lock"])
    descriptor = unsafe CNotices_lock(name, Int32(name.count), Self.patience)
    guard descriptor >= 0 else {
      throw NoticeFileError(
        folder, descriptor, "another process is sending notices; try again later / 別のプロセスが通知を送信中です")
    }
  }

  deinit { CNotices_unlock(descriptor) }
}

/// Notices that are still to be delivered: a folder for their owner alone, a file for each notice and channel. Whoever delivers them
/// locks it; whoever adds one need not.
public struct OutboxFolder: Sendable {
  private let path: String

  public init(_ path: String) throws(NoticeFileError) {
    self.path = path
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw NoticeFileError("\(path) cannot be made: \((error as NSError).localizedDescription)")
    }
  }

  /// Waits until no other process delivers from it.
  public func lock() throws(NoticeFileError) -> FolderLock { try FolderLock(path) }

  /// What is there, the oldest first, and names of files that cannot be read as what they should be.
  public func items() -> (items: [OutboxItem], unreadable: [String]) {
    var items: [OutboxItem] = []
    var unreadable: [String] = []
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    for name in names.sorted() where name.hasSuffix(".json") {
      guard let data = FileManager.default.contents(atPath: "\(path)/\(name)"),
        let item = try? JSONDecoder().decode(OutboxItem.self, from: data), item.fileName == name
      else {
        unreadable.append("\(path)/\(name)")
        continue
      }
      items.append(item)
    }
    return (items.sorted { ($0.since, $0.fileName) < ($1.since, $1.fileName) }, unreadable)
  }

  public func put(_ item: OutboxItem) throws(NoticeFileError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(item) else {
      throw NoticeFileError("\(path)/\(item.fileName) cannot be written")
    }
    try WholeFile.replace("\(path)/\(item.fileName)", Array(data))
  }

  public func remove(_ item: OutboxItem) { try? FileManager.default.removeItem(atPath: "\(path)/\(item.fileName)") }
}
