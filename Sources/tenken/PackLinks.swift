internal import Foundation
internal import Records
internal import Sheets

/// Where packs lie, seen from a report.
enum PackLinks {
  /// Relative paths of the packs' folders from the folder of the report, by the phase's key. A report without a name is taken to lie
  /// beside the pack. A phase of several packs is left out: its rows do not say which pack a path is in.
  static func folders(_ packs: [Phase: [FinishedPack]], from report: String?) -> [String: String] {
    var folders: [String: String] = [:]
    for (phase, packs) in packs {
      guard let pack = packs.first, packs.count == 1 else { continue }
      let folder = standard(pack.linked)
      folders[phase.rawValue] = relative(folder, from: report.map { standard($0).deletingLastPathComponent() })
    }
    return folders
  }

  private static func standard(_ path: String) -> URL {
    URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath()
  }

  private static func relative(_ folder: URL, from base: URL?) -> String {
    guard let base else { return folder.lastPathComponent }
    let (to, from) = (folder.pathComponents, base.pathComponents)
    let shared = zip(to, from).prefix { $0 == $1 }.count
    return (Array(repeating: "..", count: from.count - shared) + to[shared...]).joined(separator: "/")
  }
}
