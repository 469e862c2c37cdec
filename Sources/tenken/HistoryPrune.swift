internal import ArgumentParser
internal import Foundation
internal import History
internal import LinkIO
internal import Records
internal import Reports
internal import RunComparison
internal import Sheets

extension HistoryCommand {
  struct Commission: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "commission",
      abstract: "Names a run as the record of how devices were introduced. / 導入時の記録となる検査を指定します。",
      discussion: """
        Rows about the state at introduction (15.3) then tell what that run had of each device, whatever changed since. Of several \
        such runs, the first that has a device is its record. The run is kept by prune.
        """)

    @Argument(help: "Run, as in the list / 検査の名前") var id: String
    @Option(help: "Who says so / 指定した人") var by: String?
    @Option(help: "Day, 2026-11-30; default: today / 日付") var at: String?
    @Flag(help: "Take it back / 指定を取り消す") var clear = false
    @OptionGroup var place: HistoryPlace

    func validate() throws {
      guard clear == (by == nil) else { throw ValidationError("name who says so with --by, or use --clear.") }
      guard at.map({ Day($0) != nil }) ?? true else { throw ValidationError("--at takes a day such as 2026-11-30.") }
    }

    func run() throws {
      let store = try place.open(.writing)
      let day = at ?? "\(Day(of: SystemClock.wall))"
      let isThere = try HistoryCommand.explaining { try store.commission(id, by.map { ($0, day) }) }
      guard isThere else {
        throw CommandFailure(.usage, "\(inert(place.path)) holds no run \(inert(id)); tenken history list shows them")
      }
    }
  }

  struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "prune", abstract: "Takes old runs out. / 古い検査を履歴から削除します。",
      discussion: """
        A run goes when it is older than --older-than days or not among the --keep newest; with both, only when both hold. Its \
        pack stays where it is unless --packs is given, and goes only when it verifies and is the one that was recorded. \
        --dry-run names what would go. What names the introduction of devices (tenken history commission), and the run in which a \
        finding that is still open was seen first, stay unless --force is given.
        """)

    @Option(name: .customLong("older-than"), help: "Days / 日数") var days: Int?
    @Option(help: "Newest runs that stay / 残す件数") var keep: Int?
    @Flag(help: "Also delete the packs / 証跡パックも削除する") var packs = false
    @Flag(help: "Also what is still referred to / 参照されている検査も削除する") var force = false
    @Flag(name: .customLong("dry-run"), help: "Only name what would go / 削除せず表示のみ") var isDry = false
    @OptionGroup var place: HistoryPlace

    func validate() throws {
      guard days != nil || keep != nil else { throw ValidationError("name --older-than, --keep or both.") }
      guard (days ?? 0) >= 0, (keep ?? 0) >= 0 else { throw ValidationError("neither may be below 0.") }
    }

    func run() throws {
      let store = try place.open(.writing)
      let runs = try HistoryCommand.explaining { try store.runs() }
      let kept = force ? [:] : try HistoryCommand.explaining { try Self.needed(store) }
      var leaving: [String] = []
      for run in Self.leaving(runs, now: SystemClock.wall, days: days, keep: keep) {
        if let reason = kept[run.id] {
          complain("\(inert(run.id)) stays: \(reason); --force takes it all the same")
          continue
        }
        print("\(run.started.rfc3339(offsetMinutes: Timestamp.jst))  \(inert(run.id))  \(inert(run.pack ?? "-"))")
        leaving.append(run.id)
        guard !isDry, packs, let pack = run.pack else { continue }
        PackRemoval.remove(pack, of: run)
      }
      guard !isDry else { return }
      // Packs first: a run whose pack is gone is told by the list, and the next call takes it out; a pack that nothing names would lie
      // there for ever.
      try HistoryCommand.explaining { try store.remove(leaving) }
    }

    /// Runs that something still refers to, and what.
    private static func needed(_ store: HistoryStore) throws -> [String: String] {
      var kept: [String: String] = [:]
      for run in try store.firstSightings() { kept[run] = "a finding that is still open was seen there first" }
      for one in try store.commissioned() { kept[one.run] = "\(inert(one.by)) named it the record of the introduction" }
      return kept
    }

    /// Which runs go, of runs with the newest first.
    static func leaving(_ runs: [RunHeadline], now: Timestamp, days: Int?, keep: Int?) -> [RunHeadline] {
      runs.enumerated().filter { index, run in
        let isOld = days.map { now - run.started > .seconds(Int64($0) * 86_400) }
        let isBeyond = keep.map { index >= $0 }
        return (isOld ?? true) && (isBeyond ?? true)
      }.map(\.element)
    }
  }
}

/// Takes a pack away whole: under another name first, so that a folder that was deleted in part is never taken for a pack, and is found
/// again when the program was killed meanwhile.
enum PackRemoval {
  private static func doomed(_ pack: String) -> String { pack + ".tenken-pruned" }

  /// Where a recorded pack is, for a list.
  static func state(of pack: String?, _ language: Language) -> String {
    let isJapanese = language == .ja
    guard let pack else { return isJapanese ? "なし" : "gone" }
    if FileManager.default.fileExists(atPath: pack) { return pack }
    // In front, as lists shorten long paths at their end.
    let isUnderWay = FileManager.default.fileExists(atPath: doomed(pack))
    return (isUnderWay
      ? isJapanese ? "(削除が途中。pruneが続けます) " : "(being deleted; prune goes on with it) "
      : isJapanese ? "(見つかりません) " : "(not there) ") + pack
  }

  /// Only what was recorded is deleted: a folder of that name may be something else by now.
  static func remove(_ pack: String, of run: RunHeadline) {
    let files = FileManager.default
    do {
      // Its octets were verified before it got this name.
      if files.fileExists(atPath: doomed(pack)) { try files.removeItem(atPath: doomed(pack)) }
      guard files.fileExists(atPath: pack) else { return }
      guard let found = try? FinishedPack(pack), found.digest == run.packDigest else {
        return complain("\(inert(pack)) stays: it is not the pack that was recorded, or does not verify")
      }
      try files.moveItem(atPath: pack, toPath: doomed(pack))
      try files.removeItem(atPath: doomed(pack))
    } catch {
      complain("\(inert(pack)) stays: \((error as NSError).localizedDescription)")
    }
  }
}
