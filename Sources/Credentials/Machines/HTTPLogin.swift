public import Addressing
public import Probes
public import Records
internal import Wire

/// One attempt to log in to a web server (RFC 9110), by Basic (RFC 7617), Digest (RFC 7616, RFC 2617) or a form, with a name
/// and a password that it does not know.
///
/// What is asked first is the page without either. Where it is refused (401), the same request with the answer to the strongest
/// challenge has to be let in; where it is a form, a session has to begin in which the page is another one. A recipe may say what
/// the form's script would send, and that the answer to it is the proof.
///
/// - Octets sent: `GET` of the profile's page (`/` where none is named); where that leads to another page of the same service,
///   `GET` of that; then once the name and the password, in the field Authorization or as the form's `POST`; after a form at
///   most as many `GET` again as make two pages beside the first and the form; after a success, where the page has a link to
///   log out by, `GET` of that. Nothing is sent to another host, port or scheme, and no script is carried out.
/// - Connections opened: one for each request, five at most, closed with FIN.
/// - State left behind: log entries; a failure in the device's counters, or a session, which is logged out of where the page
///   says how, and which otherwise ends by itself.
/// - Worst known reaction: accounts or addresses that lock after a few failures, which is what permits are for; devices for
///   one administrator at a time make the other one wait, for minutes where the page has no such link.
public struct HTTPLogin: LoginMachine {
  public static let sheet = ProbeSheet(
    id: "web-login", technique: .defaultCredentials,
    sends: LocalizedText(ja: "利用者名とパスワードを1組", en: "one name and one password"),
    leavesBehind: "log entries; a failure in the device's counters, or a session",
    worstReaction: "locks accounts or addresses after a few failures", fetches: 5, duration: .seconds(90))

  /// Pages beside the first and the one that a form is sent to; one of them at most before anything is entered.
  private static let furtherPages = 2
  private static let bodyLimit = 128 * 1024
  private static let timeout = Duration.seconds(12)

  private enum Step {
    case looking
    case answered
    case submitted
    case leaving(LoginOutcome)
  }

  private let address: IPAddress
  private let recipe: HTTPRecipe
  private let seed: UInt64
  /// The page that asks for the login.
  private let guarded: OwnURL
  private var place: OwnURL
  private var channel: ProbeChannel = 0
  private var further = 0
  private var step = Step.looking
  private var cookies = LoginCookies()
  /// A cookie is new, or another, since the form was sent.
  private var hasSession = false
  /// The page with the form, or that of the refusal without a name.
  private var before: LoginPage?
  private var formChannel: ProbeChannel = 0
  public let wakeAt: MonotonicInstant? = nil
  public private(set) var report: ProbeReport?
  public private(set) var outcome: LoginOutcome?
  public private(set) var latency: Duration?
  public private(set) var hasEntered = false
  public private(set) var ending = LoginEnding.nothingOpen
  public private(set) var transcript = LoginTranscript()

  /// - Parameters:
  ///   - address: of the device, which is where every page has to be.
  ///   - seed: makes the client's nonce, together with the time.
  /// - Returns: nil where the profile's page is no path.
  public init?(address: IPAddress, port: UInt16, secure: Bool, recipe: HTTPRecipe, seed: UInt64) {
    let host = address.isIPv4 ? "\(address)" : "[\(address)]"
    guard let url = OwnURL("\(secure ? "https" : "http")://\(host):\(port)\(recipe.path)", of: address) else {
      return nil
    }
    self.address = address
    self.recipe = recipe
    self.seed = seed
    guarded = url
    place = url
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
    transcript.begin(at: now)
    return fetch(guarded, at: now)
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard outcome == nil else { return [] }
    switch event {
    case .response(channel, let exchange): return take(exchange, at: now)
    case .failed(channel, let reason): return fail(reason, at: now)
    case .opened, .received, .ended, .failed, .response, .timer: return []
    }
  }

  // MARK: Requests

  private mutating func request(_ target: OwnURL, _ headers: [HeaderField] = []) -> HTTPRequest {
    place = target
    channel += 1
    return HTTPRequest(
      port: target.port, path: target.path, secure: target.secure,
      headers: [cookies.field].compactMap(\.self) + headers, bodyLimit: Self.bodyLimit, timeout: Self.timeout)
  }

  private mutating func fetch(_ target: OwnURL, at now: MonotonicInstant) -> [ProbeAction] {
    transcript.note("asked: a page\(cookies.isEmpty ? "" : ", with the session's cookies")", at: now)
    let request = request(target)
    return [cookies.isEmpty ? .fetch(channel, request) : .enterFetch(channel, LoginRequest(request))]
  }

  /// Where a reference of the page at hand leads, if it stays on this service.
  private func target(_ reference: String) -> OwnURL? {
    let blank: (Character) -> Bool = { $0 == " " }
    let trimmed = reference.drop(while: blank).reversed().drop(while: blank).reversed()
    // No reference is the page itself.
    guard !trimmed.isEmpty else { return place }
    guard let next = place.resolving(String(trimmed), of: address), next.port == guarded.port,
      next.secure == guarded.secure
    else { return nil }
    return next
  }

  private mutating func follow(_ reference: String, at now: MonotonicInstant) -> [ProbeAction] {
    guard let next = target(reference) else { return finish(.inconclusive("redirect-elsewhere"), at: now) }
    return read(next, at: now)
  }

  private mutating func read(_ next: OwnURL, at now: MonotonicInstant) -> [ProbeAction] {
    // What leads on and on before the form leaves nothing to see the outcome by.
    guard further < (hasEntered ? Self.furtherPages : 1) else { return finish(.inconclusive("redirects"), at: now) }
    further += 1
    return fetch(next, at: now)
  }

  // MARK: Answers

  private mutating func take(_ exchange: HTTPExchange, at now: MonotonicInstant) -> [ProbeAction] {
    if case .leaving(let outcome) = step {
      transcript.note("answered: \(exchange.status ?? 0)", at: now)
      if let status = exchange.status, status < 400 { ending = .loggedOut }
      return finish(outcome, at: now)
    }
    guard let status = exchange.status else {
      return exchange.version.isEmpty
        ? fail("no-answer", at: now) : finish(.inconclusive("no-status-line"), at: now)
    }
    if latency == nil { latency = exchange.elapsed }
    transcript.note("answered: \(status)", at: now)
    let isChanged = cookies.take(exchange.values(of: "Set-Cookie"))
    if case .submitted = step { hasSession = hasSession || isChanged }
    if status == 429 || status == 423 { return finish(.lockedOut, at: now) }
    // It is told before anything is entered where somebody else has locked it.
    if case .looking = step, LoginWords.says(recipe.lockedOut, exchange.body) {
      return finish(.inconclusive("locked-out"), at: now)
    }
    switch step {
    case .looking: return look(status, exchange, at: now)
    case .answered: return judgeAnswer(status, exchange, at: now)
    case .submitted: return judgeForm(status, exchange, at: now)
    case .leaving: return []
    }
  }

  private mutating func look(_ status: Int, _ exchange: HTTPExchange, at now: MonotonicInstant) -> [ProbeAction] {
    switch status {
    case 301, 302, 303, 307, 308:
      // A form that needs nothing of the page needs only the cookies that came with it.
      guard recipe.form?.keep.isEmpty == true else {
        return follow(exchange.values(of: "Location").first ?? "//", at: now)
      }
    case 401:
      let challenges = AuthenticationChallenge.all(in: exchange.values(of: "WWW-Authenticate"))
      if let challenge = AuthenticationChallenge.best(of: challenges) {
        before = LoginPage(exchange.body)
        return answer(challenge, at: now)
      }
      guard challenges.isEmpty else { return finish(.inconclusive("unknown-scheme"), at: now) }
    case 200..<300, 403: break
    default: return finish(.inconclusive("status-\(status)"), at: now)
    }
    let page = LoginPage(exchange.body)
    if let form = recipe.form {
      before = page
      return submit(form, on: page, exchange, at: now)
    }
    if let form = page.login {
      before = page
      return submit(form, at: now)
    }
    if page.asksForNewPassword { return finish(.inconclusive("asks-for-new-password"), at: now) }
    if page.loosePasswords > 0 { return finish(.inconclusive("form-by-script"), at: now) }
    if let refresh = page.refresh { return follow(refresh, at: now) }
    return finish(.inconclusive(status == 403 ? "status-403" : "no-login-prompt"), at: now)
  }

  private mutating func answer(_ challenge: AuthenticationChallenge, at now: MonotonicInstant) -> [ProbeAction] {
    let nonce = LoginNonce(seed: seed, at: now)
    guard let value = challenge.answer("GET", place.path, cnonce: nonce.hexadecimal) else {
      return finish(.inconclusive("unknown-scheme"), at: now)
    }
    step = .answered
    hasEntered = true
    transcript.note("entered: the name and the password (not shown), in answer to \(challenge.word)", at: now)
    transcript.hidesFromHere()
    let request = request(place)
    return [.enterFetch(channel, LoginRequest(request, authorization: value))]
  }

  private mutating func submit(_ form: LoginPage.Form, at now: MonotonicInstant) -> [ProbeAction] {
    if let obstacle = form.obstacle { return finish(.inconclusive(obstacle), at: now) }
    guard let target = target(form.action ?? "") else { return finish(.inconclusive("form-elsewhere"), at: now) }
    return send(LoginForm(form), to: target, at: now)
  }

  private mutating func submit(
    _ recipe: HTTPFormRecipe, on page: LoginPage, _ exchange: HTTPExchange, at now: MonotonicInstant
  ) -> [ProbeAction] {
    // What stands there already proves nothing later.
    if LoginWords.says(self.recipe.success, exchange.body) {
      return finish(.inconclusive("proof-before-login"), at: now)
    }
    guard let form = LoginForm(recipe, on: page) else { return finish(.inconclusive("form-field"), at: now) }
    guard let target = target(recipe.action) else { return finish(.inconclusive("form-elsewhere"), at: now) }
    return send(form, to: target, at: now)
  }

  private mutating func send(_ form: LoginForm, to target: OwnURL, at now: MonotonicInstant) -> [ProbeAction] {
    let from = place
    step = .submitted
    hasEntered = true
    let fields = form.hasName ? "the name and the password (not shown)" : "the password (not shown)"
    transcript.note("entered: \(fields), in a form of \(form.fields.count) fields", at: now)
    transcript.hidesFromHere()
    // Some devices take a form only from their own page.
    let scheme = from.secure ? "https" : "http"
    let host = address.isIPv4 ? "\(address)" : "[\(address)]"
    let isUsual = from.port == (from.secure ? 443 : 80)
    let origin = "\(scheme)://\(host)\(isUsual ? "" : ":\(from.port)")"
    let request = request(target, [HeaderField("Origin", origin), HeaderField("Referer", origin + from.path)])
    formChannel = channel
    // 16 octets that only this attempt has are in no field.
    let body = form.body(boundary: "----" + LoginNonce(seed: seed, at: now).hexadecimal)
    return [.enterFetch(channel, LoginRequest(request, body: body))]
  }

  // MARK: Judgements

  /// The page was refused without a name; what becomes of the same request with one is the proof.
  private mutating func judgeAnswer(
    _ status: Int, _ exchange: HTTPExchange, at now: MonotonicInstant
  ) -> [ProbeAction] {
    let page = LoginPage(exchange.body)
    if LoginWords.says(recipe.lockedOut, exchange.body) { return finish(.lockedOut, at: now) }
    switch status {
    case 401:
      let challenges = AuthenticationChallenge.all(in: exchange.values(of: "WWW-Authenticate"))
      if saysLockedOut(page) { return finish(.lockedOut, at: now) }
      if challenges.contains(where: \.isStale) { return finish(.inconclusive("stale-nonce"), at: now) }
      return finish(.refused, at: now)
    case 403: return finish(.lockedOut, at: now)
    case 200..<300:
      let isNamed = !recipe.success.isEmpty
      let isShown = LoginWords.says(recipe.success, exchange.body)
      if LoginWords.says(recipe.failure, exchange.body) {
        return finish(isNamed && isShown ? .inconclusive("signs-disagree") : .refused, at: now)
      }
      guard isShown || !isNamed else { return finish(.inconclusive("no-proof"), at: now) }
      return accept(page, by: "without it 401, with it \(status)", at: now)
    case 301, 302, 303, 307, 308:
      let location = exchange.values(of: "Location").first ?? ""
      guard recipe.success.isEmpty, !location.isEmpty, !Self.leadsToLogin(location) else {
        return finish(.inconclusive("redirect"), at: now)
      }
      return accept(nil, by: "without it 401, with it \(status)", at: now)
    default: return finish(.inconclusive("status-\(status)"), at: now)
    }
  }

  private static func leadsToLogin(_ location: String) -> Bool {
    let text = location.lowercased()
    return ["login", "logon", "signin", "sign_in", "auth"].contains { text.contains($0) }
  }

  private mutating func judgeForm(_ status: Int, _ exchange: HTTPExchange, at now: MonotonicInstant) -> [ProbeAction] {
    let page = LoginPage(exchange.body)
    if LoginWords.says(recipe.lockedOut, exchange.body) { return finish(.lockedOut, at: now) }
    if recipe.session == .body, let outcome = outcome(toldBy: exchange) {
      return outcome == .accepted(passwordAsked: true)
        ? accept(page, by: "the profile's text", at: now) : finish(outcome, at: now)
    }
    switch status {
    case 401: return finish(saysLockedOut(page) ? .lockedOut : .refused, at: now)
    case 403:
      if saysLockedOut(page) { return finish(.lockedOut, at: now) }
      // A token that was not taken is no lock, and the same form again is how some devices refuse.
      if LoginWords.says(["csrf", "token", "forgery"], page.text(beyond: before)) {
        return finish(.inconclusive("form-token"), at: now)
      }
      return finish(page.login != nil && asksAgain(page) ? .refused : .lockedOut, at: now)
    case 301, 302, 303:
      guard recipe.session == .cookie else { return finish(.inconclusive("no-proof"), at: now) }
      return follow(exchange.values(of: "Location").first ?? "//", at: now)
    case 200..<300: return judge(page, exchange, at: now)
    default: return finish(.inconclusive("status-\(status)"), at: now)
    }
  }

  /// What the answer to the form says by the profile's texts; nil where it says neither.
  private func outcome(toldBy exchange: HTTPExchange) -> LoginOutcome? {
    switch (LoginWords.says(recipe.success, exchange.body), LoginWords.says(recipe.failure, exchange.body)) {
    case (true, false): .accepted(passwordAsked: true)
    case (false, true): .refused
    case (true, true): .inconclusive("signs-disagree")
    case (false, false): nil
    }
  }

  private mutating func judge(
    _ page: LoginPage, _ exchange: HTTPExchange, at now: MonotonicInstant
  ) -> [ProbeAction] {
    let isShown = LoginWords.says(recipe.success, exchange.body)
    let hasWayOut = page.logout != nil && before?.logout == nil
    let isIn = recipe.success.isEmpty ? hasWayOut : isShown
    if page.asksForLogin {
      if saysLockedOut(page) { return finish(.lockedOut, at: now) }
      let isUnclear = isShown || hasWayOut || !asksAgain(page)
      return finish(isUnclear ? .inconclusive("signs-disagree") : .refused, at: now)
    }
    if page.asksForNewPassword { return finish(.inconclusive("asks-for-new-password"), at: now) }
    if LoginWords.says(recipe.failure, exchange.body) {
      return finish(isIn ? .inconclusive("signs-disagree") : .refused, at: now)
    }
    if !isIn {
      // A page of the device's own, such as a list of blocked sites, has such words too; a message has little else.
      if saysLockedOut(page) { return finish(.lockedOut, at: now) }
      if LoginWords.saysRefused(page.text(beyond: before), []) { return finish(.refused, at: now) }
    }
    // Its end may hold the form.
    if exchange.isTruncated { return finish(.inconclusive("page-limit"), at: now) }
    guard recipe.session == .cookie else { return finish(.inconclusive("no-proof"), at: now) }
    // A cookie that the login page had set may have become the session's: then the page that asked does so no more.
    guard hasSession || isGuardedAgain && !cookies.isEmpty else { return readGuarded(else: "no-session", at: now) }
    if isIn { return accept(page, by: isShown ? "the profile's text" : "a link to log out by", at: now) }
    let asksNoMore = isGuardedAgain && before?.asksForLogin == true
    guard recipe.success.isEmpty, asksNoMore else { return readGuarded(else: "no-proof", at: now) }
    return accept(page, by: "the page that asked for a password asks no more", at: now)
  }

  /// It says that somebody is locked out, which the page before it did not.
  private func saysLockedOut(_ page: LoginPage) -> Bool { LoginWords.saysLockedOut(page.text(beyond: before), []) }

  /// It asks in the same field: a page of settings may ask for a password too.
  private func asksAgain(_ page: LoginPage) -> Bool {
    let known = before?.login?.passwordName ?? recipe.form.map { Array($0.password.utf8) }
    return page.login?.passwordName == known
  }

  /// The page at hand is the one that asked for the login, read once more after the form.
  private var isGuardedAgain: Bool { place == guarded && channel > formChannel }

  private mutating func readGuarded(else reason: String, at now: MonotonicInstant) -> [ProbeAction] {
    guard !isGuardedAgain, further < Self.furtherPages, !cookies.isEmpty else {
      return finish(.inconclusive(reason), at: now)
    }
    return read(guarded, at: now)
  }

  private mutating func accept(_ page: LoginPage?, by proof: String, at now: MonotonicInstant) -> [ProbeAction] {
    transcript.note("proof: \(proof)", at: now)
    let outcome = LoginOutcome.accepted(passwordAsked: true)
    // A session that the answer names may be another's than the cookie's.
    guard !cookies.isEmpty || recipe.session == .body && formChannel > 0 else { return finish(outcome, at: now) }
    ending = .left
    guard let page, let reference = page.logout, let way = target(reference) else { return finish(outcome, at: now) }
    step = .leaving(outcome)
    transcript.note("asked: the page's link to log out", at: now)
    let request = request(way)
    return [.enterFetch(channel, LoginRequest(request))]
  }

  private mutating func fail(_ reason: String, at now: MonotonicInstant) -> [ProbeAction] {
    transcript.note("failed: \(reason)", at: now)
    if case .leaving(let outcome) = step { return finish(outcome, at: now) }
    if hasEntered { return finish(.inconclusive(reason), at: now) }
    return finish(reason == "no-answer" ? .timedOut : .unreachable(reason), at: now)
  }

  private mutating func finish(_ outcome: LoginOutcome, at now: MonotonicInstant) -> [ProbeAction] {
    transcript.note("result: \(outcome.word)", at: now)
    self.outcome = outcome
    report = ProbeReport()
    return []
  }
}
