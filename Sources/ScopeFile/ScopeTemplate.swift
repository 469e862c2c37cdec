/// The commented example that `tenken scope init` writes.
public enum ScopeTemplate {
  /// - Parameters:
  ///   - networks: what is in scope; empty leaves the list empty, and nothing may be sent until
  ///     somebody fills it in.
  ///   - from, until: the validity window as RFC 3339 text.
  public static func text(
    id: String, customer: String, site: String, operator: String, networks: [String], from: String, until: String
  ) -> String {
    let list = networks.map(quoted).joined(separator: ", ")
    return """
      # tenken scope / 検査の許可範囲
      # Nothing is sent that this file does not allow; exclusions win over permissions.
      # ここで許可していないことは何も送信されません。除外は許可より優先されます。
      # Check it with: tenken scope check FILE
      version: 1

      engagement:
        id: \(quoted(id))              # engagement number / 案件番号
        customer: \(quoted(customer))        # 顧客
        site: \(quoted(site))            # 拠点
        operator: \(quoted(`operator`))        # who runs tenken / 実施者

      # The window agreed with the customer, with UTC offset. Outside it nothing is sent.
      # 顧客と合意した期間(時差つき)。期間外は何も送信されません。
      valid:
        from: \(quoted(from))
        until: \(quoted(until))

      # In which offset times are shown to people / 時刻の表示
      utcOffset: "+09:00"

      # Networks, ranges or single addresses in scope, IPv4 and IPv6 / 対象のネットワーク(IPv4・IPv6)
      # A device that has IPv6 has a link-local address. fe80::/10 puts those of the own link in scope;
      # only then are all of its nodes asked at once (ff02::1).
      # fe80::/10 を加えると、同じリンクのIPv6機器も対象になり、全機器への問い合わせ(ff02::1)を行います。
      networks: [\(list)]\(networks.isEmpty ? "   # for example [192.168.10.0/24]" : "")

      # Never touched: address, range, block or MAC address, with the reason / 対象外
      # An excluded address gets no frame at all. A MAC address is known only after ARP was answered,
      # so exclude the address too where you know it. Broadcast questions about *other* addresses
      # reach every device of a segment. While a MAC address or a link-local address is excluded, no
      # question goes to all IPv6 nodes at once, because the excluded device would answer it too.
      exclude: []
      #  - {target: 192.168.10.5, reason: "infusion pump / 医療機器"}
      #  - {target: 192.168.10.64/28, reason: "PLC cell / 制御系"}

      # What may be done / 許可する検査手法
      techniques:
        - passive                  # listen to broadcasts, sending nothing / ブロードキャストの傍受(送信なし)
        - arp-discovery            # ask who is there / ARPによる機器の発見
        - icmp-echo                # ping single addresses / 個々のアドレスへのping
        - tcp-syn                  # which TCP ports answer / TCPポートの確認
        - service-questions   # connect, listen, ask harmless questions / 接続して応答を待ち、害のない問い合わせを行う
      #  - ipv6-discovery          # ask who has which IPv6 address / IPv6による機器の発見
      #  - udp-probe               # harmless questions to UDP ports / UDPポートへの無害な問い合わせ
      #  - ot-identify             # also industrial control ports, not even a SYN without it / 制御系プロトコルのポートも対象
      #  - tls-vulnerability       # provoke known TLS faults such as Heartbleed; old stacks may hang / TLSの既知の欠陥の確認(古い機器は停止することがあります)
      #  - default-credentials     # logins with makers' known passwords, only with a consent below / 初期パスワードの確認
      #  - credential-list         # about 60 published pairs, where nothing is known to lock / ロックが知られていない機器で約60組の公開パスワード

      #  - wifi-listen             # hear Wi-Fi in monitor mode, sending nothing / Wi-Fiの受信(送信なし)
      #  - wifi-scan               # the kernel's own scan for Wi-Fi networks / カーネルによるWi-Fiの探索

      # Wi-Fi networks that may be judged; others are counted and not named. Exact names (0x… for octets that are no UTF-8), BSSIDs.
      # 点検してよいWi-Fiネットワーク。ほかのネットワークは数だけを数え、名前は表示しません。名前(UTF-8でないものは0x…)またはBSSID。
      # wifi:
      #   ssids: ["factory-iot"]
      #   bssids: ["00:11:22:33:44:55"]    # also one that hides its name / 名前を隠すネットワークも
      #   exclude: {ssids: ["guest"], bssids: []}

      # Whoever administers the access to devices (アクセス管理者; on leased or carrier-managed devices not the customer)
      # agreed on paper that passwords are tried there. Without it no password is ever entered.
      # パスワードの入力には、機器のアクセス管理者の書面による同意が必要です。書面の写しはこのファイルと同じフォルダーに置きます。
      consents: []
      # consents:
      #   - group: "cameras, 2nd floor / 2階カメラ"
      #     devices: [192.168.10.0/26, "00:11:22:33:44:55"]    # addresses, ranges, MAC addresses / アドレス・範囲・MACアドレス
      #     administrator: {name: "name / 氏名", organisation: "organisation / 組織"}
      #     techniques: [default-credentials]
      #     valid: {from: \(quoted(from)), until: \(quoted(until))}
      #     paper: {file: consent.pdf, sha256: "what sha256sum prints / sha256sumの出力"}

      # Ceilings in frames a second; the command line may only ask for less. 0 lifts the ceiling.
      # 送信速度の上限(フレーム/秒)。コマンドラインではこれより遅くすることだけができます。0は上限なしです。
      rates:
        perDevice: 100
        total: 20000

      """
  }

  /// A double-quoted scalar (YAML 1.2 §7.3.1) that reads back as exactly `text`.
  ///
  /// Goes by scalars, since CR LF, or a quote with a combining mark, is one `Character`.
  private static func quoted(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\"": escaped += "\\\""
      case "\n": escaped += "\\n"
      case "\r": escaped += "\\r"
      case "\t": escaped += "\\t"
      // Control characters, the line ends of Unicode and a byte order mark are no YAML text.
      case "\0"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{2028}", "\u{2029}", "\u{feff}", "\u{fffe}", "\u{ffff}":
        let digits = String(scalar.value, radix: 16)
        escaped += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return "\"\(escaped)\""
  }
}
