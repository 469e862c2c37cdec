public import Records

/// What the program found of its surroundings before a scheduled run.
public struct Circumstances: Hashable, Sendable {
  public enum Power: Hashable, Sendable {
    case mains, battery
  }

  public var now: Timestamp
  /// The scope file as it is now; nil where it cannot be read or understood.
  public var scopeDigest: String?
  public var scopeFrom: Timestamp?
  public var scopeUntil: Timestamp?
  /// The window of the day that the audit keeps to is open, or there is none.
  public var windowIsOpen: Bool
  /// When it is closed: as it is written, such as `22:00-05:00`.
  public var window: String?
  /// MAC address of the gateway; nil where there is none or it did not answer.
  public var gateway: String?
  public var ssid: String?
  public var dhcpServer: String?
  public var power: Power
  /// Who holds the lock; nil when it is this run's.
  public var lockHolder: String?

  public init(
    now: Timestamp, scopeDigest: String?, scopeFrom: Timestamp?, scopeUntil: Timestamp?, windowIsOpen: Bool = true,
    window: String? = nil, gateway: String? = nil, ssid: String? = nil, dhcpServer: String? = nil,
    power: Power = .mains, lockHolder: String? = nil
  ) {
    self.now = now
    self.scopeDigest = scopeDigest
    self.scopeFrom = scopeFrom
    self.scopeUntil = scopeUntil
    self.windowIsOpen = windowIsOpen
    self.window = window
    self.gateway = gateway
    self.ssid = ssid
    self.dhcpServer = dhcpServer
    self.power = power
    self.lockHolder = lockHolder
  }
}

/// What keeps a scheduled run from beginning.
public struct Obstacle: Hashable, Sendable {
  public let reason: SkipReason
  public let detail: LocalizedText

  /// Waiting may help.
  public var mayPass: Bool {
    switch reason {
    case .windowClosed, .wrongNetwork, .onBattery, .overlap: true
    case .scopeNotValid, .scopeChanged, .missed, .disabled: false
    }
  }

  init(_ reason: SkipReason, _ ja: String, _ en: String) {
    self.reason = reason
    detail = LocalizedText(ja: ja, en: en)
  }

  /// The first that is found, authority before convenience; nil when the run may begin.
  public static func first(_ schedule: Schedule, _ found: Circumstances, offsetMinutes: Int) -> Obstacle? {
    guard schedule.isEnabled else {
      return Obstacle(.disabled, "スケジュールは無効にされています", "the schedule is switched off")
    }
    return authority(schedule, found, offsetMinutes) ?? network(schedule.network, found) ?? rest(schedule, found)
  }

  private static func authority(_ schedule: Schedule, _ found: Circumstances, _ offset: Int) -> Obstacle? {
    guard found.scopeDigest == schedule.scopeDigest else {
      let (ja, en) =
        found.scopeDigest == nil
        ? ("許可範囲ファイルを読み取れません", "the scope file cannot be read")
        : ("許可範囲ファイルが登録時と異なります", "the scope file is not the one that the schedule was made with")
      return Obstacle(
        .scopeChanged, "\(ja)。確認のうえ tenken schedule renew \(schedule.name) を実行してください",
        "\(en); check it, then tenken schedule renew \(schedule.name)")
    }
    func told(_ moment: Timestamp) -> String { moment.rfc3339(offsetMinutes: offset) }
    if let from = found.scopeFrom, found.now < from {
      return Obstacle(
        .scopeNotValid, "許可期間は\(told(from))からです", "the scope's time begins on \(told(from))")
    }
    if let until = found.scopeUntil, found.now >= until {
      return Obstacle(
        .scopeNotValid, "許可期間は\(told(until))に終了しました", "the scope's time ended on \(told(until))")
    }
    return nil
  }

  private static func network(_ pin: Schedule.NetworkPin, _ found: Circumstances) -> Obstacle? {
    let pairs = [
      (pin.gateway, found.gateway, LocalizedText(ja: "ゲートウェイ", en: "the gateway")),
      (pin.ssid, found.ssid, LocalizedText(ja: "Wi-Fiネットワーク", en: "the Wi-Fi network")),
      (pin.dhcpServer, found.dhcpServer, LocalizedText(ja: "DHCPサーバー", en: "the DHCP server")),
    ]
    for (wanted, seen, what) in pairs {
      guard let wanted, wanted != seen else { continue }
      return Obstacle(
        .wrongNetwork, "\(what.ja)は\(seen ?? "不明")です(指定: \(wanted))",
        "\(what.en) is \(seen ?? "unknown"), not \(wanted)")
    }
    return nil
  }

  private static func rest(_ schedule: Schedule, _ found: Circumstances) -> Obstacle? {
    if schedule.needsMains, found.power == .battery {
      return Obstacle(.onBattery, "バッテリーで動作しています", "this computer runs on its battery")
    }
    if !found.windowIsOpen {
      let window = found.window ?? ""
      return Obstacle(.windowClosed, "作業時間枠\(window)の外です", "it is outside the window \(window)")
    }
    if let holder = found.lockHolder {
      return Obstacle(.overlap, "別の検査が実行中です(\(holder))", "another run is under way (\(holder))")
    }
    return nil
  }
}
