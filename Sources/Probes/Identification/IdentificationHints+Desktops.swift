internal import Records
internal import Wire

// What desktops and file servers are asked to be known.
extension IdentificationHints {
  /// Offers every security that there is, so that each server chooses one (MS-RDPBCGR 2.2.1.1).
  static let rdp = IdentificationQuestion(
    title: LocalizedText(ja: "RDPの接続要求", en: "an RDP connection request"),
    octets: RDPNegotiation.request([.tls, .credSSP]),
    recognise: { answer in
      switch try? RDPNegotiation.answer(parsing: answer.span) {
      // A disconnection is said by other users of the transport, such as controllers (S7), as well.
      case nil, .disconnected: nil
      case .selected, .refused, .withoutNegotiation:
        .init(
          protocolName: .rdp,
          basis: LocalizedText(
            ja: "X.224の接続確認(MS-RDPBCGR 2.2.1.2)", en: "X.224 connection confirm (MS-RDPBCGR 2.2.1.2)"))
      }
    })

  /// A negotiation of SMB 2 and 3 (MS-SMB2 2.2.3): no log-on, no session.
  static func smb(_ seed: UInt64) -> IdentificationQuestion {
    IdentificationQuestion(
      title: LocalizedText(ja: "SMB 2の交渉", en: "an SMB 2 negotiation"),
      octets: SMBNegotiateRequest.smb2(clientID: (seed, ~seed)),
      recognise: { answer in
        guard (try? SMBNegotiateAnswer(parsing: answer.span)) != nil else { return nil }
        return .init(
          protocolName: .smb,
          basis: LocalizedText(ja: "SMBの交渉への応答(MS-SMB2 2.2.4)", en: "an SMB negotiation response (MS-SMB2 2.2.4)"))
      })
  }
}
