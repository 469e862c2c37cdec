internal import Profiles
internal import Records

/// A service that somebody logs in to, and what shows whether it demands that.
struct Door {
  enum Purpose { case use, configuration }

  enum Answer: Hashable {
    /// Every question that it was to be asked was refuted.
    case demands
    /// One was asked and nothing decided it.
    case unclear
    case notAsked
  }

  let service: Service
  let answer: Answer

  /// Questions whose refusal says that it demands authentication, by protocol; an empty list where the protocol is a door and no
  /// question of this version opens it. SSH tells by itself.
  static func questions(_ service: Service, for purpose: Purpose) -> [String]? {
    guard let name = service.protocolName?.rawValue else { return nil }
    let clear = purpose == .use && !service.tls
    switch (service.endpoint.transport, name) {
    case (.tcp, "http"):
      let printer = purpose == .use && service.endpoint.port == 631 ? ["ipp.no-auth"] : []
      return ["http.no-auth-admin"] + printer + (clear ? ["http.plaintext-login"] : [])
    case (.tcp, "telnet"): return ["telnet.no-auth"]
    case (.tcp, "rfb"): return ["vnc.no-auth"]
    case (.tcp, "adb"): return ["adb.open"]
    case (.tcp, "ssh"): return []
    case (.udp, "snmp"): return ["snmp.default-community"]
    case (.tcp, "ftp"): return purpose == .use ? ["ftp.anonymous"] + (clear ? ["ftp.plaintext"] : []) : nil
    case (.tcp, "rtsp"): return purpose == .use ? ["rtsp.no-auth"] + (clear ? ["rtsp.basic"] : []) : nil
    case (.tcp, "mqtt"): return purpose == .use ? ["mqtt.anonymous"] + (clear ? ["mqtt.plaintext"] : []) : nil
    case (.tcp, "redis"): return purpose == .use ? ["redis.no-auth"] : nil
    case (.tcp, "rdp"): return purpose == .use ? ["rdp.no-nla"] : nil
    case (_, "dvrip"): return ["dvrip.open"]
    case (.tcp, "smb"), (.tcp, "mysql"), (.tcp, "pop3"), (.tcp, "imap"): return purpose == .use ? [] : nil
    default: return nil
    }
  }
}

extension DeviceFacts {
  /// Open services with a login, by protocol: whether it is asked for is another question.
  var withLogin: [ServiceEndpoint] {
    openServices.filter { Door.questions($0, for: .use) != nil }.map(\.endpoint).sorted()
  }

  func doors(for purpose: Door.Purpose) -> [Door] {
    openServices.sorted { $0.endpoint < $1.endpoint }.compactMap { service in
      Door.questions(service, for: purpose).map { Door(service: service, answer: answer(of: service, $0)) }
    }
  }

  private func answer(of service: Service, _ questions: [String]) -> Door.Answer {
    if service.protocolName == .ssh { return sshAnswer(service.endpoint) }
    guard !questions.isEmpty else { return .notAsked }
    var answer = Door.Answer.demands
    for question in questions {
      let said = verdicts(of: [question]).filter { $0.service == service.endpoint }
      if said.contains(where: { $0.verdict.result != .refuted }) { return .unclear }
      if said.isEmpty, !(question == "http.no-auth-admin" && refusesFirstPage(service.endpoint)) { answer = .notAsked }
    }
    return answer
  }

  /// The audit of SSH asked for a session without authentication and got none (RFC 4252 §5.2).
  private func sshAnswer(_ endpoint: ServiceEndpoint) -> Door.Answer {
    var answer = Door.Answer.notAsked
    for observation in observations {
      guard case .service(_, endpoint) = observation.subject, case .ssh(let capture) = observation.fact else {
        continue
      }
      answer = capture.opensWithoutAuthentication == false ? .demands : .unclear
    }
    return answer
  }

  /// Where the first page is not to be had without authentication, nobody looks for a page of settings behind it.
  private func refusesFirstPage(_ endpoint: ServiceEndpoint) -> Bool {
    observations.contains { observation in
      guard case .service(_, endpoint) = observation.subject, case .page(let page) = observation.fact else {
        return false
      }
      return page.path == "/" && page.status == 401
    }
  }
}

/// What the two rules about logins share.
extension ChecklistRule {
  /// The row of a device whose doors are known: a pass only where each demanded authentication and nothing is unknown.
  func judge(_ doors: [Door], _ facts: DeviceFacts, in context: ChecklistContext) -> Verdict {
    func places(_ answer: Door.Answer) -> [ServiceEndpoint] {
      doors.filter { $0.answer == answer }.map(\.service.endpoint)
    }
    let (closed, unclear, unasked) = (places(.demands), places(.unclear), places(.notAsked))
    let questions = Set(context.probeChecks.values.filter { $0.feeds.contains { $0.item == item } }.map(\.id))
    let undecided = facts.verdicts(of: questions).filter {
      if case .inconclusive = $0.verdict.result { true } else { false }
    }
    if closed.isEmpty, !unclear.isEmpty || !undecided.isEmpty {
      let which = undecided.isEmpty ? list(unclear) : names(undecided)
      return verdict(
        .notTested, facts, in: context, reason: .checkError,
        LocalizedText(ja: "問い合わせの結果からは判断できませんでした(\(which))。", en: "What came back decides nothing (\(which))."))
    }
    guard !closed.isEmpty else { return noneAsked(unasked, facts, in: context) }
    let told = told(closed, facts)
    if !unclear.isEmpty || !unasked.isEmpty || !undecided.isEmpty {
      let open = list((unclear + unasked).map(\.description) + undecided.map { names([$0]) })
      return verdict(
        .needsReview, facts, in: context, polarity: .supports,
        told
          + LocalizedText(ja: "次については分かりません: \(open)。", en: "Not known: \(open)."))
    }
    if let doubt = notWhole(facts, in: context) ?? doubtful(facts, in: context) {
      return soFar(told, doubt, facts, in: context)
    }
    return verdict(.pass, facts, in: context, polarity: .supports, told + extent(facts))
  }

  private func told(_ closed: [ServiceEndpoint], _ facts: DeviceFacts) -> LocalizedText {
    let asked = closed.flatMap { endpoint in
      facts.verdicts(of: Set(["no-auth", "anonymous"].flatMap { Self.asking($0) })).filter { $0.service == endpoint }
    }
    let shown = asked.isEmpty ? list(closed) : "\(list(closed)): \(names(asked))"
    return LocalizedText(
      ja: "次のサービスは、認証なしの利用を拒みました(\(shown))。",
      en: "These services refused to be used without authentication (\(shown)).")
  }

  private static func asking(_ ending: String) -> [String] {
    ["telnet", "vnc", "redis", "rtsp", "mqtt", "ftp", "ipp"].map { "\($0).\(ending)" } + ["http.no-auth-admin"]
  }

  private func noneAsked(_ unasked: [ServiceEndpoint], _ facts: DeviceFacts, in context: ChecklistContext) -> Verdict {
    guard context.serviceQuestionsAllowed else {
      return verdict(
        .notTested, facts, in: context, reason: .noAuthorisation,
        LocalizedText(
          ja: "サービスへの問い合わせ(service-questions)が許可範囲に含まれていません。",
          en: "The scope does not allow questions to services (service-questions)."))
    }
    let left =
      unasked.isEmpty
      ? LocalizedText.nothing
      : LocalizedText(ja: "問い合わせていないもの: \(list(unasked))。", en: "Not asked: \(list(unasked)).")
    return verdict(
      .notTested, facts, in: context, reason: .unsupported,
      LocalizedText(
        ja: "見つかったサービスの中に、この項目について問い合わせる方法のあるものはありませんでした。",
        en: "None of the services that were found is one that can be asked about this item.") + left)
  }
}
