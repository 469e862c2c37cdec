internal import ArgumentParser
internal import Audit
internal import Evidence
internal import Foundation
internal import History
internal import LinkIO
internal import Records
internal import RunComparison

/// Where the history lies.
struct HistoryPlace: ParsableArguments {
  @Option(
    help: "History file (default: TENKEN_HISTORY, else /var/lib/tenken/history.sqlite or your state directory) / 履歴ファイル"
  )
  var history: String?

  init() {}

  /// The file that was named.
  init(_ file: String) { history = file }

  var path: String { history ?? Self.standard }

  /// Where it lies when no option says so.
  static var standardPlace: HistoryPlace {
    var place = HistoryPlace()
    place.history = standard
    return place
  }

  static var standard: String {
    let environment = ProcessInfo.processInfo.environment
    if let named = environment["TENKEN_HISTORY"], !named.isEmpty { return named }
    return StateFolder.path + "/history.sqlite"
  }

  func open(_ access: HistoryStore.Access) throws -> HistoryStore {
    do {
      return try HistoryStore(path, access)
    } catch {
      throw CommandFailure(error.code == .missing ? .usage : .failed, "\(error)")
    }
  }
}

/// Whether and where a run is remembered.
struct HistoryOptions: ParsableArguments {
  @Flag(name: .customLong("no-history"), help: "Do not remember this run / 履歴に記録しない") var isOff = false
  @OptionGroup var place: HistoryPlace

  /// Remembers the run of a sealed pack. A history that cannot be written is told and takes nothing from the run: the pack is whole, and
  /// `tenken history import` adds it later.
  func remember(_ pack: String) {
    guard !isOff else { return }
    do {
      try place.open(.writing).record(try RunRecord(FinishedPack(pack)))
    } catch let failure as CommandFailure {
      complain("not recorded in the history: \(failure.message)")
    } catch {
      complain("not recorded in the history: \(error)")
    }
  }
}

extension RunRecord {
  /// Of a pack that was verified.
  /// - Parameter observations: where they were read already.
  init(_ pack: FinishedPack, observations: [Observation]? = nil) throws {
    self.init(
      try pack.result(),
      observations: try observations ?? ResumedRun.journal(PackReader(pack.path), portCount: 0).observations,
      ports: try pack.ports(),
      pack: URL(fileURLWithPath: pack.path).standardizedFileURL.path, packDigest: pack.digest)
  }
}
