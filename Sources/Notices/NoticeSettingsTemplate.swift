/// The example that `tenken notices init` writes.
public enum NoticeSettingsTemplate {
  public static let text = """
    # Who is told what of scheduled runs. / 定期検査の結果を誰に何を知らせるか。
    # tenken notices check FILE   reads this file and says what it means / 内容の確認
    # tenken notices test FILE    sends a test to each channel / 送信テスト
    # Notices go to the receivers named here and to nobody else. / 通知の送信先はここに書いたものだけです。
    version: 1

    # The first language is that of subjects and log lines. / 件名とログには先頭の言語を使います。
    languages: [ja, en]
    utcOffset: "+09:00"

    # What is told. Further topics: gone-device, changed, fixed. Where nothing of it happened, nothing is sent.
    # 知らせる事柄。ほかに gone-device、changed、fixed も選べます。該当がなければ何も送りません。
    on: [regressed, new-finding, new-device, first-run, expired-exception, distress, interrupted, skipped, failed]
    # Findings below it are not told: info, low, medium, high, critical / 知らせる指摘の下限
    level: medium
    # Entries in one notice at most; the rest is counted. / 1件の通知に載せる項目数の上限
    entries: 50

    # Once a week, also when nothing changed. / 週に1回、変化がなくても送ります。
    digest: { weekday: monday, at: "08:00" }

    # Each channel may have its own languages, on, level, and digest: false. / チャネルごとに languages、on、level、digest: false を指定できます。
    channels:
      # The syslog daemon of this computer; or a socket's path, udp://host:514, tcp://host:601 (RFC 5424).
      - { name: log, type: syslog, to: local, facility: local0 }

      # - name: mail
      #   type: email
      #   from: tenken@example.jp
      #   to: [ops@example.jp]
      #   # program: /usr/sbin/sendmail

      # A web hook gets JSON (Docs/OutputSchema/notice.schema.json), signed when there is a secretFile. Secrets stand in files that only
      # their owner can read (chmod 600). / 秘密情報は所有者だけが読めるファイル(chmod 600)に置きます。
      # - name: hook
      #   type: webhook
      #   url: https://hooks.example.jp/tenken
      #   secretFile: /etc/tenken/hook.key
      #   # tokenFile: /etc/tenken/hook.token      # sent as it stands, in this header:
      #   # tokenHeader: Authorization
      #   # caFile: /etc/tenken/our-ca.pem         # instead of the system's authorities
      #   # proxy: http://proxy.example.jp:3128    # the environment's proxy is not used
      #   # body: text                             # {"text": "…"} instead
      #   # urlFile: /etc/tenken/hook.url          # instead of url, for a URL that is a secret itself / URL自体が秘密の場合

      # For the textfile collector of Prometheus' node exporter. / Prometheus node exporter用
      # - { name: metrics, type: metrics, file: /var/lib/prometheus/node-exporter/tenken.prom }

      # Any program: the notice as JSON on its standard input, no shell. / 任意のプログラム(標準入力にJSON、シェルなし)
      # - { name: own, type: command, command: [/usr/local/bin/tell-ops, --quiet], seconds: 30 }

    """
}
