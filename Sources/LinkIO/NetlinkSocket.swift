internal import CLinux
internal import Glibc
internal import Records
internal import Wire

/// Questions to the kernel about routes, interfaces, addresses and neighbours (rtnetlink(7)).
final class NetlinkSocket {
  private let socket: OwnedDescriptor
  private var sequence: UInt32 = 0

  init() throws(LinkError) {
    let descriptor = CLinux_open_route_socket()
    guard descriptor >= 0 else {
      throw .system(-descriptor, ja: "経路情報のソケットを開けません", en: "cannot open a routing socket")
    }
    socket = OwnedDescriptor(adopting: descriptor)
  }

  /// A question with one answer.
  /// - Parameter subject: what it is about, for complaints.
  /// - Throws: ``LinkError/Code/noRoute`` when the kernel answers with an error.
  func ask(_ subject: String, _ request: (UInt32) -> [UInt8]) throws(LinkError) -> NetlinkMessage {
    try send(request, subject)
    // Answers to a question that timed out may still be queued in front.
    while true {
      if let answer = try receive(subject).first(where: { $0.sequence == sequence }) {
        try check(answer, subject)
        return answer
      }
    }
  }

  /// A question with many answers, to their end.
  func dump(_ subject: String, _ request: (UInt32) -> [UInt8]) throws(LinkError) -> [NetlinkMessage] {
    try send(request, subject)
    var answers: [NetlinkMessage] = []
    while true {
      for message in try receive(subject) where message.sequence == sequence {
        if message.kind == NetlinkMessage.Kind.done { return answers }
        try check(message, subject)
        answers.append(message)
      }
    }
  }

  /// Reads a value from an answer.
  func read<Value>(
    _ answer: NetlinkMessage, _ subject: String, _ parse: (NetlinkMessage) throws(WireError) -> Value
  ) throws(LinkError) -> Value {
    do throws(WireError) { return try parse(answer) } catch { throw Self.unreadable(subject, error) }
  }

  private func send(_ request: (UInt32) -> [UInt8], _ subject: String) throws(LinkError) {
    sequence &+= 1
    let octets = request(sequence)
    guard unsafe Glibc.send(socket.rawValue, octets, octets.count, 0) == octets.count else {
      throw .system(
        CLinux_errno(), ja: "カーネルに問い合わせできません（\(subject)）", en: "cannot ask the kernel about \(subject)")
    }
  }

  private func receive(_ subject: String) throws(LinkError) -> [NetlinkMessage] {
    // The kernel fills datagrams of a dump up to 32 KiB when the reader offers as much.
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe recv(socket.rawValue, &buffer, buffer.count, 0)
    guard count > 0 else {
      throw .system(
        CLinux_errno(), ja: "カーネルから応答がありません（\(subject)）", en: "no answer of the kernel about \(subject)")
    }
    do throws(WireError) {
      return try NetlinkMessage.parse(buffer.span.extracting(0..<count))
    } catch {
      throw Self.unreadable(subject, error)
    }
  }

  private func check(_ answer: NetlinkMessage, _ subject: String) throws(LinkError) {
    guard let number = answer.errorNumber, number != 0 else { return }
    let reason = errorText(number)
    throw LinkError(
      code: .noRoute, interface: "",
      text: LocalizedText(ja: "\(subject)への経路がありません：\(reason)", en: "no route to \(subject): \(reason)"))
  }

  private static func unreadable(_ subject: String, _ error: WireError) -> LinkError {
    LinkError(
      code: .system, interface: "",
      text: LocalizedText(
        ja: "カーネルの応答を読み取れません（\(subject)）：\(error)",
        en: "the kernel's answer about \(subject) is unreadable: \(error)"))
  }
}
