public import Records

extension RunDifference.Aspect {
  /// For people.
  public var words: LocalizedText {
    switch self {
    case .address: LocalizedText(ja: "アドレス", en: "address")
    case .firmware: LocalizedText(ja: "ファームウェア", en: "firmware")
    case .model: LocalizedText(ja: "機種", en: "model")
    case .port: LocalizedText(ja: "ポート", en: "port")
    case .certificate: LocalizedText(ja: "証明書", en: "certificate")
    case .hostKey: LocalizedText(ja: "ホスト鍵", en: "host key")
    case .software: LocalizedText(ja: "ソフトウェア", en: "software")
    case .protocolName: LocalizedText(ja: "プロトコル", en: "protocol")
    }
  }
}

extension RunDifference.State {
  /// For people.
  public var words: LocalizedText {
    switch self {
    case .regressed: LocalizedText(ja: "再発", en: "regressed")
    case .new: LocalizedText(ja: "新規", en: "new")
    case .still: LocalizedText(ja: "継続", en: "still")
    case .fixed: LocalizedText(ja: "是正(再検査済み)", en: "fixed (re-tested)")
    case .notRetested: LocalizedText(ja: "再検査なし", en: "not re-tested")
    case .deviceNew: LocalizedText(ja: "新しい機器", en: "device new")
    case .deviceGone: LocalizedText(ja: "見えなくなった機器", en: "device gone")
    case .changed: LocalizedText(ja: "変更", en: "changed")
    }
  }
}
