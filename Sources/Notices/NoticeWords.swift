internal import Records
internal import Schedules

// Texts of notices.
extension SkipReason {
  var words: LocalizedText {
    switch self {
    case .windowClosed: LocalizedText(ja: "許可された時間帯の外", en: "outside its window of the day")
    case .wrongNetwork: LocalizedText(ja: "予定と異なるネットワーク", en: "another network than the schedule's")
    case .onBattery: LocalizedText(ja: "バッテリー駆動中", en: "on battery")
    case .overlap: LocalizedText(ja: "別の検査を実行中", en: "another run was going on")
    case .scopeNotValid: LocalizedText(ja: "許可範囲の期間外", en: "outside the scope's time")
    case .scopeChanged:
      LocalizedText(ja: "許可範囲などのファイルが変更されているか読めない", en: "the scope or another file changed or cannot be read")
    case .missed: LocalizedText(ja: "予定の時刻にこのコンピューターが動いていなかった", en: "this computer was off or asleep at its time")
    case .disabled: LocalizedText(ja: "予定が無効", en: "the schedule is switched off")
    }
  }
}

extension Distress.Kind {
  var words: LocalizedText {
    switch self {
    case .recovered: LocalizedText(ja: "検査中に一時応答が止まり、その後回復", en: "fell silent during the run and came back")
    case .rebooted: LocalizedText(ja: "検査中に再起動", en: "restarted during the run")
    case .lost: LocalizedText(ja: "検査中に応答が止まり、回復を確認できず", en: "fell silent during the run and did not come back")
    case .slow: LocalizedText(ja: "検査中に応答が遅くなった", en: "became slow during the run")
    }
  }
}

extension NoticeTopic {
  var words: LocalizedText {
    switch self {
    case .failed: LocalizedText(ja: "検査できませんでした", en: "could not look")
    case .skipped: LocalizedText(ja: "検査を見送りました", en: "skipped")
    case .interrupted: LocalizedText(ja: "検査が中断されました", en: "interrupted")
    case .distress: LocalizedText(ja: "機器の不調", en: "device in trouble")
    case .regressed: LocalizedText(ja: "再発", en: "regressed")
    case .newFinding: LocalizedText(ja: "新しい指摘", en: "new finding")
    case .newDevice: LocalizedText(ja: "新しい機器", en: "new device")
    case .expiredException: LocalizedText(ja: "例外の期限切れ", en: "exception expired")
    case .firstRun: LocalizedText(ja: "初回の検査", en: "first run")
    case .goneDevice: LocalizedText(ja: "見えなくなった機器", en: "device no longer seen")
    case .changed: LocalizedText(ja: "変更", en: "changed")
    case .fixed: LocalizedText(ja: "是正(再検査済み)", en: "fixed (re-tested)")
    case .turns: LocalizedText(ja: "予定の実行", en: "turns")
    case .unseenDevice: LocalizedText(ja: "前回の検査で見えなかった機器", en: "not seen by the last run")
    }
  }
}

enum NoticeRemark {
  static let nothingLooked = LocalizedText(
    ja: "この回は何も検査していません。機器の状態は前回の検査以降わかっていません。",
    en: "Nothing was looked at this time. How the devices are has not been known since the run before.")
  static let interrupted = LocalizedText(
    ja: "中断までに調べた範囲だけの結果です。届かなかった範囲については何も言えません。",
    en: "This is what was seen until the interruption; of what was not reached nothing is said.")
  static let gone = LocalizedText(
    ja: "見えなくなった機器は応答がなかったというだけで、撤去されたとは限りません。",
    en: "A device that is no longer seen gave no answer, which does not mean that it was taken away.")

  static func notRetested(_ count: Int) -> LocalizedText {
    LocalizedText(
      ja: "再検査なし \(count)件: 調べ直していないため、是正されたかどうかはわかりません。",
      en: "Not re-tested: \(count). Nobody looked again, so whether they were mended is not known.")
  }

  static func unfinished(_ count: Int) -> LocalizedText {
    LocalizedText(ja: "最後まで調べられなかった機器: \(count)台。", en: "Devices that were not looked at to the end: \(count).")
  }

  static func omitted(_ count: Int) -> LocalizedText {
    LocalizedText(ja: "検査しなかったアドレスの範囲: \(count)件。", en: "Ranges of addresses that were left out: \(count).")
  }
}
