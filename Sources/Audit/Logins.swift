public import Authority
public import Credentials
public import Profiles
public import Records

/// What a run needs for trying the few passwords that devices are known to have.
public struct LoginSetup {
  public let authority: LoginAuthority
  public let dialer: any LoginDialer
  /// nil where there are no datagrams, and no HTTP.
  public let exchanger: (any LoginExchanger)?
  public let client: (any LoginClient)?
  /// nil where there is no SSH.
  public let shell: (any LoginShellClient)?
  public let profiles: CredentialProfiles
  /// What ``Technique/credentialList`` tries; nil where nobody consented to it.
  public let list: CredentialList?
  /// A name and a password that nobody has: what the negative control enters.
  public let random: () -> CredentialPair

  public init(
    authority: LoginAuthority, dialer: any LoginDialer, exchanger: (any LoginExchanger)? = nil,
    client: (any LoginClient)? = nil, shell: (any LoginShellClient)? = nil, profiles: CredentialProfiles,
    list: CredentialList? = nil,
    random: @escaping () -> CredentialPair
  ) {
    self.authority = authority
    self.dialer = dialer
    self.exchanger = exchanger
    self.client = client
    self.shell = shell
    self.profiles = profiles
    self.list = list
    self.random = random
  }
}

/// What the logins of a run came to.
public struct LoginTally: Hashable, Sendable, Codable {
  /// Services on which something was entered.
  public var services = 0
  /// Pairs that were entered there, without negative controls.
  public var pairs = 0
  /// Services that accept one.
  public var accepted = 0
  /// Services of which nothing can be said.
  public var undecided = 0
  /// Services that nothing was entered on, because nobody consented.
  public var notPermitted = 0
  /// Devices that said that they lock.
  public var lockedOut = 0
}

/// A service, and by what it is logged in to.
struct LoginService: Hashable {
  let subject: Observation.Subject
  let transport: LoginTransport
  let isList: Bool
}

/// A service that accepts a secret.
struct LoginAcceptance {
  let record: Int
  let course: LoginCourse
  let index: Int
  let names: [String]
}

/// One attempt of a course.
struct LoginAttempt {
  let step: LoginCourse.Step
  let pair: CredentialPair
  let technique: Technique
}

extension DeviceTraits {
  /// - Parameter greeting: what the service said.
  public init(_ device: Device, greeting: [UInt8], profiles: ProfileStore) {
    var family: (id: String, byMore: Bool)?
    if let found = profiles.deviceProfiles.match(DeviceProfile.Signs(of: device)) {
      var others = device
      others.vendor = nil
      family = (found.id, profiles.deviceProfiles.match(DeviceProfile.Signs(of: others))?.id == found.id)
    }
    self.init(device: device, family: family, greeting: greeting)
  }
}

extension LoginCourse {
  /// The question that it answers, and the id of the check.
  static let question = "cred.default"

  var leavesRoomForList: Bool {
    switch conclusion {
    case .refused, .inconclusive("budget-spent"), nil: true
    case .accepted, .inconclusive: false
    }
  }

  /// What came of it, in words that name no password.
  var verdict: ProbeVerdict? {
    let by = "\(profile.id)"
    switch conclusion {
    case nil: return nil
    case .accepted(let index, let passwordAsked):
      let account = profile.pairs[index].account
      let asked = LocalizedText(
        ja: passwordAsked ? "" : "パスワードは求められませんでした。", en: passwordAsked ? "" : " It asked for no password.")
      let who = LocalizedText(
        ja: account.isEmpty ? "" : "アカウント「\(account)」が、",
        en: account.isEmpty ? "It lets in" : "The account \u{201c}\(account)\u{201d} logs in")
      return ProbeVerdict(
        Self.question, .proven,
        basis: LocalizedText(
          ja:
            "\(who.ja)公開されている初期パスワード(プロファイル\(by)の\(index + 1)番)でログインできました。\(asked.ja)無作為なパスワードは拒否されました。\(leaving(ending).ja)",
          en:
            "\(who.en) with a published default password (profile \(by), no. \(index + 1)).\(asked.en) A random one was refused. \(leaving(ending).en)"
        ))
    case .refused:
      return ProbeVerdict(
        Self.question, .refuted,
        basis: LocalizedText(
          ja: "公開されている初期パスワード\(tried)組(プロファイル\(by))を試し、いずれも拒否されました。",
          en: "\(tried) published default pairs (profile \(by)) were tried and refused."))
    case .inconclusive(let reason) where service == .silentAgent:
      return ProbeVerdict(
        Self.question, .inconclusive(reason: reason),
        basis: LocalizedText(
          ja:
            "応答のないUDPポートで、公開されているコミュニティ名\(profile.pairs.count)個(プロファイル\(by))のうち\(tried)個を尋ねましたが、判断できませんでした(\(reason))。通信が途中で遮断されている場合も応答はありません。",
          en:
            "\(tried) of \(profile.pairs.count) published communities (profile \(by)) were asked on a UDP port that nothing has answered from, which decides nothing (\(reason)). The port may as well be filtered."
        ))
    case .inconclusive(let reason):
      return ProbeVerdict(
        Self.question, .inconclusive(reason: reason),
        basis: LocalizedText(
          ja: "公開されている初期パスワード\(profile.pairs.count)組(プロファイル\(by))のうち\(tried)組を試しましたが、判断できませんでした(\(reason))。",
          en:
            "\(tried) of \(profile.pairs.count) published default pairs (profile \(by)) were tried, which decides nothing (\(reason))."
        ))
    }
  }

  /// What was done with an accepted login.
  private func leaving(_ ending: LoginEnding) -> LocalizedText {
    switch transport {
    case .snmp:
      LocalizedText(
        ja: "読み取ったのは機種の識別番号(sysObjectID)だけで、書き込みは試していません。",
        en: "Only the number of the model (sysObjectID) was read with it; whether it writes was not tried.")
    case .mqtt:
      LocalizedText(ja: "切断済みで、メッセージの購読も発行もしていません。", en: "It was left at once; nothing was subscribed to or published.")
    case .telnet, .ssh, .http, .ftp, .rtsp, .onvif, .vnc, .redis:
      LocalizedText(
        ja: "\(ending.shown.ja)設定や内容は読み取っていません。",
        en: "\(ending.shown.en) Neither settings nor contents were read.")
    }
  }
}

extension LoginEnding {
  fileprivate var shown: LocalizedText {
    switch self {
    case .loggedOut: LocalizedText(ja: "ログアウト済みです。", en: "It was logged out of.")
    case .nothingOpen: LocalizedText(ja: "セッションは残っていません。", en: "No session was left open.")
    case .left:
      LocalizedText(
        ja: "ログアウトの手段が見つからず、セッションは時間切れで終わります。",
        en: "Nothing showed how to log out; the session ends when its time is up.")
    }
  }
}
