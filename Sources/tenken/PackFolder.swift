internal import CLinux
internal import Evidence
internal import Foundation
internal import Synchronization

/// Packs as folders. An archive is unpacked once, into a private folder that goes away with the process.
enum PackFolder {
  struct Unpacked {
    /// The pack's folder.
    let path: String
    /// Empty for a pack that is a folder anyway.
    let count: PackArchive.Count?
  }

  private static let unpacked = Mutex<[String: Unpacked]>([:])
  private static let temporary = Mutex<[String]>([])

  /// The folder itself, or where the archive was unpacked.
  /// - Throws: ``CommandFailure`` for an archive that is none, or holds what no pack has.
  static func path(of pack: String) throws -> String { try open(pack).path }

  static func open(_ pack: String) throws -> Unpacked {
    let kind = try? FileManager.default.attributesOfItem(atPath: pack)[.type] as? FileAttributeType
    guard kind == .typeRegular else { return Unpacked(path: pack, count: nil) }
    let name = URL(fileURLWithPath: pack).standardizedFileURL.path
    if let known = unpacked.withLock({ $0[name] }) { return known }
    do throws(PackError) {
      let folder = try makeTemporary()
      let (path, count) = try PackArchive.unpack(pack, into: folder)
      let made = Unpacked(path: path, count: count)
      unpacked.withLock { $0[name] = made }
      return made
    } catch {
      throw CommandFailure(.failed, "\(error)")
    }
  }

  /// A folder for this process alone, which is removed at its end, by a signal too.
  static func makeTemporary() throws(PackError) -> String {
    let folder = try PrivateFolder.make(in: NSTemporaryDirectory())
    let isFirst = temporary.withLock { folders in
      folders.append(folder)
      return folders.count == 1
    }
    if isFirst {
      atexit { PackFolder.removeTemporary() }
      _ = CLinux_exit_on_signals()
    }
    return folder
  }

  private static func removeTemporary() {
    for folder in temporary.withLock({ $0 }) {
      // Where a signal ends the process another thread may still be writing into it.
      for _ in 0..<3 where FileManager.default.fileExists(atPath: folder) {
        try? FileManager.default.removeItem(atPath: folder)
      }
    }
  }
}

/// Under sudo the pack belongs to the person who called it: raw sockets need root, reading does not.
func handOver(_ output: String) {
  let environment = ProcessInfo.processInfo.environment
  guard geteuid() == 0, let user = environment["SUDO_UID"].flatMap({ Int($0) }),
    let group = environment["SUDO_GID"].flatMap({ Int($0) })
  else { return }
  let owner: [FileAttributeKey: Any] = [.ownerAccountID: user, .groupOwnerAccountID: group]
  let below = (try? FileManager.default.subpathsOfDirectory(atPath: output)) ?? []
  for path in [output] + below.map({ "\(output)/\($0)" }) {
    // A file system without owners is no reason to fail: the pack is complete as it is.
    try? FileManager.default.setAttributes(owner, ofItemAtPath: path)
  }
}
