internal import Addressing
internal import Records

/// JSSEC-13.1.b, records of the operating environment (checklist.md §2.4): traffic that comes back at its period over two periods or more
/// passes the row, with its figures. A gap of more than three periods, or a burst far beyond the usual volume, is the anomaly of
/// the sheet's remark i and is for a person. It never fails.
public struct TelemetryRule: LogRule {
  public let item = "jssec-iot-v1/JSSEC-13.1.b"

  /// Names, addresses, time and announcements are no telemetry although they come back: DNS, DHCP, NTP, NetBIOS, mDNS, SSDP,
  /// WS-Discovery, LLMNR.
  private static let housekeeping: Set<UInt16> = [53, 67, 68, 123, 137, 138, 546, 547, 1900, 3702, 5353, 5355]
  /// The project's choice: a period holds when two thirds of the gaps lie within a quarter of their median.
  private static let tolerance = 0.25
  private static let share = 2.0 / 3
  /// The project's choice for "volume beyond the baseline".
  private static let flood = 10

  public init() {}

  func judge(
    _ facts: DeviceFacts, _ traffic: TrafficFacts, _ site: SiteFacts, in context: ChecklistContext
  ) -> [Verdict] {
    let flows = traffic.flows(of: facts.device.id).filter { flow in
      !Self.housekeeping.contains(flow.port) && (!flow.isIncoming || flow.protocolName == .snmp)
    }
    let measured = flows.filter { $0.bursts.count >= 3 }
    guard !measured.isEmpty else {
      return [
        notTested(
          .noCapture, facts, in: context,
          ja: "\(traffic.window.ja)に、2周期以上くり返された通信はありませんでした。稼働データの送信周期の3倍以上の時間を記録してください。",
          en:
            "\(traffic.window.en) holds no traffic that came back twice. Record for at least three times the period at which the device reports."
        )
      ]
    }
    let rhythms = measured.compactMap { Rhythm($0, until: traffic.to) }
    guard let best = rhythms.max(by: { $0.count < $1.count }) else {
      return [
        review(
          .neutral, facts, in: context, evidence: measured.flatMap(\.evidence),
          ja: "\(traffic.window.ja)に、通信は\(measured.count)種類ありましたが、一定の周期は見られませんでした。",
          en: "\(traffic.window.en) shows \(measured.count) kinds of traffic and no period in any of them.")
      ]
    }
    return [told(best, rhythms, facts, traffic, in: context)]
  }

  private func told(
    _ best: Rhythm, _ rhythms: [Rhythm], _ facts: DeviceFacts, _ traffic: TrafficFacts, in context: ChecklistContext
  ) -> Verdict {
    let odd = rhythms.filter(\.isOdd)
    guard odd.isEmpty else {
      let texts = odd.map { $0.text(Self.flood) }
      return review(
        .against, facts, in: context, evidence: odd.flatMap(\.flow.evidence),
        ja: "\(traffic.window.ja)で、\(texts.map(\.ja).joined(separator: "、"))。欠測または過大送信の可能性があります。",
        en: "\(traffic.window.en) shows \(texts.map(\.en).joined(separator: "; ")): data may be missing or flooding.")
    }
    let text = best.text(Self.flood)
    return pass(
      facts, in: context, evidence: best.flow.evidence,
      ja: "\(traffic.window.ja)で、\(text.ja)。内容の正しさは確認していません。",
      en: "\(traffic.window.en) shows \(text.en). Whether the content is right was not looked at.")
  }

  /// What comes back at one flow.
  private struct Rhythm {
    let flow: TrafficFacts.Flow
    /// Nanoseconds.
    let period: Int64
    let longestGap: Int64
    let usualOctets: Int
    let mostOctets: Int
    var count: Int { flow.bursts.count }
    var isOdd: Bool { longestGap > 3 * period || mostOctets > TelemetryRule.flood * max(usualOctets, 1) }

    /// nil where the gaps have no common length.
    init?(_ flow: TrafficFacts.Flow, until end: Timestamp) {
      let gaps = zip(flow.bursts, flow.bursts.dropFirst()).map { ($1 - $0).nanoseconds }.sorted()
      let median = gaps[gaps.count / 2]
      let near = gaps.filter { abs(Double($0 - median)) <= TelemetryRule.tolerance * Double(median) }
      guard median > 0, Double(near.count) >= TelemetryRule.share * Double(gaps.count) else { return nil }
      self.flow = flow
      period = median
      // What did not come any more before the capture's end is a gap too.
      longestGap = max(gaps.last ?? 0, flow.bursts.last.map { (end - $0).nanoseconds } ?? 0)
      let octets = flow.burstOctets.sorted()
      usualOctets = octets.isEmpty ? 0 : octets[octets.count / 2]
      mostOctets = octets.last ?? 0
    }

    func text(_ flood: Int) -> LocalizedText {
      func seconds(_ nanoseconds: Int64) -> String {
        let tenths = (nanoseconds + 50_000_000) / 100_000_000
        return "\(tenths / 10).\(tenths % 10)"
      }
      let place = "\(flow.peer) \(flow.transport.rawValue)/\(flow.port)"
      return LocalizedText(
        ja:
          "\(place)との通信が約\(seconds(period))秒ごとに\(count)回(1回の中央値\(usualOctets)オクテット、最大\(mostOctets)、最長の間隔\(seconds(longestGap))秒)",
        en:
          "traffic with \(place) about every \(seconds(period)) s, \(count) times (median \(usualOctets) octets, most \(mostOctets), longest gap \(seconds(longestGap)) s)"
      )
    }
  }
}
