internal import Probes
internal import Wire

/// A web server whose page is for who is known: it asks by Basic (RFC 7617), or by a form where the profile says what only
/// somebody who is in gets to see, or what its own script would send. Any other page is not there.
struct SimulatedWeb: SimulatedService {
  private static let submission = "/simulated-login"
  private static let visitor = "sid=visitor"
  private static let session = "sid=session"

  let door: SimulatedDoor
  let words: SimulatedWords
  let recipe: HTTPRecipe
  /// False where the form has a password alone.
  let asksForName: Bool

  func answer(_ arrival: SimulatedArrival) -> [SimulatedReply] {
    guard case .request(let request, let login) = arrival else { return [] }
    let hasForm = recipe.form != nil || !recipe.success.isEmpty
    return [.exchange(hasForm ? form(request, login) : basic(request, login))]
  }

  private var path: String { recipe.path }

  private func basic(_ request: HTTPRequest, _ login: LoginRequest?) -> HTTPExchange {
    guard request.path == path else { return .simulated(404, "") }
    if let field = request.headers.values(of: "Authorization").first, let message = login?.authorization {
      if door.opens(to: Array(field.utf8), in: message) { return .simulated(200, "<h1>Status</h1>") }
      // Where the profile names a text, nothing else shows the refusal.
      if let failure = words.failure { return .simulated(200, Self.html(failure)) }
    }
    return .simulated(401, "", [HeaderField("WWW-Authenticate", "Basic realm=\"simulated\"")])
  }

  private func form(_ request: HTTPRequest, _ login: LoginRequest?) -> HTTPExchange {
    if case .post(_, let body) = request.method, request.path == recipe.form?.action ?? Self.submission,
      let message = login?.body?.message
    {
      guard door.opens(to: body, in: message) else {
        return .simulated(200, words.failure.map(Self.html) ?? page(asks: true))
      }
      if recipe.session == .body { return .simulated(200, words.success.map(Self.html) ?? "") }
      return .simulated(302, "", [HeaderField("Location", path), HeaderField("Set-Cookie", "\(Self.session); Path=/")])
    }
    guard request.path == path else { return .simulated(404, "") }
    guard request.headers.values(of: "Cookie").first?.contains(Self.session) == true else {
      let asks = recipe.form.map { !$0.keep.isEmpty } ?? true
      return .simulated(200, page(asks: asks), [HeaderField("Set-Cookie", "\(Self.visitor); Path=/")])
    }
    let wayOut = recipe.success.isEmpty ? "<a href=\"/simulated-logout\">Log out</a>" : ""
    return .simulated(200, "<h1>Status</h1>\(words.success.map(Self.html) ?? "")\(wayOut)")
  }

  /// - Parameter asks: false where a script of the page would ask.
  private func page(asks: Bool) -> String {
    guard asks else { return "<html><body><h1>Welcome</h1></body></html>" }
    let name = asksForName ? "<input name=\"name\">" : ""
    let kept = recipe.form?.keep.map { "<input type=\"hidden\" name=\"\($0)\" value=\"1\">" }.joined() ?? ""
    return "<html><body><form method=\"post\" action=\"\(Self.submission)\">\(kept)\(name)"
      + "<input type=\"password\" name=\"\(recipe.form?.password ?? "word")\">"
      + "<input type=\"submit\" value=\"OK\"></form></body></html>"
  }

  /// As a page holds a text; a text that is a piece of a page as it stands.
  private static func html(_ text: String) -> String {
    let isMarkup = text.contains("<") || text.contains("=")
    return "<p>\(isMarkup ? text : text.replacing("&", with: "&amp;"))</p>"
  }
}

/// The device service of a camera that wants a UsernameToken (ONVIF Core Specification §5.9, §8.1).
struct SimulatedCamera: SimulatedService {
  private static let path = "/onvif/device_service"

  let door: SimulatedDoor

  func answer(_ arrival: SimulatedArrival) -> [SimulatedReply] {
    guard case .request(let request, let login) = arrival, case .post(_, let body) = request.method,
      request.path == Self.path
    else { return [.exchange(.simulated(404, ""))] }
    let text = String(decoding: body, as: UTF8.self)
    if text.contains("<GetSystemDateAndTime") { return [.exchange(.simulated(200, Self.envelope(Self.clock)))] }
    guard let message = login?.body?.message, message.holdsPassword, door.opens(to: body, in: message) else {
      return [.exchange(.simulated(400, Self.envelope(Self.fault)))]
    }
    let question = text.contains("<GetUsers") ? "GetUsers" : "GetDeviceInformation"
    return [.exchange(.simulated(200, Self.envelope("<d:\(question)Response></d:\(question)Response>")))]
  }

  private static let clock =
    "<d:GetSystemDateAndTimeResponse><d:SystemDateAndTime><t:UTCDateTime>"
    + "<t:Time><t:Hour>7</t:Hour><t:Minute>5</t:Minute><t:Second>45</t:Second></t:Time>"
    + "<t:Date><t:Year>2019</t:Year><t:Month>2</t:Month><t:Day>28</t:Day></t:Date>"
    + "</t:UTCDateTime></d:SystemDateAndTime></d:GetSystemDateAndTimeResponse>"
  private static let fault =
    "<e:Fault><e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>x:NotAuthorized</e:Value></e:Subcode></e:Code></e:Fault>"

  private static func envelope(_ body: String) -> String {
    "<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:d=\"http://www.onvif.org/ver10/device/wsdl\""
      + " xmlns:t=\"http://www.onvif.org/ver10/schema\"><e:Body>\(body)</e:Body></e:Envelope>"
  }
}

extension HTTPExchange {
  fileprivate static func simulated(_ status: Int, _ body: String, _ fields: [HeaderField] = []) -> HTTPExchange {
    HTTPExchange(status: status, version: "1.1", headers: fields, body: Array(body.utf8))
  }
}
