public import Records

/// The check `tls.plain-twin`: a page that a device has inside TLS and shows without TLS as well. Whoever is on the path reads and
/// changes the plain one, so that the other protects nobody who comes by an old bookmark or a mere address.
///
/// Both first pages were fetched before: the one inside TLS when the service was identified, the plain one when it was looked at
/// for logins. Nothing is sent for the comparison. Any plain web service of the device counts; where there is none, the
/// usual ports have to be settled before that says anything.
public struct PlainTwinReference: ReferenceCheck {
  /// The check's id, and the question of its rule.
  public static let question = "tls.plain-twin"

  public init() {}

  public func verdicts(of devices: [Device]) -> [ReferenceVerdict] { [] }

  /// One for each web service inside TLS whose first page was seen.
  public func verdicts(
    of devices: [Device], observations: [Observation], ports: [DeviceID: PortRecord]
  ) -> [ReferenceVerdict] {
    let seen = SeenPages(observations)
    return devices.flatMap { device in
      device.services.filter { $0.isWeb && $0.tls }.compactMap { service -> ReferenceVerdict? in
        let subject = Observation.Subject.service(device.id, service.endpoint)
        guard let secure = seen.page(subject, "/") else { return nil }
        let twins = twins(of: service, on: device, ports: ports[device.id], seen)
        let outcomes = twins.map { ($0.place, compare(secure.page, $0.state, $0.first, $0.onward)) }
        let evidence = twins.flatMap(\.evidence)
        return ReferenceVerdict(
          device: device.id, service: service.endpoint, verdict: conclude(secure.page, outcomes),
          evidence: secure.evidence + evidence)
      }
    }
  }

  /// A port where the page may be without TLS.
  private struct Twin {
    enum State: Hashable {
      case web
      case other(ProtocolName?)
      case closed, silent, unknown
    }

    let place: String
    let state: State
    /// What `/` was answered with, and the path that this leads to.
    var first: WebPage?
    var onward: WebPage?
    var evidence: [String] = []
  }

  /// Every plain web service, and the usual ports besides: 80, and 8080 for 8443.
  private func twins(of service: Service, on device: Device, ports: PortRecord?, _ seen: SeenPages) -> [Twin] {
    let usual: [UInt16] = service.endpoint.port == 8443 ? [80, 8080] : [80]
    let plain = device.services.filter { $0.isWeb && !$0.tls }.map(\.endpoint.port).sorted()
    let numbers =
      usual.filter(plain.contains) + plain.filter { !usual.contains($0) } + usual.filter { !plain.contains($0) }
    return numbers.map { number in
      let endpoint = ServiceEndpoint(transport: .tcp, port: number)
      let known = device.services.first { $0.endpoint == endpoint }
      guard plain.contains(number) else {
        return Twin(place: "tcp/\(number)", state: state(known, ports?.state(of: number)))
      }
      var twin = Twin(place: "tcp/\(number)", state: .web)
      let subject = Observation.Subject.service(device.id, endpoint)
      let first = seen.page(subject, "/")
      twin.first = first?.page
      twin.evidence = first?.evidence ?? []
      // The same path on another host or port was not fetched.
      if let place = first?.page.place, place.path != "/" { twin.onward = seen.page(subject, place.path)?.page }
      return twin
    }
  }

  private func state(_ service: Service?, _ port: PortState?) -> Twin.State {
    if let service { return service.tls ? .other(.tls) : .other(service.protocolName) }
    switch port {
    case .closed: return .closed
    case .silent, .openOrFiltered: return .silent
    case .open: return .other(nil)
    case nil: return .unknown
    }
  }

  private func compare(_ secure: WebPage, _ state: Twin.State, _ first: WebPage?, _ onward: WebPage?) -> PageComparison
  {
    switch state {
    case .closed: .differs(LocalizedText(ja: "閉じていました", en: "was closed"))
    case .silent: .open("silent", LocalizedText(ja: "応答がありませんでした", en: "gave no answer"))
    case .unknown: .open("not-scanned", LocalizedText(ja: "検査していません", en: "was not looked at"))
    case .other(nil): .open("not-identified", LocalizedText(ja: "何のサービスか分かりません", en: "has a service that is not known"))
    case .other(let name?):
      .differs(LocalizedText(ja: "HTTPではありません(\(name.rawValue))", en: "does not speak plain HTTP (\(name.rawValue))"))
    case .web:
      first.map { PageComparison(secure: secure, plain: $0, onward: onward) }
        ?? .open("not-fetched", LocalizedText(ja: "ページを取得できていません", en: "showed no page"))
    }
  }

  /// One proof is enough; every place has to differ for the opposite.
  private func conclude(_ secure: WebPage, _ outcomes: [(place: String, outcome: PageComparison)]) -> ProbeVerdict {
    var shown = outcomes.map { (place: $0.place, outcome: $0.outcome) }
    var result = ProbeVerdict.Result.refuted
    if let proof = shown.first(where: { if case .same = $0.outcome { true } else { false } }) {
      (result, shown) = (.proven, [proof])
    } else {
      for case (_, .open(let reason, _)) in shown where result == .refuted { result = .inconclusive(reason: reason) }
    }
    let ja = shown.prefix(Self.mostShown).map { "\($0.place): \($0.outcome.text.ja)" }.joined(separator: "、")
    let en = shown.prefix(Self.mostShown).map { "\($0.place) \($0.outcome.text.en)" }.joined(separator: "; ")
    let hsts =
      secure.hasHSTS && result != .refuted
      ? LocalizedText(
        ja: "HTTPS側はHSTSを送っていますが、IPアドレスで開く機器には効きません(RFC 6797 §8.1.1)。",
        en:
          " The page inside TLS sends HSTS, which does nothing for a device that is opened by its address (RFC 6797 §8.1.1)."
      )
      : LocalizedText(ja: "", en: "")
    return ProbeVerdict(
      Self.question, result,
      basis: LocalizedText(
        ja: "TLSの中の最初のページ(/、\(secure.status))と、TLSなしの応答を比べました。\(ja)。\(hsts.ja)",
        en:
          "The first page inside TLS (/, \(secure.status)) was compared with what the device answers without TLS: \(en).\(hsts.en)"
      ))
  }

  private static let mostShown = 6
}

/// What `GET` of a path was answered with, the latest of each service.
private struct SeenPages {
  private struct Key: Hashable {
    let subject: Observation.Subject
    let path: String
  }

  private var pages: [Key: (page: WebPage, evidence: [String])] = [:]

  init(_ observations: [Observation]) {
    for observation in observations {
      guard case .page(let page) = observation.fact else { continue }
      pages[Key(subject: observation.subject, path: page.path)] = (page, observation.evidence)
    }
  }

  func page(_ subject: Observation.Subject, _ path: String) -> (page: WebPage, evidence: [String])? {
    pages[Key(subject: subject, path: path)]
  }
}

extension Service {
  fileprivate var isWeb: Bool { endpoint.transport == .tcp && state == .open && protocolName == .http }
}
