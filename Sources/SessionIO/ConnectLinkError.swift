internal import Addressing
internal import Authority
public import Records

/// Why a run by ordinary connections cannot go on.
public struct ConnectLinkError: Error, Hashable, Sendable {
  /// More kinds may come, so this is no enum.
  public struct Code: Hashable, Sendable {
    private let name: String
    private init(_ name: String) { self.name = name }
    /// The gate said no; nothing was sent.
    public static let refusedByScope = Code("refused-by-scope")
    /// A frame that no connection can stand for: a defect above. Nothing was sent.
    public static let notASYN = Code("not-a-syn")
    /// This host keeps failing to connect.
    public static let local = Code("local")
  }

  public let code: Code
  /// What happened and, where somebody can do something about it, what.
  public let text: LocalizedText

  static func refused(_ refusal: Refusal) -> ConnectLinkError {
    ConnectLinkError(code: .refusedByScope, text: LocalizedText(ja: "\(refusal)", en: "\(refusal)"))
  }

  static func notASYN(octets: Int) -> ConnectLinkError {
    ConnectLinkError(
      code: .notASYN,
      text: LocalizedText(
        ja: "通常の接続では送れないフレームです（\(octets)オクテット）。",
        en: "a frame of \(octets) octets is no SYN, and nothing else can be sent by ordinary connections"))
  }

  static func local(errno number: Int32, _ reason: String, _ address: IPAddress) -> ConnectLinkError {
    ConnectLinkError(
      code: .local,
      text: LocalizedText(
        ja: "このコンピューターから\(address)へ接続を開始できない状態が続いたため、検査を止めました（\(reason)、errno \(number)）。"
          + "機器の状態を示すものではありません。経路、ファイアウォール、開けるファイル数（ulimit -n）を確認して再実行してください。",
        en:
          "this computer kept failing to begin connections to \(address), and the run stopped (\(reason), errno \(number)). "
          + "That says nothing about the device. Check routes, the local firewall and the number of open files "
          + "(ulimit -n), then run again."))
  }
}

extension ConnectLinkError: CustomStringConvertible {
  public var description: String { text.en }
}
