internal import CNotices
public import Notices

/// Hands a parcel to its receiver: once, within a time, and to nobody else.
public struct NoticeSender: Sendable {
  private static let connectMilliseconds: Int32 = 10_000
  private static let totalMilliseconds: Int32 = 30_000
  private static let room = 2048

  private let agent: String

  /// - Parameter agent: how this program names itself to web servers.
  public init(agent: String) { self.agent = agent }

  public func send(_ parcel: Parcel) -> DeliveryPlan.Attempt {
    switch parcel {
    case .webhook(let request): post(request)
    case .mail(let message, let program):
      // The recipients stand behind --, so that none is taken for an option; -i: a line with a point is text.
      run(
        [program, "-i", "-f", message.from, "--"] + message.to, ["PATH=/usr/sbin:/usr/bin:/bin", "LANG=C.UTF-8"],
        message.localOctets, seconds: 60)
    case .syslog(let receiver, let messages): log(receiver, messages)
    case .command(let words, let environment, let input, let seconds): run(words, environment, input, seconds: seconds)
    }
  }

  private static func limits(seconds: Int? = nil) -> CNotices_limits {
    CNotices_limits(
      connect_milliseconds: connectMilliseconds,
      total_milliseconds: seconds.map { Int32(clamping: $0 * 1000) } ?? totalMilliseconds, body_octets: 65_536)
  }

  private func post(_ request: WebhookRequest) -> DeliveryPlan.Attempt {
    let text =
      Self.list([request.url, request.authorityFile ?? "", request.proxy ?? "", agent] + request.fields) + request.body
    var answer = [UInt8](repeating: 0, count: Self.room)
    let result = unsafe CNotices_post(
      Self.limits(), text, Int32(text.count), Int32(request.fields.count), &answer, Int32(answer.count))
    let (address, words) = Self.words(answer.prefix(Int(result.answer_octets)))
    if result.handed {
      return DeliveryPlan.Attempt(status: Int(result.status), retryAfter: result.retry_after, by: address)
    }
    let problem = address.isEmpty ? words : "\(words) (\(address))"
    return result.refused ? .refused(problem) : .failed(problem)
  }

  private func log(_ receiver: NoticeSettings.Syslog.Receiver, _ messages: [[UInt8]]) -> DeliveryPlan.Attempt {
    let (transport, names) =
      switch receiver {
      case .socket(let path): (CNOTICES_UNIX, [path])
      case .udp(let host, let port): (CNOTICES_UDP, [host, "\(port)"])
      case .tcp(let host, let port): (CNOTICES_TCP, [host, "\(port)"])
      }
    let text =
      Self.list(names)
      + messages.flatMap { message in
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: message.count >> $0) } + message
      }
    var answer = [UInt8](repeating: 0, count: Self.room)
    let result = unsafe CNotices_syslog(
      Self.limits(), Int32(transport), text, Int32(text.count), &answer, Int32(answer.count))
    let (address, words) = Self.words(answer.prefix(Int(result.answer_octets)))
    return result.handed ? .delivered(by: address) : .failed("\(words) (\(address))")
  }

  /// EX_TEMPFAIL of sysexits.h.
  private static let later: Int32 = 75

  private func run(_ words: [String], _ environment: [String], _ input: [UInt8], seconds: Int) -> DeliveryPlan.Attempt {
    let (list, variables) = (Self.list(words), Self.list(environment))
    var answer = [UInt8](repeating: 0, count: Self.room)
    var count: Int32 = 0
    let status = unsafe CNotices_run(
      Self.limits(seconds: seconds), list, Int32(list.count), variables, Int32(variables.count), input,
      Int32(input.count), &answer, Int32(answer.count), &count)
    let program = words.first ?? ""
    let said =
      String(decoding: answer.prefix(Int(count)), as: UTF8.self).split(separator: "\n").last.map { ": \($0)" } ?? ""
    switch status {
    case 0: return .delivered(by: program)
    case -1: return .refused("\(program) could not be started")
    case -2: return .failed("\(program) was not done after \(seconds) s\(said)")
    case Self.later: return .failed("\(program) asks to come again (status 75)\(said)")
    default: return .refused("\(program) ended with status \(status)\(said)")
    }
  }

  static func list(_ words: [String]) -> [UInt8] { words.flatMap { Array($0.utf8.filter { $0 != 0 }) + [0] } }

  /// The address that was reached, and what went wrong.
  private static func words(_ octets: ArraySlice<UInt8>) -> (String, String) {
    let words = octets.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    return (words.first ?? "", words.count > 1 ? words[1] : "")
  }
}
