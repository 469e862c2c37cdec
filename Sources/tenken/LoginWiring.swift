internal import Addressing
internal import Audit
internal import Authority
internal import CLinux
internal import Credentials
internal import Documents
internal import Evidence
internal import Foundation
internal import LinkIO
internal import Profiles
internal import Records
internal import SessionIO

/// What the command line says of logins.
struct LoginOptions {
  /// The folder of the journals; nil for the usual one.
  var journal: String?
  /// The owner's own list; nil for the published one.
  var list: String?

  func prepare(_ scope: Scope, scopeFile: String, profiles: ProfileStore) throws -> LoginPreparation {
    try LoginPreparation(scope, scopeFile: scopeFile, profiles: profiles, journal: journal, list: list)
  }
}

/// Everything that has to be there before a run may try passwords: consents that are valid, their papers, the profiles, a
/// place for the journals. Made before anything is sent; whatever is missing ends the program with the status for it.
struct LoginPreparation {
  let profiles: CredentialProfiles
  /// Absolute.
  let journal: String
  /// The file of the owner's own list, absolute.
  let listFile: String?
  /// What is tried beyond the profiles; nil where the scope does not say so.
  let list: CredentialList?
  private let papers: [(file: String, octets: [UInt8])]

  /// - Parameters:
  ///   - scopeFile: beside it the papers lie.
  ///   - journal: the folder of the command line; nil for the usual one.
  ///   - list: the owner's own list; nil for the published one.
  init(_ scope: Scope, scopeFile: String, profiles: ProfileStore, journal: String?, list: String? = nil) throws {
    papers = try Self.papers(scope, scopeFile)
    let triesList = scope.techniques.contains(.credentialList)
    if list != nil, !triesList {
      throw Self.missing(
        "許可範囲(\(scopeFile))のtechniquesに\(Technique.credentialList.rawValue)がないため、一覧は試せません。顧客とアクセス管理者の同意を得て追加してください。",
        "the scope (\(scopeFile)) does not list \(Technique.credentialList.rawValue) under techniques, so no list may be tried; have the customer and the access administrator agree"
      )
    }
    listFile = list.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
    do throws(DocumentError) {
      self.profiles = try CredentialProfiles(profiles)
      self.list = triesList ? try Self.list(list, profiles) : nil
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
    self.journal = URL(fileURLWithPath: journal ?? Self.usualJournal).standardizedFileURL.path
  }

  private static func list(_ file: String?, _ profiles: ProfileStore) throws(DocumentError) -> CredentialList {
    guard let file else { return try CredentialList(profiles) }
    guard let octets = FileManager.default.contents(atPath: file) else {
      throw DocumentError(
        .missing, file: file, problem: "the list cannot be read", remedy: "name a file of lines name:password")
    }
    return try CredentialList(lines: Array(octets), file: file)
  }

  private static func missing(_ japanese: String, _ english: String) -> CommandFailure {
    CommandFailure(
      .notPermitted, "--credentials: \(english)\n\(japanese)\nNothing was sent. / 何も送信していません。")
  }

  /// Below the state directory of whoever runs the program (file-hierarchy(7), XDG Base Directory).
  static var usualJournal: String { StateFolder.path + "/logins" }

  /// The papers of the consents that are valid now.
  static func papers(_ scope: Scope, _ scopeFile: String) throws -> [(file: String, octets: [UInt8])] {
    let techniques: Set<Technique> = [.defaultCredentials, .credentialList]
    guard !scope.techniques.isDisjoint(with: techniques) else {
      let technique = Technique.defaultCredentials.rawValue
      throw missing(
        "許可範囲(\(scopeFile))のtechniquesに\(technique)がありません。顧客の許可を得て追加してください。",
        "the scope (\(scopeFile)) does not list \(technique) under techniques; have the customer allow it")
    }
    let consents = scope.consents.filter { !$0.techniques.isDisjoint(with: techniques.intersection(scope.techniques)) }
    guard !consents.isEmpty else {
      throw missing(
        "許可範囲(\(scopeFile))に、機器のアクセス管理者の同意(consents)がありません。機器グループごとに、同意者、手法、有効期間、書面の写しを記入してください(書式: tenken scope init)。",
        "the scope (\(scopeFile)) holds no consent of an access administrator (consents); for each group of devices write who agreed, to what, for how long, and the signed paper (tenken scope init shows how)"
      )
    }
    let now = SystemClock.wall
    let valid = consents.filter { $0.isValid(at: now) }
    guard !valid.isEmpty else {
      let list = consents.map { consent in
        "\(consent.name): \(consent.validFrom.rfc3339(offsetMinutes: scope.offsetMinutes)) – "
          + consent.validUntil.rfc3339(offsetMinutes: scope.offsetMinutes)
      }.joined(separator: "; ")
      throw missing(
        "現在有効な同意がありません(\(list))。有効期間を確認し、必要なら同意を取り直してください。",
        "no consent is valid now (\(list)); wait, or have it given anew")
    }
    return try valid.map { ($0.paper.file, try read($0, beside: scopeFile, missing)) }
  }

  private static func read(
    _ consent: Consent, beside scopeFile: String, _ missing: (String, String) -> CommandFailure
  ) throws -> [UInt8] {
    let folder = URL(fileURLWithPath: scopeFile).deletingLastPathComponent()
    let place = folder.appendingPathComponent(consent.paper.file).path
    guard let data = FileManager.default.contents(atPath: place) else {
      throw missing(
        "同意「\(consent.name)」の書面 \(place) を読み取れません。許可範囲ファイルからの相対パスで置いてください。",
        "the paper of the consent \(consent.name), \(place), cannot be read; put it there, named relative to the scope file"
      )
    }
    let octets = Array(data)
    let digest = SHA256.hex(SHA256.digest(of: octets))
    guard digest == consent.paper.sha256 else {
      throw missing(
        "同意「\(consent.name)」の書面 \(place) のSHA-256は \(digest) で、許可範囲の記載と異なります。書面を差し替えたか、記載が誤っています。",
        "the paper of the consent \(consent.name), \(place), has the SHA-256 \(digest), which is not what the scope says; it is another paper, or the scope is wrong"
      )
    }
    return octets
  }

  /// Copies the papers into the pack, where its copy of the scope file names them.
  func write(to pack: PackWriter) throws {
    for paper in papers { try pack.write(paper.octets, to: "scope/\(paper.file)") }
  }

  /// What a run is given.
  func setup(
    _ gate: TransmissionGate, _ dialer: SocketDialer, _ exchanger: SocketExchanger?, _ client: CurlClient?,
    _ shell: SSHClient?
  ) throws -> LoginSetup {
    // Passwords are in memory from here on, and nobody may read it after the program has died.
    CLinux_forbid_core_dumps()
    let store: LoginJournalFolder
    do {
      try FileManager.default.createDirectory(
        atPath: journal, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      store = try LoginJournalFolder(journal)
    } catch {
      throw CommandFailure(
        .failed,
        "the login journal \(journal) cannot be kept (\(error)), so no login may be attempted; name a folder with --login-journal\nNothing was sent."
      )
    }
    return LoginSetup(
      authority: LoginAuthority(store: store, gate: gate, wall: { SystemClock.wall }), dialer: dialer,
      exchanger: exchanger, client: client, shell: shell, profiles: profiles, list: list, random: Self.random)
  }

  /// 12 letters and digits that nobody has chosen: what has to be refused.
  private static func random() -> CredentialPair {
    let characters = Array("abcdefghijkmnpqrstuvwxyz23456789".utf8)
    var generator = SystemRandomNumberGenerator()
    func word() -> [UInt8] { (0..<12).map { _ in characters[Int.random(in: 0..<characters.count, using: &generator)] } }
    return CredentialPair(account: String(decoding: word(), as: UTF8.self), secret: Secret(word()))
  }
}

extension LoginTally {
  /// What is said at the end of a run.
  func text(_ language: Language) -> String {
    let others: String
    switch language {
    case .ja:
      others =
        (undecided > 0 ? "、判断できないサービス\(undecided)" : "") + (notPermitted > 0 ? "、同意がなく試していないサービス\(notPermitted)" : "")
        + (lockedOut > 0 ? "、ロックを示した機器\(lockedOut)" : "")
      return "初期パスワード: \(services)サービスで\(pairs)組を試行、ログインできたサービス\(accepted)\(others)"
    case .en:
      others =
        (undecided > 0 ? ", \(undecided) undecided" : "")
        + (notPermitted > 0 ? ", \(notPermitted) without consent" : "")
        + (lockedOut > 0 ? ", \(lockedOut) devices that lock" : "")
      return "default passwords: \(pairs) pairs tried on \(services) services, \(accepted) services accept one\(others)"
    }
  }
}
