internal import Records
internal import Wire

/// The questions about one flaw, and what their answers come to. Knows neither connections nor time.
protocol FlawExamination: Sendable {
  static var question: String { get }
  mutating func begin() -> FlawStep
  mutating func take(_ outcome: FlawOutcome) -> FlawStep
}

enum FlawStep: Sendable {
  case ask(FlawQuestion)
  /// - Parameter control: it rests on a refusal or a silence, and stands only when the service still answers a hello.
  case done(ProbeVerdict, control: Bool)
}

/// What is known of the service before it is asked about flaws.
struct FlawSubject: Sendable {
  /// The hello that the service has answered, and its answer.
  let hello: TLSClientHello
  let answer: TLSServerHello
  let seed: UInt64

  init?(_ hello: TLSClientHello, _ flight: TLSServerFlight, seed: UInt64) {
    guard let answer = flight.hello else { return nil }
    self.hello = hello
    self.answer = answer
    self.seed = seed
  }
}

extension FlawExamination {
  func proven(_ ja: String, _ en: String) -> FlawStep { done(.proven, ja, en) }
  func refuted(_ ja: String, _ en: String, control: Bool) -> FlawStep { done(.refuted, ja, en, control: control) }
  func inconclusive(_ reason: String, _ ja: String, _ en: String) -> FlawStep {
    done(.inconclusive(reason: reason), ja, en)
  }

  /// No handshake came about where there should have been one.
  func lost(_ how: String) -> FlawStep {
    inconclusive(
      how, "確認の途中でハンドシェイクが成立しませんでした(\(how))。",
      "A handshake that the question needs did not come about (\(how)).")
  }

  private func done(_ result: ProbeVerdict.Result, _ ja: String, _ en: String, control: Bool = false) -> FlawStep {
    .done(ProbeVerdict(Self.question, result, basis: LocalizedText(ja: ja, en: en)), control: control)
  }
}

extension TLSHellos {
  /// TLS 1.2 and below with suites of all ages: what is known of every flaw here lies below TLS 1.3.
  static func beforeTLS13() -> TLSClientHello { version(.tls12) }
}
