/// The commented example that `tenken declarations template` writes. It reads back as it is.
public enum DeclarationsTemplate {
  public static let text = """
    # tenken declarations / 所有者による宣言
    # What the owner of the devices declares. Checks use it as their reference; that it is right is the owner's word.
    # 機器の所有者が宣言する内容です。検査の判断の基準になります。内容の正しさは宣言した方の責任です。
    # Check it with: tenken declarations check FILE
    version: 1

    # true: nothing goes in or out of the network / 外部と通信しない閉域網ならtrue(不明なら行ごと削除)
    closedNetwork: false

    # Kinds of devices with one list of services that may be open / 機器の種類と、開いていてよいサービス
    # A service is tcp/PORT or udp/PORT, a range tcp/8000-8010, or keys that also say what speaks there and why.
    # サービスは tcp/443 または udp/5000-5010 の形で書きます。プロトコルと理由も書けます。
    classes:
      camera:
        allow:
          - {service: tcp/443, protocol: https, why: "settings and live view / 設定・映像表示"}
          - {service: tcp/554, protocol: rtsp, why: "recorder / 録画装置への映像"}
      printer:
        allow: [tcp/631, tcp/9100]
    #  lamp:
    #    mud: lightbulb2000.json    # the maker's MUD file (RFC 8520) beside this file / メーカーのMUDファイル

    # Single devices, by MAC address (better) or address. Where an entry holds for a device, its list and that of its class
    # are the whole list: every other open port is reported.
    # 個々の機器(MACアドレスを推奨)。ここに書いた機器では、記載のない開放ポートはすべて指摘されます。
    devices: []
    #  - {device: "00:11:22:aa:bb:cc", class: camera}
    #  - device: [192.168.10.20, 192.168.10.21]
    #    allow: []                  # nothing may be open / 何も開いていてはならない

    # To be handled with care / 負荷に弱い機器、止められない機器
    fragile: []
    #  - {device: "00:11:22:aa:bb:01", why: "infusion pump / 医療機器"}
    #  - {device: 192.168.10.64/28, why: "PLC cell / 制御系", ot: true}

    # Parts of the network, and which may reach which / ネットワークの区画と、区画間で許す通信
    zones: []
    #  - {id: office, networks: [192.168.1.0/24]}
    #  - {id: iot, networks: [192.168.10.0/24]}
    reach: []
    #  - {from: office, to: iot, allow: [tcp/443]}    # or everything, nothing / everything、nothingも可
    #  - {from: iot, to: office, allow: nothing}

    # Where devices send their logs / ログの送信先
    logCollectors: []
    #  - 192.168.1.50

    # Who does what / 役割と担当
    roles: []
    #  - {role: "administrator / 管理者", who: "IT section / 情報システム課"}

    # What is required everywhere; leave a line out where nothing is decided / 全体の方針(未定の行は書かない)
    policies: {}
    #  encryptedLogs: true            # logs leave a device encrypted only / ログは暗号化して送る
    #  protectedUpdates: true         # updates come through a protected channel / 更新は保護された経路で行う
    #  wirelessLAN: false             # there is no wireless LAN / 無線LANは使っていない
    #  logsForAdministrators: true    # only administrators read logs / ログの閲覧は管理者のみ
    #  admissionControl: true         # devices must identify themselves to be admitted / 接続時に機器認証を行う

    # What a named person says of devices, or of the whole site when no device is named
    # 担当者が機器について述べる事実(deviceを省くと拠点全体)
    statements: []
    #  - {says: behind-gateway, device: 192.168.10.30, value: 192.168.10.1, by: "山田", at: 2026-11-30}
    #  - {says: unneeded, device: 192.168.10.40, value: upnp.enabled, by: "山田", at: 2026-11-30}
    #  - {says: retired, device: "00:11:22:aa:bb:02", by: "山田", at: 2026-11-30, why: "replaced / 更新済み"}

    """
}
