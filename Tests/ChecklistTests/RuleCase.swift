import Records
import Testing

@testable import Checklist

/// A device told by hand, and what checklist.md §2.4 makes of it for both items.
struct RuleCase: Sendable, CustomTestStringConvertible {
  /// `fail tcp/23`, `not-tested NT-TIME`, `needs-review against`: what matters of a verdict.
  typealias Outline = String

  let name: String
  let sample: DeviceSample
  var connectionsAllowed = true
  /// JSSEC-14.2.c.
  let telnet: [Outline]
  /// JSSEC-15.2.b.
  let ports: [Outline]

  var testDescription: String { name }

  static func outline(_ verdict: Verdict) -> Outline {
    let parts = [verdict.status.rawValue, verdict.service?.description, verdict.reason?.rawValue]
    // `fail` always speaks against and `pass` for an item.
    let polarity = verdict.status == .needsReview ? verdict.polarity?.rawValue : nil
    return (parts + [polarity]).compactMap(\.self).joined(separator: " ")
  }

  private static let list = "needs-review NT-DATA neutral"

  private static func full(
    _ open: [UInt16: DeviceSample.Heard] = [:], silent: Int = 0, unresolved: Int = 0, before: Bool = true,
    after: Bool? = true, stopped: String? = nil, _ change: (inout DeviceSample) -> Void = { _ in }
  ) -> DeviceSample {
    var sample = DeviceSample(
      open: open, silent: silent, unresolved: unresolved, aliveBefore: before, aliveAfter: after,
      stopped: stopped.map { LocalizedText(ja: $0, en: $0) })
    change(&sample)
    return sample
  }

  private static func partial(
    _ open: [UInt16: DeviceSample.Heard] = [:], silent: Int = 0, after: Bool? = true, stopped: String? = nil
  ) -> DeviceSample {
    DeviceSample(
      requested: "1-1024", requestedCount: 1_024, open: open, silent: silent, aliveAfter: after,
      stopped: stopped.map { LocalizedText(ja: $0, en: $0) })
  }

  static let all: [RuleCase] = [
    // FAIL: "Telnet identified (IAC negotiation or login prompt) on any TCP port".
    RuleCase(name: "Telnet on 23", sample: full([23: .telnet]), telnet: ["fail tcp/23"], ports: ["fail tcp/23"]),
    RuleCase(
      name: "Telnet on an odd port", sample: full([48_231: .telnet]), telnet: ["fail tcp/48231"],
      ports: ["fail tcp/48231"]),
    RuleCase(
      name: "two Telnets", sample: full([23: .telnet, 2_323: .telnet]), telnet: ["fail tcp/23", "fail tcp/2323"],
      ports: ["fail tcp/23", "fail tcp/2323"]),
    RuleCase(
      name: "Telnet beside SSH and a mute port", sample: full([22: .ssh, 23: .telnet, 443: .nothing]),
      telnet: ["fail tcp/23"], ports: ["fail tcp/23"]),
    RuleCase(
      name: "Telnet in a partial range", sample: partial([23: .telnet]), telnet: ["fail tcp/23"], ports: ["fail tcp/23"]
    ),
    RuleCase(
      name: "Telnet, and the device went away",
      sample: full([23: .telnet], unresolved: 900, after: nil, stopped: "silent"),
      telnet: ["fail tcp/23"], ports: ["fail tcp/23"]),
    RuleCase(
      name: "Telnet among silent ports", sample: full([23: .telnet], silent: 60_000), telnet: ["fail tcp/23"],
      ports: ["fail tcp/23"]),
    // PASS(b): every port answered, alive before and after, no Telnet identified.
    RuleCase(name: "full range, nothing open", sample: full(), telnet: ["pass"], ports: ["not-tested NT-TIME"]),
    RuleCase(name: "full range, SSH only", sample: full([22: .ssh]), telnet: ["pass"], ports: [list]),
    RuleCase(name: "full range, a mute 443", sample: full([443: .nothing]), telnet: ["pass"], ports: [list]),
    RuleCase(name: "SSH that moved to 23", sample: full([23: .ssh]), telnet: ["pass"], ports: [list]),
    RuleCase(
      name: "full range, many mute ports", sample: full([80: .nothing, 443: .nothing, 554: .nothing, 8_080: .nothing]),
      telnet: ["pass"], ports: [list]),
    RuleCase(
      name: "nothing open, connections not allowed", sample: full(), connectionsAllowed: false, telnet: ["pass"],
      ports: ["not-tested NT-TIME"]),
    // REVIEW: "tcp/23 (or 2323 …) open but unidentified".
    RuleCase(name: "mute 23", sample: full([23: .nothing]), telnet: ["needs-review against"], ports: [list]),
    RuleCase(name: "mute 2323", sample: full([2_323: .nothing]), telnet: ["needs-review against"], ports: [list]),
    RuleCase(
      name: "mute 23 in a partial range", sample: partial([23: .nothing]), telnet: ["needs-review against"],
      ports: [list]),
    RuleCase(
      name: "23 that refuses connections", sample: full([23: .failed]), telnet: ["needs-review against"], ports: [list]),
    RuleCase(
      name: "23 to which nobody may connect", sample: full([23: .notTried]), connectionsAllowed: false,
      telnet: ["needs-review against"], ports: [list]),
    // REVIEW: "silent ports".
    RuleCase(
      name: "one silent port", sample: full(silent: 1), telnet: ["needs-review neutral"], ports: ["not-tested NT-TIME"]),
    RuleCase(
      name: "nothing but silence", sample: full(silent: 65_535), telnet: ["needs-review neutral"],
      ports: ["not-tested NT-TIME"]),
    RuleCase(
      name: "silent ports beside SSH", sample: full([22: .ssh], silent: 12), telnet: ["needs-review neutral"],
      ports: [list]),
    // An open port that no ordinary connection reached is not known to be anything.
    RuleCase(
      name: "443 that refuses connections", sample: full([443: .failed]), telnet: ["needs-review neutral"],
      ports: [list]),
    RuleCase(
      name: "443 that nobody came to", sample: full([443: .notTried]), telnet: ["needs-review neutral"], ports: [list]),
    RuleCase(
      name: "SSH heard, 443 refused", sample: full([22: .ssh, 443: .failed]), telnet: ["needs-review neutral"],
      ports: [list]),
    // NT-TIME: partial range.
    RuleCase(
      name: "partial range, nothing open", sample: partial(), telnet: ["not-tested NT-TIME"],
      ports: ["not-tested NT-TIME"]),
    RuleCase(name: "partial range, SSH", sample: partial([22: .ssh]), telnet: ["not-tested NT-TIME"], ports: [list]),
    RuleCase(
      name: "partial range, silent ports", sample: partial(silent: 5), telnet: ["not-tested NT-TIME"],
      ports: ["not-tested NT-TIME"]),
    RuleCase(
      name: "whole range asked for, one port unsettled", sample: full(unresolved: 1), telnet: ["not-tested NT-TIME"],
      ports: ["not-tested NT-TIME"]),
    // NT-AUTH: no authorisation for the technique.
    RuleCase(
      name: "443 to which nobody may connect", sample: full([443: .notTried]), connectionsAllowed: false,
      telnet: ["not-tested NT-AUTH"], ports: [list]),
    // NT-ERR: "device proven alive before and after" does not hold.
    RuleCase(
      name: "gone after the probes", sample: full(after: false), telnet: ["not-tested NT-ERR"],
      ports: ["not-tested NT-TIME"]),
    RuleCase(
      name: "not asked after the probes", sample: full(after: nil), telnet: ["not-tested NT-ERR"],
      ports: ["not-tested NT-TIME"]),
    RuleCase(
      name: "never seen before the probes", sample: full(before: false), telnet: ["not-tested NT-ERR"],
      ports: ["not-tested NT-TIME"]),
    RuleCase(
      name: "SSH, gone after the probes", sample: full([22: .ssh], after: false), telnet: ["not-tested NT-ERR"],
      ports: [list]),
    RuleCase(
      name: "stopped half-way", sample: full(unresolved: 30_000, after: false, stopped: "no answer"),
      telnet: ["not-tested NT-ERR"], ports: ["not-tested NT-TIME"]),
    RuleCase(
      name: "interrupted in a partial range", sample: partial(after: nil, stopped: "interrupted"),
      telnet: ["not-tested NT-ERR"], ports: ["not-tested NT-TIME"]),
    // The engine's doubts about its own answers.
    RuleCase(
      name: "a path that loses much", sample: full { $0.missBound = 1.1e-4 }, telnet: ["needs-review NT-VANT neutral"],
      ports: ["not-tested NT-TIME"]),
    RuleCase(
      name: "a path that loses just so much", sample: full { $0.missBound = 1e-4 }, telnet: ["pass"],
      ports: ["not-tested NT-TIME"]),
    RuleCase(
      name: "loss that was not measured", sample: full { $0.missBound = nil }, telnet: ["needs-review NT-ERR neutral"],
      ports: ["not-tested NT-TIME"]),
    RuleCase(
      name: "frames dropped and not asked for again", sample: full { $0.receiveDrops = 1 },
      telnet: ["not-tested NT-ERR"], ports: ["not-tested NT-TIME"]),
    RuleCase(
      name: "something answers on every port", sample: full([22: .ssh]) { $0.answersEverything = true },
      telnet: ["not-tested NT-OPAQUE"], ports: ["not-tested NT-OPAQUE"]),
    RuleCase(
      name: "Telnet, and something answers on every port", sample: full([23: .telnet]) { $0.answersEverything = true },
      telnet: ["fail tcp/23"], ports: ["fail tcp/23"]),
    // NT-FRAGILE: the device broke down under the probes.
    RuleCase(
      name: "lost", sample: full(after: false, stopped: "lost") { $0.distress = [.lost] },
      telnet: ["not-tested NT-FRAGILE"], ports: ["not-tested NT-FRAGILE"]),
    RuleCase(
      name: "restarted, with SSH", sample: full([22: .ssh]) { $0.distress = [.recovered, .rebooted] },
      telnet: ["not-tested NT-FRAGILE"], ports: [list]),
    RuleCase(
      name: "slow, then recovered", sample: full { $0.distress = [.slow, .recovered] }, telnet: ["pass"],
      ports: ["not-tested NT-TIME"]),
    // NT-AUTH: industrial ports without consent.
    RuleCase(
      name: "industrial ports left out", sample: full { $0.notPermitted = 60 }, telnet: ["not-tested NT-AUTH"],
      ports: ["not-tested NT-AUTH"]),
    RuleCase(
      name: "industrial ports left out, 443 open", sample: full([443: .nothing]) { $0.notPermitted = 60 },
      telnet: ["not-tested NT-AUTH"], ports: [list]),
    // UDP.
    RuleCase(
      name: "UDP silent", sample: full { $0.udp = .init(requested: "53,161", requestedCount: 2) }, telnet: ["pass"],
      ports: ["needs-review neutral"]),
    RuleCase(
      name: "UDP open", sample: full { $0.openUDP = [161] }, telnet: ["pass"], ports: [list]),
  ]
}
