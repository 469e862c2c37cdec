// Logins by HTTP, RTSP and ONVIF. Those with a maker's password have one that the generic group of Profiles/credentials names, or
// the families `Labweb`, `Labcheck` and `Labanswer`, which only tests have profiles for; of the others nobody but the owner knows it.
extension Site {
  static let webLogins =
    lockingWebLogins + lyingWebLogins + defaultWebLogins + otherWebLogins + peculiarWebLogins + realWebLogins

  private static func web(
    _ name: String, _ number: Int, port: UInt16 = 80, speaks: String = "http", kind: String, isDefault: Bool = false,
    isPlain: Bool = false, further: [Service] = [], _ change: (inout WebLoginBehaviour) -> Void
  ) -> Device {
    var behaviour = WebLoginBehaviour()
    change(&behaviour)
    let how = behaviour
    let daemon = Daemon(
      "login simulator (\(name))", speaks: speaks,
      weaknesses: (isPlain ? ["http.plaintext-login"] : []) + (isDefault ? ["cred.default"] : []),
      needs: how.tls ? [.python, .openssl] : [.python]
    ) { $0.webLoginSimulator(how, $1) }
    return Device(
      name: name, address: "10.0.2.\(number)", mac: "02:00:00:02:01:\(number - 100)", vendor: "Private", kind: kind,
      services: [Service(port, daemon)] + further)
  }

  private static let lockingWebLogins = [
    web("web-lock-3", 111, kind: "Basic; locks an account at 3 failures", isPlain: true) { $0.locksAt = 3 },
    web("web-lock-ip", 112, kind: "a form; locks an address at 3 failures", isPlain: true) {
      ($0.manner, $0.locksAt, $0.locksBySource) = (.form, 3, true)
    },
    web("web-lock-def", 113, kind: "Digest; locks at 3, and has a maker's password", isDefault: true) {
      ($0.manner, $0.password, $0.locksAt) = (.digest, "password", 3)
    },
  ]

  private static let lyingWebLogins = [
    web("web-401", 114, kind: "refuses everything", isPlain: true) { $0.manner = .refusesAll },
    web("web-200", 115, kind: "the same page for everything") { $0.manner = .showsAll },
    web("web-forms", 116, kind: "a form for everything, with new cookies", isPlain: true) {
      $0.manner = .formAlways
    },
    web("web-any", 117, kind: "Basic; accepts whatever is entered", isPlain: true) { $0.acceptsEverything = true },
  ]

  private static let defaultWebLogins = [
    web("web-basic", 121, kind: "Basic", isDefault: true, isPlain: true) { $0.password = "admin" },
    web("web-digest", 122, kind: "Digest with MD5", isDefault: true) { ($0.manner, $0.password) = (.digest, "admin") },
    web("web-sha256", 123, kind: "Digest with SHA-256", isDefault: true) {
      ($0.manner, $0.algorithm, $0.password) = (.digest, "SHA-256", "password")
    },
    web("web-form", 124, kind: "a form with a token, a cookie and a redirect", isDefault: true, isPlain: true) {
      ($0.manner, $0.password) = (.form, "password")
    },
    web("web-form-jp", 125, kind: "a form in Shift_JIS, 3 s an answer", isDefault: true, isPlain: true) {
      ($0.manner, $0.password, $0.encoding, $0.delay) = (.form, "admin", "shift_jis", 3)
      ($0.title, $0.accountLabel, $0.passwordLabel) = ("ログイン", "ユーザー名", "パスワード")
      ($0.logoutLabel, $0.refusal) = ("ログアウト", "パスワードが違います")
    },
    web("web-tls", 126, port: 443, speaks: "https", kind: "Basic in TLS 1.0", isDefault: true) {
      ($0.password, $0.tls, $0.oldTLS) = ("admin", true, true)
    },
    web("web-tls-form", 127, port: 443, speaks: "https", kind: "a form in TLS", isDefault: true) {
      ($0.manner, $0.password, $0.tls) = (.form, "admin", true)
    },
    web("web-family", 128, kind: "a form of the family Labweb", isDefault: true, isPlain: true) {
      ($0.manner, $0.account, $0.password, $0.server) = (.form, "service", "Lab&web=7%x", "Labweb/1.0")
    },
    web("web-family-b", 129, kind: "Basic of the family Labweb", isDefault: true, isPlain: true) {
      ($0.account, $0.password, $0.server) = ("service", "Lab&web=7%x", "Labweb/1.0")
    },
  ]

  private static let otherWebLogins = [
    web("rtsp-digest", 131, port: 554, speaks: "rtsp", kind: "a camera's stream with Digest", isDefault: true) {
      ($0.manner, $0.password) = (.rtsp, "admin")
    },
    web("rtsp-owner", 132, port: 554, speaks: "rtsp", kind: "a camera's stream with the owner's password") {
      ($0.manner, $0.locksAt) = (.rtsp, 3)
    },
    web(
      "onvif-clock", 133, kind: "an ONVIF camera whose clock stands in 2005", isDefault: true,
      further: [Service(3702, .simulatorDiscovery, over: .udp)]
    ) { ($0.manner, $0.password, $0.year) = (.onvif, "admin", 2005) },
    web(
      "onvif-owner", 134, kind: "an ONVIF camera with the owner's password",
      further: [Service(3702, .simulatorDiscovery, over: .udp)]
    ) { ($0.manner, $0.locksAt, $0.year) = (.onvif, 3, 2026) },
  ]

  private static let peculiarWebLogins = [
    web("web-luci", 135, kind: "a form that refuses by 403 and itself", isDefault: true, isPlain: true) {
      ($0.manner, $0.password, $0.locksAt) = (.luci, "password", 3)
    },
    web("web-luci-own", 136, kind: "the same, with the owner's password", isPlain: true) {
      ($0.manner, $0.locksAt) = (.luci, 3)
    },
    web("web-check", 137, kind: "a page that checks names, of the family Labcheck", isDefault: true) {
      ($0.manner, $0.account, $0.password, $0.server) = (.check, "service", "Lab&web=7%x", "Labcheck/1.0")
    },
    web("web-locked", 138, kind: "the same, which somebody has locked") {
      ($0.manner, $0.account, $0.password, $0.server) = (.check, "service", "Lab&web=7%x", "Labcheck/1.0")
      $0.isLocked = true
    },
    web("web-answer", 139, kind: "a script's form of the family Labanswer", isDefault: true) {
      ($0.manner, $0.account, $0.password, $0.server) = (.answer, "service", "Lab&web=7%x", "Labanswer/1.0")
    },
    web("web-ans-own", 140, kind: "the same, with the owner's password") {
      ($0.manner, $0.account, $0.locksAt, $0.server) = (.answer, "service", 3, "Labanswer/1.0")
    },
    web("web-form-mp", 143, kind: "a form that goes as multipart", isDefault: true, isPlain: true) {
      ($0.manner, $0.password, $0.isMultipart) = (.form, "password", true)
    },
    web("web-form-md5", 144, kind: "a form that its script fills", isPlain: true) {
      ($0.manner, $0.password, $0.locksAt) = (.form, "admin", 1)
      $0.formExtra = "<input type=hidden name=sent><script>function go(f) { f.sent.value = md5(f.pass.value) }</script>"
    },
  ]

  private static let realWebLogins = [
    Device(
      name: "lighty-basic", address: "10.0.2.141", mac: "02:00:00:02:01:41", vendor: "Private",
      kind: "lighttpd with Basic", services: [Service(80, .lighttpdDefaultBasic)]),
    Device(
      name: "lighty-dig", address: "10.0.2.142", mac: "02:00:00:02:01:42", vendor: "Private",
      kind: "lighttpd with Digest", services: [Service(80, .lighttpdDefaultDigest)]),
  ]
}

extension Daemon {
  /// The simulator of the same device answers WS-Discovery too.
  static let simulatorDiscovery = Daemon("login simulator's WS-Discovery", speaks: "ws-discovery") { $0.wait($1.port) }
  static let lighttpdDefaultBasic = Daemon(
    "lighttpd (Basic, default password)", speaks: "http", weaknesses: ["http.plaintext-login", "cred.default"],
    needs: [.lighttpd]
  ) { $0.lighttpdLogin($1.port, $1.home, "basic", users: "admin:admin") }
  /// The file of users has the digest of `admin:cpe:password`, as htdigest makes it.
  static let lighttpdDefaultDigest = Daemon(
    "lighttpd (Digest, default password)", speaks: "http", weaknesses: ["cred.default"], needs: [.lighttpd]
  ) { $0.lighttpdLogin($1.port, $1.home, "digest", users: "admin:cpe:fb542b857cd213114fa44d3d4717c57b") }
}
