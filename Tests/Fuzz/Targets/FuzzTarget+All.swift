extension FuzzTarget {
  /// Every target, in the order in which Scripts/fuzz runs them.
  public static let all = [
    frames, netlink, pcapng, captures, textReplies, streamReplies, ssh, tls, dtls, wifi, nl80211, traffic,
    datagramReplies,
    streamProbes,
    datagramProbes,
    webProbes,
    logins, certificates, xml, pages, recognition, fingerprintFiles, documents, profiles, tables, sheets, journal,
    packs, course, sealing, redaction, schedules, workbooks,
    arguments,
  ]

  public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}
