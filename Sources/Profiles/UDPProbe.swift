public import Records

/// A question in one datagram that a service of one protocol answers and that changes nothing: a file
/// of Profiles/udp. Never empty, never sent to a port that may print.
///
/// A probe carries a transaction, chosen by the caller (keyed and different for each device, port and
/// try), where its protocol has room for one; an answer is believed only when it carries it back.
public struct UDPProbe: Hashable, Sendable {
  /// A piece of a datagram, in order.
  public enum Part: Hashable, Sendable {
    case octets([UInt8])
    /// The transaction's low 1 … 4 octets, the most significant first.
    case token(octets: Int)
    /// The transaction as eight lower-case hexadecimal digits.
    case tokenDigits
  }

  /// A kind of answer: all conditions hold.
  public struct Answer: Hashable, Sendable {
    /// Octets that must stand at a place, as far as the mask has ones.
    public struct Fixed: Hashable, Sendable {
      public let offset: Int
      public let octets: [UInt8]
      /// As long as `octets`.
      public let mask: [UInt8]
    }

    /// Where the transaction comes back.
    public enum Token: Hashable, Sendable {
      /// Its low octets at this offset.
      case at(offset: Int, octets: Int)
      /// Anywhere, right after `prefix` (which may be empty).
      case anywhere(prefix: [UInt8], octets: Int)
      /// Anywhere, as eight hexadecimal digits, upper or lower case.
      case digits
    }

    /// The fewest octets.
    public let minimum: Int
    public let fixed: [Fixed]
    /// Octets that must occur somewhere.
    public let contains: [[UInt8]]
    /// nil where the protocol does not send a transaction back: then address and ports alone say
    /// whose answer it is.
    public let token: Token?
  }

  /// The file's name without its extension.
  public let id: String
  public let title: LocalizedText
  /// What an answer identifies.
  public let protocolName: ProtocolName
  /// Destination ports.
  public let ports: [UInt16]
  /// What the scope must name: ``Technique/udpProbe`` or ``Technique/otIdentify``.
  public let technique: Technique
  /// The port to send from where the protocol sends answers to a port of its own; nil = any.
  public let sourcePort: UInt16?
  /// Answers may come from a port other than the one that was asked.
  public let answersFromAnyPort: Bool
  public let parts: [Part]
  /// At least one; any of them is an answer.
  public let answers: [Answer]
  /// What it does to the other side.
  public let effect: LocalizedText
  /// Where answers may be much larger than the question: how large, and why.
  public let amplification: LocalizedText?
  /// The specification, with its section.
  public let source: String
  /// Datagrams that are answers, and that are not, to the transaction that fills their tokens.
  public let examples: [[Part]]
  public let counterexamples: [[Part]]

  /// The datagram, without any header; 1 … 1232 octets.
  public func payload(transaction: UInt32) -> [UInt8] { UDPProbe.octets(of: parts, transaction: transaction) }

  /// True when a datagram from the probed device answers the probe with this transaction.
  ///
  /// Addresses and ports have been compared by the caller. Any octets may be passed.
  public func isAnswer(_ octets: Span<UInt8>, transaction: UInt32) -> Bool {
    answers.contains { $0.matches(octets, transaction: transaction) }
  }

  /// True when the octets of ``payload(transaction:)`` depend on the transaction and every kind of
  /// answer carries it.
  public var isAttributable: Bool { answers.allSatisfy { $0.token != nil } }

  static func octets(of parts: [Part], transaction: UInt32) -> [UInt8] {
    parts.flatMap { part in
      switch part {
      case .octets(let octets): octets
      case .token(let count): token(transaction, octets: count)
      case .tokenDigits: token(transaction, octets: 4).flatMap { [digit($0 >> 4), digit($0 & 15)] }
      }
    }
  }

  fileprivate static func token(_ transaction: UInt32, octets count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: transaction >> (8 * UInt32($0))) }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}

extension UDPProbe.Answer {
  fileprivate func matches(_ octets: Span<UInt8>, transaction: UInt32) -> Bool {
    guard octets.count >= minimum else { return false }
    for fixed in fixed where !fixed.matches(octets) { return false }
    for wanted in contains where !find(wanted, in: octets, ignoringCase: false) { return false }
    switch token {
    case nil: return true
    case .at(let offset, let count):
      return stands(UDPProbe.token(transaction, octets: count), at: offset, in: octets, ignoringCase: false)
    case .anywhere(let prefix, let count):
      return find(prefix + UDPProbe.token(transaction, octets: count), in: octets, ignoringCase: false)
    case .digits:
      return find(UDPProbe.octets(of: [.tokenDigits], transaction: transaction), in: octets, ignoringCase: true)
    }
  }
}

extension UDPProbe.Answer.Fixed {
  fileprivate func matches(_ datagram: Span<UInt8>) -> Bool {
    guard datagram.count - octets.count >= offset else { return false }
    return octets.indices.allSatisfy { datagram[offset + $0] & mask[$0] == octets[$0] & mask[$0] }
  }
}

private func stands(_ wanted: [UInt8], at offset: Int, in octets: Span<UInt8>, ignoringCase: Bool) -> Bool {
  guard octets.count - wanted.count >= offset else { return false }
  for index in wanted.indices {
    var octet = octets[offset + index]
    if ignoringCase, (0x41...0x5a).contains(octet) { octet |= 0x20 }
    if octet != wanted[index] { return false }
  }
  return true
}

private func find(_ wanted: [UInt8], in octets: Span<UInt8>, ignoringCase: Bool) -> Bool {
  var offset = 0
  while octets.count - wanted.count >= offset {
    if stands(wanted, at: offset, in: octets, ignoringCase: ignoringCase) { return true }
    offset += 1
  }
  return false
}
