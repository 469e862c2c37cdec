internal import Glibc
public import Records

/// A radio could not be used as asked.
public struct RadioError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What could not be done. More kinds may come, so this is no enum.
  public struct Code: Hashable, Sendable {
    private let name: String
    private init(_ name: String) { self.name = name }
    public static let notPermitted = Code("not-permitted")
    /// The kernel has no nl80211.
    public static let noWiFi = Code("no-wifi")
    public static let noInterface = Code("no-interface")
    /// The interface is there, and is no radio.
    public static let notWireless = Code("not-wireless")
    public static let down = Code("down")
    /// By a switch, rfkill.
    public static let switchedOff = Code("switched-off")
    public static let busy = Code("busy")
    public static let unsupported = Code("unsupported")
    public static let timedOut = Code("timed-out")
    public static let system = Code("system")
  }

  public let code: Code
  public let interface: String
  /// What happened and, where somebody can do something about it, what.
  public let text: LocalizedText

  public var description: String { "\(interface): \(text.en)" }

  init(_ code: Code, _ interface: String, ja: String, en: String) {
    (self.code, self.interface) = (code, interface)
    text = LocalizedText(ja: ja, en: en)
  }

  /// What was tried when the kernel refused.
  enum Attempt {
    case opening, asking, scanning, makingMonitor, tuning, capturing

    fileprivate var text: (ja: String, en: String) {
      switch self {
      case .opening: ("nl80211に接続できません", "cannot reach nl80211")
      case .asking: ("無線インターフェースの情報を取得できません", "cannot read about the radio")
      case .scanning: ("スキャンを開始できません", "cannot scan")
      case .makingMonitor: ("モニターモードのインターフェースを作成できません", "cannot make a monitor interface")
      case .tuning: ("チャネルを切り替えられません", "cannot change the channel")
      case .capturing: ("受信を開始できません", "cannot capture")
      }
    }
  }

  /// Of an error number of the kernel.
  init(_ number: CInt, _ interface: String, _ attempt: Attempt) {
    let (ja, en) = attempt.text
    switch (number, attempt) {
    case (EPERM, _), (EACCES, _):
      let command = "sudo setcap cap_net_raw,cap_net_admin=eip $(command -v tenken)"
      self.init(
        .notPermitted, interface,
        ja: "\(ja)。CAP_NET_ADMIN（モニターにはCAP_NET_RAWも）が必要です。sudoを付けてtenkenを実行するか、一度だけ次を実行してください：\(command)",
        en: "\(en): CAP_NET_ADMIN is needed, and CAP_NET_RAW for a monitor; run tenken with sudo, or once: \(command)")
    case (ENOENT, .opening), (EPROTONOSUPPORT, .opening):
      self.init(
        .noWiFi, interface,
        ja: "このカーネルにはnl80211（Wi-Fi）がありません。modprobe cfg80211を実行するか、無線カードのあるコンピューターでtenken wifiを実行してください。"
          + "別のコンピューターで取得したキャプチャは--readで読めます。",
        en:
          "this kernel has no nl80211 (Wi-Fi): load it with modprobe cfg80211, or run tenken wifi on a computer with a radio; "
          + "captures made elsewhere are read with --read")
    case (ENETDOWN, _):
      self.init(
        .down, interface,
        ja: "\(ja)。インターフェースが停止しています。次を実行してください：sudo ip link set \(interface) up（RF-killと表示されたら先に rfkill unblock wifi）",
        en:
          "\(en): the interface is down; set it up with: sudo ip link set \(interface) up; if that speaks of RF-kill, first: rfkill unblock wifi"
      )
    case (ERFKILL, _):
      self.init(
        .switchedOff, interface, ja: "\(ja)。無線がスイッチまたはrfkillで切られています。次を実行してください：rfkill unblock wifi",
        en: "\(en): the radio is switched off; use its switch, or: rfkill unblock wifi")
    case (EBUSY, .tuning):
      self.init(
        .busy, interface,
        ja: "\(ja)。同じ無線カードの別のインターフェースが使用中です。監査の間は停止してください：sudo ip link set \(interface) down（iw devで一覧を表示）",
        en:
          "\(en): another interface of the same radio is in use; set it down for the audit: sudo ip link set \(interface) down "
          + "(iw dev lists them)")
    case (EBUSY, _):
      self.init(
        .busy, interface, ja: "\(ja)。無線カードが別の処理を実行中です。しばらく待って再実行してください。",
        en: "\(en): the radio is busy with something else; try again in a moment")
    case (ENODEV, _):
      self.init(
        .noInterface, interface, ja: "\(ja)。インターフェースがなくなりました。", en: "\(en): the interface has disappeared")
    case (EOPNOTSUPP, _):
      self.init(
        .unsupported, interface, ja: "\(ja)。このドライバー、または現在のモードでは対応していません。別の無線カードを使用してください。",
        en: "\(en): the driver, or the interface's present mode, does not support it; use another radio")
    default:
      let reason = Self.reason(number)
      self.init(.system, interface, ja: "\(ja)：\(reason)", en: "\(en): \(reason)")
    }
  }

  private static func reason(_ number: CInt) -> String {
    guard let text = unsafe strerror(number) else { return "errno \(number)" }
    return unsafe String(cString: text)
  }

  static func missing(_ interface: String) -> RadioError {
    RadioError(
      .noInterface, interface, ja: "このインターフェースはありません。iw devで無線インターフェースの一覧を表示できます。",
      en: "there is no such interface; iw dev lists the wireless ones")
  }

  static func wired(_ interface: String) -> RadioError {
    RadioError(
      .notWireless, interface, ja: "無線インターフェースではありません。iw devで無線インターフェースの一覧を表示できます。",
      en: "the interface is not wireless; iw dev lists those that are")
  }

  static func noMonitor(_ interface: String) -> RadioError {
    RadioError(
      .unsupported, interface, ja: "この無線カードはモニターモードに対応していません。--monitorを外すとカーネルのスキャンを使用します。",
      en: "the radio has no monitor mode; without --monitor the kernel's scan is used")
  }

  static func noEnd(_ interface: String) -> RadioError {
    RadioError(
      .timedOut, interface, ja: "スキャンが時間内に終わりませんでした。再実行しても続く場合は、無線カードのドライバーを再読み込みしてください。",
      en: "the scan did not end in time; if it happens again, reload the radio's driver")
  }

  static func aborted(_ interface: String) -> RadioError {
    RadioError(
      .busy, interface, ja: "スキャンが中止されました。ほかのプログラムが無線カードを使っている可能性があります。しばらく待って再実行してください。",
      en: "the scan was aborted, perhaps because another program uses the radio; try again in a moment")
  }

  static func noChannel(_ interface: String) -> RadioError {
    RadioError(
      .unsupported, interface, ja: "指定された帯域に、この無線カードで受信できるチャネルがありません。",
      en: "the radio has no channel to listen to in the bands that were asked for")
  }
}
