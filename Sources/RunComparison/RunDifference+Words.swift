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
