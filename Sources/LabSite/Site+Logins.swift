// Telnet logins. Those with a maker's password have one that a profile or the generic group of Profiles/credentials names;
// of the others nobody but the owner knows it.
extension Site {
  static let logins: [Device] =
    lockingLogins + lyingLogins + defaultLogins + realLogins + listLogins + fileAndScreenLogins + webLogins
    + shellLogins

  private static func login(
    _ name: String, _ number: Int, mac: String? = nil, vendor: String = "Private", kind: String,
    isDefault: Bool = false, weaknesses: [String] = [],
    further: [Service] = [], _ change: (inout LoginBehaviour) -> Void
  ) -> Device {
    var behaviour = LoginBehaviour()
    change(&behaviour)
    let how = behaviour
    let daemon = Daemon(
      "login simulator (\(name))", speaks: "telnet",
      weaknesses: ["telnet.enabled"] + (isDefault ? ["cred.default"] : []) + weaknesses, needs: [.python]
    ) { $0.loginSimulator(how, $1) }
    return Device(
      name: name, address: "10.0.2.\(number)", mac: mac ?? "02:00:00:02:00:\(number)", vendor: vendor, kind: kind,
      services: [Service(23, daemon)] + further)
  }

  private static let lockingLogins = [
    login("lock-3", 11, kind: "locks an account at 3 failures") { $0.locksAt = 3 },
    login("lock-5", 12, kind: "locks an account at 5 failures") { $0.locksAt = 5 },
    login("lock-10", 15, kind: "locks an account at 10 failures") { $0.locksAt = 10 },
    login("lock-source", 13, kind: "locks an address at 3 failures") {
      $0.locksAt = 3
      $0.locksBySource = true
    },
    login("lock-found", 14, kind: "locks at 3 failures, and has a maker's password", isDefault: true) {
      ($0.account, $0.password) = ("admin", "admin")
      ($0.locksAt, $0.locksBySource) = (3, true)
    },
  ]

  /// With pairs that no profile names for them, and the list of Profiles/credential-lists does.
  private static let listLogins = [
    ("list-first", 91, "root", "xc3511"), ("list-support", 92, "support", "support"),
    ("list-klv", 93, "root", "klv123"), ("list-guest", 94, "guest", "12345"), ("list-empty", 95, "admin", ""),
    ("list-last", 96, "tech", "tech"),
  ].map { name, number, account, password in
    login(name, number, kind: "a pair that malware carries") { ($0.account, $0.password) = (account, password) }
  }

  private static let lyingLogins = [
    login("motd", 21, kind: "# and $ before the login and in its refusal") {
      $0.banner = "##########\r\n# Keep out $\r\n########## #\r\n"
      $0.refusal = "Wrong $ name or # password #"
    },
    login("accepts-all", 22, kind: "accepts whatever is entered") { $0.accepts = .everything },
    login("reboots", 25, kind: "restarts after a wrong password") { $0.failure = .reboot },
    login(
      "no-login", 26, kind: "authentication is switched off", weaknesses: ["telnet.no-auth", "cred.none"]
    ) { $0.accepts = .anybody },
    login("endless", 23, kind: "endless text after a wrong password") { $0.failure = .endless },
    login("resets", 24, kind: "resets the connection after each failure") {
      $0.failure = .reset
      $0.locksAt = 3
    },
  ]

  private static let defaultLogins = [
    login("motd-open", 31, kind: "# and $ in its message of the day", isDefault: true) {
      $0.password = "admin"
      $0.banner = "# # # Welcome to $HOST # # #\r\n"
      $0.motd = "\r\n### Today: 5 $ off ###\r\n$ # $\r\n"
      $0.prompt = "host:~# "
    },
    login("slow", 32, kind: "every prompt takes 3 s", isDefault: true) {
      $0.password = "admin"
      $0.delay = 3
    },
    login("reset-open", 33, kind: "resets after each failure", isDefault: true) {
      ($0.account, $0.password) = ("admin", "admin")
      $0.failure = .reset
      $0.prompt = "> "
    },
    login("utf-8", 34, kind: "Japanese in UTF-8", isDefault: true) {
      $0.password = "admin"
      ($0.loginPrompt, $0.passwordPrompt) = ("ユーザー名：", "パスワード：")
      $0.refusal = "認証エラー"
    },
    login("euc-jp", 35, kind: "Japanese in EUC-JP", isDefault: true) {
      ($0.account, $0.password) = ("admin", "admin")
      ($0.loginPrompt, $0.passwordPrompt) = ("ログイン名：", "暗証番号: ")
      $0.refusal = "パスワードが違います"
      $0.encoding = "euc_jp"
    },
    login("shift-jis", 36, kind: "Japanese in Shift_JIS", isDefault: true) {
      ($0.account, $0.password) = ("admin", "admin")
      ($0.loginPrompt, $0.passwordPrompt) = ("ユーザID: ", "パスワード: ")
      $0.refusal = "正しくありません"
      $0.encoding = "shift_jis"
    },
    login("password", 37, kind: "asks for a password alone", isDefault: true) {
      $0.asksForName = false
      $0.password = "admin"
    },
    login("late", 38, kind: "negotiates behind its banner, and waits", isDefault: true) {
      $0.password = "admin"
      $0.negotiation = .late
      $0.banner = "Industrial gateway\r\n"
    },
    login("by-name", 39, kind: "root needs no password", isDefault: true) { $0.accepts = .nameAlone },
    login(
      "dahua", 41, mac: "08:ed:ed:02:00:41", vendor: "Zhejiang Dahua Technology Co., Ltd.", kind: "recorder",
      isDefault: true, further: [Service(37777, .silentPort)]
    ) {
      $0.password = "7ujMko0admin"
      $0.echoesPassword = true
    },
    login("axis", 42, kind: "network camera", isDefault: true) {
      $0.password = "pass"
      $0.banner = "AXIS 2120 Network Camera\r\n"
    },
    login("timevault", 43, kind: "time server", isDefault: true) {
      ($0.account, $0.password) = ("guest", "truetime")
      $0.banner = "TimeVault\r\n"
      ($0.prompt, $0.logout) = ("> ", "logout")
    },
  ]

  /// BusyBox: its own login, which waits 3 s after a failure and never locks.
  private static let realLogins = [
    Device(
      name: "busybox", address: "10.0.2.51", mac: "02:00:00:02:00:51", vendor: "Private", kind: "camera with BusyBox",
      services: [Service(23, .busyboxTelnetd)]),
    Device(
      name: "busybox-dvr", address: "10.0.2.52", mac: "08:ed:ed:02:00:52",
      vendor: "Zhejiang Dahua Technology Co., Ltd.",
      kind: "recorder with BusyBox", services: [Service(23, .busyboxDefault), Service(37777, .silentPort)],
      passwordHash: "$1$tenken$yxq3tg771mILcb1bBNibJ0"),
  ]
}

extension Daemon {
  /// BusyBox with a password that a profile names.
  static let busyboxDefault = Daemon(
    "busybox telnetd (default password)", speaks: "telnet", weaknesses: ["telnet.enabled", "cred.default"],
    needs: [.busybox]
  ) { plan, at in
    plan.usesRootfs = true
    plan.command = ["/bin/busybox", "telnetd", "-F", "-b", "\(at.everywhere):\(at.port)", "-l", "/bin/login"]
  }
  /// Accepts connections, takes everything, says nothing.
  static let silentPort = simulator("tenken-lab silent port") {
    ["simulate-sink", "\($0.port)", "\(Layout.state)/\($0.device.name).sink.json"]
  }
}
