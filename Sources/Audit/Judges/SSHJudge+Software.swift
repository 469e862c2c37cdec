internal import Profiles
internal import Records

// The check `ssh.vulnerable-version`. Terrapin (CVE-2023-48795) belongs to it and not to the weak ciphers: ChaCha20-Poly1305 is
// none, what is missing is the mended software, and a newer one is the remedy.
extension SSHJudge {
  private static let question = "ssh.vulnerable-version"

  func software(_ capture: SSHCapture) -> ProbeVerdict {
    let said = LocalizedText(
      ja: "識別文字列は\(capture.shownIdentification)です。", en: "The identification is \(capture.shownIdentification).")
    let terrapin = terrapin(capture.algorithms)
    let (result, text) = flaws(capture)
    guard let terrapin else { return ProbeVerdict(Self.question, result, basis: said + text) }
    return ProbeVerdict(
      Self.question, .proven, basis: result == .proven ? said + text + terrapin : said + terrapin)
  }

  /// Ciphers that the attack works on, without the sign of the counter-measure (https://terrapin-attack.com).
  private func terrapin(_ lists: SSHCapture.Algorithms) -> LocalizedText? {
    guard !lists.keyExchange.isEmpty, !lists.keyExchange.contains("kex-strict-s-v00@openssh.com") else { return nil }
    let chacha = lists.encryptions.filter { $0.hasPrefix("chacha20-poly1305") }
    let isBothWays = lists.macs.contains { $0.contains("-etm@") }
    let modes = chacha + (isBothWays ? lists.encryptions.filter { $0.contains("-cbc") } : [])
    guard !modes.isEmpty else { return nil }
    let names = modes.prefix(8).map { $0.cut(to: 64) }
    return LocalizedText(
      ja:
        "Terrapin攻撃(CVE-2023-48795)の対象となる方式(\(names.joined(separator: "、")))を示し、対策の印(kex-strict-s-v00@openssh.com)がありません。",
      en:
        "It offers what the Terrapin attack (CVE-2023-48795) works on (\(names.joined(separator: ", "))), without the sign of the counter-measure (kex-strict-s-v00@openssh.com)."
    )
  }

  private func flaws(_ capture: SSHCapture) -> (ProbeVerdict.Result, LocalizedText) {
    // What stands behind "SSH-2.0-".
    let parts = capture.identification.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
    let words = (parts.count == 3 ? parts[2] : "").split(separator: " ", maxSplits: 1)
    guard let name = words.first, let (product, version) = rules.software.identify(String(name)) else {
      return (
        .inconclusive(reason: "unknown-software"),
        LocalizedText(ja: "この実装の欠陥の一覧はありません。", en: "Of this software no flaws are listed here.")
      )
    }
    guard let version else {
      return (
        .inconclusive(reason: "no-version"), LocalizedText(ja: "版番号を示していません。", en: "It says no version.")
      )
    }
    let flaws = rules.software.flaws(of: product, version)
    guard !flaws.isEmpty else {
      return (
        .refuted,
        LocalizedText(
          ja: "\(version)版に当てはまる欠陥は、一覧にある\(product.id)のものの中にはありません。",
          en: "None of the listed flaws of \(product.id) is one of version \(version).")
      )
    }
    let listed = LocalizedText(
      ja: flaws.map { "\($0.id)(\($0.what.ja))" }.joined(separator: "、"),
      en: flaws.map { "\($0.id) (\($0.what.en))" }.joined(separator: ", "))
    // Distributions mend flaws and keep the number; they say who they are behind it.
    if words.count > 1 {
      return (
        .inconclusive(reason: "distribution-patches"),
        LocalizedText(
          ja: "版番号\(version)には\(listed.ja)がありますが、配布元が独自に修正している可能性があります。",
          en: "Version \(version) has \(listed.en), which whoever distributes it may have mended under the same number."
        )
      )
    }
    return (
      .proven,
      LocalizedText(
        ja: "版番号\(version)には\(listed.ja)があります。番号だけによる判断で、攻撃は試していません。",
        en: "Version \(version) has \(listed.en). That is concluded from the number alone; nothing was tried.")
    )
  }
}
