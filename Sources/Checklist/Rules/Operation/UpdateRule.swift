internal import Addressing
internal import Declarations
internal import Records

/// JSSEC-17.2.c, authentication and encryption of updates (checklist.md §2.4), as far as the channel shows: signatures of files do not.
public struct UpdateChannelRule: TrafficRule {
  public let item = "jssec-iot-v1/JSSEC-17.2.c"
  private static let tls12: UInt16 = 0x0303

  public init() {}

  func judge(
    _ facts: DeviceFacts, _ traffic: TrafficFacts, _ site: SiteFacts, in context: ChecklistContext
  ) -> [Verdict] {
    let updates = traffic.flows(of: facts.device.id).filter { $0.isUpdate && !$0.isIncoming }
    guard !updates.isEmpty else {
      return [
        notTested(
          .noCapture, facts, in: context,
          ja: "\(traffic.window.ja)に、更新の取得とみられる通信はありませんでした。記録中に更新の確認を実行してください。",
          en:
            "\(traffic.window.en) holds nothing that looks like an update. Have the device look for one while recording."
        )
      ]
    }
    let clear = updates.filter { $0.protection == .none }
    guard clear.isEmpty else { return [inClear(clear, facts, traffic, site, in: context)] }
    let weak = updates.filter { flow in
      if case .tls(let version) = flow.protection { version < Self.tls12 } else { true }
    }
    guard weak.isEmpty else {
      return [
        review(
          .against, facts, in: context, evidence: weak.flatMap(\.evidence),
          ja: "\(traffic.window.ja)で、更新の取得とみられる通信(\(Self.places(weak)))の保護がTLS 1.2未満であるか、判別できませんでした。",
          en:
            "\(traffic.window.en) shows what looks like an update (\(Self.places(weak))) over less than TLS 1.2, or over something that is not known."
        )
      ]
    }
    return [
      pass(
        facts, in: context, evidence: updates.flatMap(\.evidence),
        ja: "\(traffic.window.ja)で、名前から更新用とみられる相手(\(Self.places(updates)))との通信はTLS 1.2以上でした。通信路だけの結果です。",
        en:
          "\(traffic.window.en) shows traffic with \(Self.places(updates)), by its name for updates, over TLS 1.2 or newer. That is the channel alone."
      )
    ]
  }

  private func inClear(
    _ clear: [TrafficFacts.Flow], _ facts: DeviceFacts, _ traffic: TrafficFacts, _ site: SiteFacts,
    in context: ChecklistContext
  ) -> Verdict {
    let (ja, en) = (
      "\(traffic.window.ja)で、更新ファイルとみられるものが平文で取得されました(\(Self.places(clear)))",
      "\(traffic.window.en) shows what looks like an update file, fetched in clear text (\(Self.places(clear)))"
    )
    let evidence = clear.flatMap(\.evidence)
    guard site.declarations?.policies.protectedUpdates == true else {
      return review(
        .against, facts, in: context, evidence: evidence, ja: "\(ja)。署名で守られている可能性もあります。保護された経路を必須とする方針は宣言されていません。",
        en: "\(en). It may be signed all the same, and no policy that requires a protected channel is declared.")
    }
    return fail(
      facts, in: context, evidence: evidence, ja: "\(ja)。所有者は保護された経路での更新を必須としています。",
      en: "\(en). The owner requires a protected channel for updates.")
  }

  private static func places(_ flows: [TrafficFacts.Flow]) -> String {
    Set(flows.map { "\($0.name.map { "\($0) " } ?? "")\($0.peer) \($0.transport.rawValue)/\($0.port)" }).sorted()
      .prefix(4)
      .joined(separator: ", ")
  }
}
