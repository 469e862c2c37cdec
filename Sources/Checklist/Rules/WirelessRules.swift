internal import Declarations
public import Records

/// JSSEC-14.2.a, "stronger Wi-Fi encryption" (checklist.md §2.4). Each network was judged where its frames were read; here are
/// the rows about the site: nothing was listened to, or nothing is there.
public struct WirelessEncryptionRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-14.2.a"

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    guard let radio = site.radio else { return site.devices.isEmpty ? [] : [notListened(in: context)] }
    let own = radio.verdicts.filter { $0.item == item }
    let hasNone = site.declarations?.policies.wirelessLAN == false
    let file = site.declarations?.file ?? ""
    if hasNone, radio.networksInScope > 0 {
      return own + [
        siteVerdict(
          .needsReview, in: context, polarity: .against, evidence: site.declared,
          LocalizedText(
            ja: "無線LANはないと宣言されています(\(file))が、対象の範囲のネットワークが\(radio.networksInScope)個受信されました。",
            en:
              "It is declared that there is no wireless LAN (\(file)), and \(radio.networksInScope) networks of the scope were heard."
          ))
      ]
    }
    guard own.isEmpty else { return own }
    if hasNone {
      return [
        siteVerdict(
          .notApplicable, in: context, evidence: site.declared,
          LocalizedText(
            ja: "無線LANはないと宣言されており(\(file)、wirelessLAN: false)、受信した帯域(\(radio.bands))に対象の範囲のネットワークはありませんでした。",
            en:
              "It is declared that there is no wireless LAN (\(file), wirelessLAN: false), and no network of the scope was heard on \(radio.bands)."
          ))
      ]
    }
    return [
      siteVerdict(
        .notTested, in: context, reason: .radio,
        LocalizedText(
          ja: "受信した帯域(\(radio.bands))に対象の範囲のネットワークはありませんでした。場所と帯域を変えて受信するか、無線LANがなければ宣言(wirelessLAN: false)してください。",
          en:
            "No network of the scope was heard on \(radio.bands). Listen at another place and on other bands or, where there is no wireless LAN, declare so (wirelessLAN: false)."
        ))
    ]
  }
}

/// JSSEC-14.2.b, "wired link considered" (checklist.md §2.4): what link a device has supports the item or brings up the question;
/// whether a cable was considered, nobody can see.
public struct WiredLinkRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-14.2.b"

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    guard let radio = site.radio else { return site.devices.isEmpty ? [] : [notListened(in: context)] }
    let own = radio.verdicts.filter { $0.item == item }
    let told = Set(own.compactMap(\.device))
    return own
      + site.eachDevice.filter { !told.contains($0.device.id) }.map { facts in
        if radio.wireless.contains(facts.device.id) {
          return verdict(
            .needsReview, facts, in: context, reason: .interviewNeeded, polarity: .neutral,
            LocalizedText(ja: "Wi-Fiで接続しています。有線にしない理由を確認してください。", en: "It is connected by Wi-Fi. Ask why not by cable.")
          )
        }
        if radio.wired.contains(facts.device.id) {
          return verdict(
            .needsReview, facts, in: context, polarity: .supports,
            LocalizedText(
              ja: "有線のポートで見つかり、Wi-Fi(\(radio.bands))では受信されませんでした。",
              en: "It was seen behind a wired port, and not heard on Wi-Fi (\(radio.bands))."))
        }
        return verdict(
          .notTested, facts, in: context, reason: .vantage,
          LocalizedText(
            ja: "Wi-Fi(\(radio.bands))では受信されず、有線のどのポートの先にあるかも分かっていません。スイッチの学習テーブルなどで確認してください。",
            en:
              "It was not heard on Wi-Fi (\(radio.bands)), nor is it known behind which wired port it is. Look at the switch's address table."
          ))
      }
  }
}

extension ChecklistRule {
  fileprivate func notListened(in context: ChecklistContext) -> Verdict {
    siteVerdict(
      .notTested, in: context, reason: .radio,
      LocalizedText(
        ja: "Wi-Fiを受信していないため、判断していません。tenken wifiで受信してください。",
        en: "Nobody listened to Wi-Fi, so this item was not answered. Listen with tenken wifi."))
  }
}
