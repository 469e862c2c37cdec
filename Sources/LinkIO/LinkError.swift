internal import Glibc
public import Records

/// The kernel refused something about an interface.
public struct LinkError: Error, Hashable, Sendable {
  /// What could not be done. More kinds may come, so this is no enum.
  public struct Code: Hashable, Sendable {
    private let name: String
    private init(_ name: String) { self.name = name }
    /// The process may not use raw sockets.
    public static let notPermitted = Code("not-permitted")
    public static let noRoute = Code("no-route")
    public static let unsuitableInterface = Code("unsuitable-interface")
    public static let interfaceDown = Code("interface-down")
    public static let refusedByScope = Code("refused-by-scope")
    public static let system = Code("system")
  }

  public let code: Code
  /// Empty when the error is about no interface.
  public let interface: String
  /// What happened and, where somebody can do something about it, what.
  public let text: LocalizedText

  public init(code: Code, interface: String, text: LocalizedText) {
    self.code = code
    self.interface = interface
    self.text = text
  }

  /// ``text`` in English.
  public var message: String { text.en }
}

extension LinkError: CustomStringConvertible {
  public var description: String { interface.isEmpty ? message : "\(interface): \(message)" }
}

extension LinkError {
  /// An error of the kernel with its number.
  static func system(_ number: CInt, _ interface: String = "", ja: String, en: String) -> LinkError {
    let reason = errorText(number)
    return LinkError(
      code: .system, interface: interface, text: LocalizedText(ja: "\(ja)：\(reason)", en: "\(en): \(reason)"))
  }

  /// The same, telling apart that the process lacks a right.
  static func opening(_ number: CInt, _ interface: String, ja: String, en: String) -> LinkError {
    guard number == EPERM || number == EACCES else { return system(number, interface, ja: ja, en: en) }
    let command = "sudo setcap cap_net_raw,cap_net_admin=eip $(command -v tenken)"
    return LinkError(
      code: .notPermitted, interface: interface,
      text: LocalizedText(
        ja: "\(ja)。rawソケットにはCAP_NET_RAWが必要です。sudoを付けてtenkenを実行するか、一度だけ次を実行してください：\(command)。"
          + "権限が得られない場合は、--unprivilegedを付けると通常の接続で検査します。",
        en: "\(en): raw sockets need CAP_NET_RAW; run tenken with sudo, or once: \(command); without "
          + "that right, --unprivileged probes by ordinary connections"))
  }

  /// The cable, the switch port or the interface itself is gone.
  public static func down(_ interface: String) -> LinkError {
    LinkError(
      code: .interfaceDown, interface: interface,
      text: LocalizedText(
        ja: "このコンピューター側のリンクが切れたため、送信を止めました。ケーブルやWi-Fiに心当たりがなければ、スイッチが監査用のポートを停止した可能性があります（DAI、ポートセキュリティ）。"
          + "ネットワーク管理者にポートの再開を依頼し、--link managed-switch（ARPの問い合わせを毎秒10回以下に抑える）を付けて再実行してください。",
        en: "the link of this computer's own interface went down, and sending stopped. If nobody pulled the cable or "
          + "left the Wi-Fi network, the switch has probably disabled the auditor's port (DAI, port security). Ask the "
          + "network's administrator to enable it again, then start with --link managed-switch, which keeps ARP "
          + "questions to 10 a second."))
  }
}
