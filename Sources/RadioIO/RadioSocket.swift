internal import CNL80211
internal import Glibc
internal import Wire

/// A socket to nl80211: questions, their answers, and what the kernel tells a group.
final class RadioSocket {
  typealias Attribute = NL80211Message.Attribute

  /// One thing that a request says.
  enum Argument {
    case number(UInt16, UInt32)
    case text(UInt16, String)
    case flag(UInt16)
    case numbers(UInt16, [UInt32])
    /// Every network shall answer.
    case anyName(UInt16)
  }

  private let number: CInt
  private let family: UInt16
  private let interface: String
  /// The kernel gives at most 32 KiB of a dump at a time.
  private static let capacity = 1 << 16
  /// A question is answered from the kernel's memory.
  private static let patience: CInt = 2000
  private var buffer = [UInt8](repeating: 0, count: capacity)

  init(for interface: String) throws(RadioError) {
    self.interface = interface
    number = CNL80211_open()
    guard number >= 0 else { throw RadioError(-number, interface, .opening) }
    family = UInt16(clamping: CNL80211_family(number))
  }

  deinit { CNL80211_close(number) }

  func join(_ group: String) throws(RadioError) {
    let status = unsafe CNL80211_join(number, group)
    guard status == 0 else { throw RadioError(-status, interface, .opening) }
  }

  /// Asks and waits for all that is answered.
  /// - Returns: messages; none for a mere acknowledgement.
  func ask(
    _ command: UInt8, dump: Bool = false, _ arguments: [Argument], _ attempt: RadioError.Attempt
  ) throws(RadioError) -> [NL80211Message] {
    let sequence = try send(command, dump: dump, arguments, attempt)
    var answers: [NL80211Message] = []
    while true {
      let messages = try receive(Self.patience, attempt)
      guard !messages.isEmpty else { throw RadioError(ETIMEDOUT, interface, attempt) }
      for message in messages where message.sequence == sequence {
        if let problem = message.errorNumber {
          guard problem == 0 else { throw RadioError(problem, interface, attempt) }
          return answers
        }
        if message.kind == NetlinkMessage.Kind.done { return answers }
        if let answer = try? NL80211Message(parsing: message, family: family) { answers.append(answer) }
      }
    }
  }

  /// What the kernel tells the groups that were joined; empty when it was silent for so long.
  func told(within milliseconds: Int64) throws(RadioError) -> [NL80211Message] {
    try receive(CInt(clamping: milliseconds), .asking).compactMap { try? NL80211Message(parsing: $0, family: family) }
  }

  private func send(
    _ command: UInt8, dump: Bool, _ arguments: [Argument], _ attempt: RadioError.Attempt
  ) throws(RadioError) -> UInt32 {
    var status = CNL80211_begin(number, command, dump)
    for argument in arguments where status == 0 { status = put(argument) }
    var sequence: UInt32 = 0
    if status == 0 { status = unsafe CNL80211_send(number, &sequence) }
    guard status == 0 else { throw RadioError(-status, interface, attempt) }
    return sequence
  }

  private func put(_ argument: Argument) -> CInt {
    switch argument {
    case .number(let attribute, let value): CNL80211_put_number(number, attribute, value)
    case .text(let attribute, let text): unsafe CNL80211_put_text(number, attribute, text)
    case .flag(let attribute): CNL80211_put_flag(number, attribute)
    case .numbers(let attribute, let values): unsafe CNL80211_put_numbers(number, attribute, values, CInt(values.count))
    case .anyName(let attribute): CNL80211_put_any_name(number, attribute)
    }
  }

  private func receive(_ milliseconds: CInt, _ attempt: RadioError.Attempt) throws(RadioError) -> [NetlinkMessage] {
    let count = unsafe CNL80211_receive(number, &buffer, CInt(Self.capacity), milliseconds)
    guard count >= 0 else { throw RadioError(-count, interface, attempt) }
    let octets = buffer
    do {
      return try NetlinkMessage.parse(octets.span.extracting(0..<Int(count)))
    } catch {
      // The kernel's own lengths are right, or this is not nl80211.
      throw RadioError(EBADMSG, interface, attempt)
    }
  }
}
