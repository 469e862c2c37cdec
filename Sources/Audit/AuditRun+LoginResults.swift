internal import Checklist
internal import Credentials
internal import Probes
internal import Records

// What logins show beside the login itself: secrets that several devices accept, management that asks for none.
extension AuditRun {
  /// A secret that another device accepted too is told of both.
  func noteReuse(_ course: LoginCourse, _ names: [String], _ index: Int) throws {
    guard case .accepted(let pair, true) = course.conclusion, !course.profile.pairs[pair].secret.isEmpty else { return }
    let secret = course.profile.pairs[pair].secret
    let own = LoginAcceptance(record: index, course: course, index: pair, names: names)
    let before = acceptedSecrets[secret, default: []]
    acceptedSecrets[secret, default: []].append(own)
    let others = before.filter { records[$0.record].device != records[index].device }
    guard let first = others.first else { return }
    try tellReuse(own, with: first)
    // The first device is told of once, with the second.
    if Set(others.map { records[$0.record].device }).count == 1, others.count == before.count {
      try tellReuse(first, with: own)
    }
  }

  private func tellReuse(_ acceptance: LoginAcceptance, with other: LoginAcceptance) throws {
    let record = records[acceptance.record]
    let (course, pair) = (acceptance.course, acceptance.index)
    let (there, account) = (records[other.record], course.profile.pairs[pair].account)
    let verdict = ProbeVerdict(
      "cred.reuse", .proven,
      basis: LocalizedText(
        ja:
          "アカウント「\(account)」のパスワード(プロファイル\(course.profile.id)の\(pair + 1)番)は、機器\(there.device.rawValue)(\(there.address) \(other.course.endpoint))でも受け付けられました。",
        en:
          "The password of the account \u{201c}\(account)\u{201d} (profile \(course.profile.id), no. \(pair + 1)) was accepted by \(there.device.rawValue) too (\(there.address) \(other.course.endpoint))."
      ))
    try tell(
      verdict, of: course, .service(record.device, course.endpoint), acceptance.names + other.names, acceptance.record)
  }

  /// Management that shows itself without a login has none to try: said once for each service, with what showed it.
  func noteOpenManagement(_ position: Int) throws {
    let record = records[position]
    for finding in findings where finding.device.id == record.device && Self.openManagement.contains(finding.check) {
      guard let endpoint = finding.service,
        !findings.contains(where: {
          $0.check == "cred.none" && $0.device.id == record.device && $0.service == endpoint
        })
      else { continue }
      let verdict = ProbeVerdict(
        "cred.none", .proven,
        basis: LocalizedText(
          ja: "管理のためのものがログインなしで得られました(\(finding.id) \(finding.check))。\(finding.detail.ja)",
          en: "Management was there without a login (\(finding.id) \(finding.check)). \(finding.detail.en)"))
      let observation = try observe(
        .serviceQuestions, .service(record.device, endpoint), .probed(verdict), at: environment.wall(),
        evidence: finding.evidence)
      try makeLoginFindings(observation, paths: finding.evidence, [], record)
    }
  }

  /// What shows content that only an administrator should see: a command prompt, a page of settings.
  private static var openManagement: Set<String> { ["telnet.no-auth", "http.no-auth-admin"] }
}

extension LoginCourse {
  /// Failures of one account after which a success says that nothing counts them.
  private static let tellingFailures = 5

  /// Passwords that stand on the label of each device, or follow from it, and that nobody supplied.
  var labelVerdict: ProbeVerdict? {
    let labels = profile.pairs.count { $0.formula != nil }
    guard labels > 0, conclusion == .refused else { return nil }
    return ProbeVerdict(
      "cred.label", .inconclusive(reason: "not-supplied"),
      basis: LocalizedText(
        ja: "機器ごとに異なる初期パスワード\(labels)件(プロファイル\(profile.id))は、本体のラベルなどの値が渡されていないため試していません。",
        en:
          "Passwords that each device has of its own (\(labels) of the profile \(profile.id)) were not tried, since nobody supplied what stands on its label."
      ))
  }

  /// Whether failures are counted is not tested by so few attempts. A list that succeeds late shows it by the way.
  var lockoutVerdict: ProbeVerdict? {
    guard tried > 0 else { return nil }
    if case .accepted(let index, true) = conclusion, failures(before: index) >= Self.tellingFailures {
      let count = failures(before: index)
      return ProbeVerdict(
        "cred.lockout-missing", .proven,
        basis: LocalizedText(
          ja: "アカウント「\(profile.pairs[index].account)」で\(count)回続けて失敗した後、同じアドレスからのログインが受け付けられました。",
          en:
            "After \(count) failures in a row of the account \u{201c}\(profile.pairs[index].account)\u{201d} a login from the same address was accepted."
        ))
    }
    return ProbeVerdict(
      "cred.lockout-missing", .inconclusive(reason: "not-tested"),
      basis: LocalizedText(
        ja: "失敗を繰り返したときに制限されるかどうかは確認していません(専用の手法と同意が必要です)。",
        en: "Whether failures are counted was not tested: that needs a technique and a consent of its own."))
  }
}
