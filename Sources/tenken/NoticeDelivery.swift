internal import Documents
internal import Foundation
internal import LinkIO
internal import NoticeIO
internal import Notices
internal import Profiles
internal import Records
internal import Schedules

/// Tells the receivers of a settings file what there is to tell. What cannot be told now is kept and tried again at the next turn.
struct NoticeDelivery {
  let file: String
  /// Where notices that wait, and what digests and metrics need, are kept.
  let state: String
  let settings: NoticeSettings
  private let texts: NoticeTexts
  /// Where rule data is.
  private let rules: String
  private let sender = NoticeSender(agent: "tenken/\(tenkenVersion)")
  private let history: HistoryPlace
  /// The clock, and how to wait: tests have their own.
  private let now: () -> Timestamp
  private let pause: (Duration) -> Void

  /// - Parameters:
  ///   - file: the settings.
  ///   - state: a folder; nil for the one of this user.
  init(
    _ file: String, state: String? = nil, history: HistoryPlace? = nil, profiles: String? = nil,
    now: @escaping () -> Timestamp = NoticeDelivery.clock,
    pause: @escaping (Duration) -> Void = { Thread.sleep(forTimeInterval: $0.seconds) }
  ) throws {
    self.file = file
    self.state = state ?? Self.standardState
    self.history = history ?? HistoryPlace.standardPlace
    self.now = now
    self.pause = pause
    do throws(DocumentError) {
      settings = try NoticeSettings(parsing: try Self.read(file), file: file)
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
    let folder: String
    do throws(DocumentError) { folder = try RunOptions.locateProfiles(profiles) } catch {
      throw CommandFailure(.usage, "\(error)")
    }
    rules = folder
    do {
      texts = try NoticeTexts { name in
        String(decoding: try contents(of: "\(folder)/notices/\(name)", what: "the template"), as: UTF8.self)
      }
    } catch let fault as NoticeTexts.Fault {
      throw CommandFailure(.usage, "\(folder)/notices/\(fault)")
    }
  }

  private static func read(_ file: String) throws(DocumentError) -> [UInt8] {
    do {
      return Array(try Data(contentsOf: URL(fileURLWithPath: file)))
    } catch {
      throw DocumentError(
        .missing, file: file, problem: "cannot be read: \((error as NSError).localizedDescription)",
        remedy: "tenken notices init writes an example / tenken notices init で例を作成できます")
    }
  }

  static let clock: @Sendable () -> Timestamp = { SystemClock.wall }

  /// Beside the history.
  static var standardState: String {
    URL(fileURLWithPath: HistoryPlace.standard).deletingLastPathComponent().path + "/notices"
  }

  // MARK: What there is to tell

  private typealias Made = (channel: NoticeSettings.Channel, notice: Notice)

  /// Tells an occasion, what is still to be delivered, and the digest when it is due. Never throws: what fails is complained about and
  /// kept.
  /// - Returns: notices that are not delivered.
  @discardableResult
  func tell(_ occasion: Occasion) -> Int {
    // An exception ends once; what ended is told once.
    let fresh = noting([]) { try notes.freshExceptions(occasion.expiredExceptions) }
    let told = Occasion(
      outcome: occasion.outcome, engagement: occasion.engagement, run: occasion.run, difference: occasion.difference,
      troubles: occasion.troubles, expiredExceptions: fresh)
    let titles = checkTitles
    let isKept = keep(
      settings.channels.compactMap { channel in
        Notice(told, channel.filter, most: settings.entries, checkTitles: titles).map { (channel, $0) }
      })
    if isKept { noting(()) { try notes.noteExceptions(occasion.expiredExceptions) } }
    remember(occasion)
    keepDueDigest()
    return deliver(retryingRefused: false)
  }

  /// Tells a digest whether it is due or not.
  func tellDigest(until end: Timestamp) -> Int {
    keep(digest(at: end))
    return deliver(retryingRefused: false)
  }

  func flush(retryingRefused: Bool) -> Int {
    keepDueDigest()
    return deliver(retryingRefused: retryingRefused)
  }

  func test() -> Int {
    let notice = Notice.test(at: now(), offsetMinutes: settings.offsetMinutes, host: host)
    keep(settings.channels.map { ($0, notice) })
    return deliver(retryingRefused: false)
  }

  /// Without them findings are named by the ids of their checks.
  private var checkTitles: [String: LocalizedText] {
    do throws(DocumentError) {
      return try ProfileStore.checkTitles(in: rules)
    } catch {
      complain("notices: findings are named by ids alone: \(error)")
      return [:]
    }
  }

  private var host: String { ProcessInfo.processInfo.hostName }

  // MARK: Digests and metrics

  private var notes: NoticeNotes { NoticeNotes(folder: state) }

  /// What cannot be noted is told and stops nothing.
  private func noting<Value>(_ otherwise: Value, _ work: () throws -> Value) -> Value {
    do {
      return try work()
    } catch {
      complain("notices: \(error)")
      return otherwise
    }
  }

  private func remember(_ occasion: Occasion) {
    noting(()) { try notes.add(occasion) }
    let files = settings.channels.compactMap { channel in
      if case .metrics(let file) = channel.way { file } else { nil }
    }
    guard !files.isEmpty, let metrics = noting(nil, { try notes.updateMetrics(occasion) }) else { return }
    for file in files { noting(()) { try WholeFile.replace(file, metrics.page, mode: 0o644) } }
  }

  private func keepDueDigest() {
    guard let time = settings.digest else { return }
    let due = time.latest(before: now(), offsetMinutes: settings.offsetMinutes)
    guard noting(false, { try notes.isDigestDue(due) }) else { return }
    // Noted once it is kept: a digest may come twice, with the same id, but it is not lost.
    if keep(digest(at: due)) { noting(()) { try notes.noteDigest(due) } }
  }

  /// One for each site that anything is known of: those with turns in the last weeks or runs in this one.
  private func digest(at due: Timestamp) -> [Made] {
    let begin = Timestamp(nanoseconds: due.nanoseconds - Digest.week.nanoseconds)
    let long = Timestamp(nanoseconds: due.nanoseconds - Self.weeksRemembered * Digest.week.nanoseconds)
    let told = notes.told().filter { long <= $0.outcome.at && $0.outcome.at < due }
    let past = NoticeHistory(history)
    var sites = past.sites(from: begin, to: due)
    for one in told { sites[one.engagement.id] = one.engagement }
    let titles = checkTitles
    let known: [Engagement?] = sites.isEmpty ? [nil] : sites.sorted { $0.key < $1.key }.map(\.value)
    return known.flatMap { site -> [Made] in
      let outcomes = told.filter { $0.engagement.id == site?.id }.map(\.outcome)
      let material = past.material(of: site, outcomes: outcomes, from: begin, to: due)
      return settings.channels.filter(\.takesDigest).map { channel in
        let digest = Digest(due: due, site, source: host, material, channel.filter, checkTitles: titles)
        return (channel, digest.notice(most: settings.entries))
      }
    }
  }

  private static let weeksRemembered: Int64 = 5

  // MARK: Delivery

  private var outbox: OutboxFolder { get throws(NoticeFileError) { try OutboxFolder(state + "/outbox") } }

  /// Everything is kept first and removed once it is delivered: whatever ends this process, nothing is lost, and what comes twice has the
  /// same id.
  @discardableResult
  private func keep(_ made: [Made]) -> Bool {
    var isKept = true
    for (channel, notice) in made {
      if case .metrics = channel.way { continue }
      do throws(NoticeFileError) {
        try outbox.put(OutboxItem(notice, channel: channel.name, since: now()))
      } catch {
        isKept = false
        complain("notices: \(error)")
        // Where nothing can be kept it can be sent still.
        if case .delivered = send(notice, channel) { continue }
        complain("not told \(channel.name), and not kept: \(notice.headline.en)")
      }
    }
    return isKept
  }

  private func deliver(retryingRefused: Bool) -> Int {
    let outbox: OutboxFolder
    let lock: FolderLock
    do throws(NoticeFileError) {
      outbox = try self.outbox
      lock = try outbox.lock()
    } catch {
      complain("notices: \(error)")
      return 1
    }
    defer { withExtendedLifetime(lock) {} }
    var (items, unreadable) = outbox.items()
    for path in unreadable { complain("notices: \(path) is no notice of this program; remove it") }
    for item in OutboxItem.surplus(items, now: now()) {
      complain("notices: given up after \(item.attempts) attempts: \(item.channel), \(item.notice.headline.en)")
      outbox.remove(item)
      items.removeAll { $0.fileName == item.fileName }
    }
    var left = 0
    // A receiver that is away is waited for once a turn, not once for each notice.
    var away: Set<String> = []
    for item in items {
      guard let channel = settings.channels.first(where: { $0.name == item.channel }) else {
        complain("notices: \(item.channel) is no channel of \(file) any more; its notice \(item.notice.id) is dropped")
        outbox.remove(item)
        continue
      }
      let isWaiting = item.isRefused ? !retryingRefused : item.notBefore > now()
      if isWaiting || away.contains(channel.name) {
        left += 1
        continue
      }
      switch deliver(item, channel, outbox) {
      case .delivered: continue
      case .away: away.insert(channel.name)
      case .refused: break
      }
      left += 1
    }
    return left
  }

  private enum Delivery { case delivered, away, refused }

  private func deliver(
    _ item: OutboxItem, _ channel: NoticeSettings.Channel, _ outbox: OutboxFolder
  ) -> Delivery {
    var item = item
    // Any seed will do that is not everybody's.
    var plan = DeliveryPlan(seed: UInt64.random(in: 0 ... .max))
    while true {
      let attempt = send(item.notice, channel)
      item.attempts += 1
      switch plan.step(after: attempt) {
      case .done:
        outbox.remove(item)
        if case .delivered(let receiver) = attempt {
          complain("told \(channel.name): \(channel.receiver) (\(receiver))")
        }
        return .delivered
      case .again(let wait): pause(wait)
      case .keep(let wait):
        item.notBefore = now() + wait
        keep(&item, attempt, channel, outbox, "it is kept and tried again at the next turn")
        return .away
      case .refuse:
        item.isRefused = true
        keep(&item, attempt, channel, outbox, "it is kept; correct \(file) and run tenken notices flush --refused")
        return .refused
      }
    }
  }

  private func keep(
    _ item: inout OutboxItem, _ attempt: DeliveryPlan.Attempt, _ channel: NoticeSettings.Channel,
    _ outbox: OutboxFolder,
    _ what: String
  ) {
    switch attempt {
    case .delivered: return
    case .refused(let problem), .failed(let problem, _): item.problem = problem.cut(to: 500).withoutControls
    }
    complain("not told \(channel.name): \(channel.receiver): \(item.problem); \(what) / 通知できませんでした")
    do { try outbox.put(item) } catch { complain("notices: \(error)") }
  }

  private func send(_ notice: Notice, _ channel: NoticeSettings.Channel) -> DeliveryPlan.Attempt {
    let text = texts.text(of: notice, channel.languages)
    let language = channel.languages.first ?? .ja
    switch channel.way {
    case .metrics: return .delivered(by: channel.receiver)
    case .webhook(let hook):
      do throws(NoticeFileError) {
        let secret = try hook.secret()
        let token = try hook.token()
        let url = try hook.address()
        return sender.send(
          .webhook(WebhookRequest(notice, hook, url: url, text: text, secret: secret, token: token, now: now())))
      } catch {
        return .refused("\(error)")
      }
    case .email(let mail):
      let message = MailMessage(
        notice, mail, subject: "[tenken] " + notice.headline.text(language), text: text, channel: channel.name)
      return sender.send(.mail(message, program: mail.program))
    case .syslog(let syslog):
      let messages = SyslogMessages(notice, syslog, language: language, host: host)
      return sender.send(.syslog(syslog.receiver, messages.octets))
    case .command(let words, let seconds):
      return sender.send(Parcel.command(words, of: notice, language: language, seconds: seconds))
    }
  }
}

extension NoticeDelivery {
  /// What would keep notices from leaving, as far as can be told without sending any.
  var problems: [String] {
    settings.channels.compactMap { channel in
      do throws(NoticeFileError) {
        guard case .webhook(let hook) = channel.way else { return try Self.check(channel.way) }
        _ = try (hook.address(), hook.secret(), hook.token())
        return nil
      } catch {
        return "\(channel.name): \(error)"
      }
    }
  }

  private static func check(_ way: NoticeSettings.Way) throws(NoticeFileError) -> String? {
    let program: String
    switch way {
    case .command(let words, _): program = words.first ?? ""
    case .email(let mail): program = mail.program
    case .webhook, .syslog, .metrics: return nil
    }
    guard FileManager.default.isExecutableFile(atPath: program) else {
      throw NoticeFileError("\(program) is not there or cannot be run / 見つからないか実行できません")
    }
    return nil
  }
}

extension NoticeSettings.Webhook {
  private static let shortestKey = 16

  func secret() throws(NoticeFileError) -> [UInt8]? {
    guard let secretFile else { return nil }
    let secret = try SecretFile.read(secretFile)
    guard secret.count >= Self.shortestKey else {
      throw NoticeFileError(
        "\(secretFile): a key has \(Self.shortestKey) octets at least; write what openssl rand -hex 32 prints")
    }
    return secret
  }

  /// Receivers of chat programs have a secret in their URL.
  func address() throws(NoticeFileError) -> String {
    switch receiver {
    case .url(let url): return url
    case .file(let path):
      let url = String(decoding: try SecretFile.read(path), as: UTF8.self)
      guard NoticeSettings.isUsable(url: url), url.hasPrefix("https://") else {
        throw NoticeFileError("\(path) holds no https URL / httpsのURLが書かれていません")
      }
      return url
    }
  }

  func token() throws(NoticeFileError) -> String? {
    guard let tokenFile else { return nil }
    let token = try SecretFile.read(tokenFile)
    guard token.allSatisfy({ (0x20...0x7e).contains($0) }) else {
      throw NoticeFileError("\(tokenFile): a token is one line of ASCII")
    }
    return String(decoding: token, as: UTF8.self)
  }
}
