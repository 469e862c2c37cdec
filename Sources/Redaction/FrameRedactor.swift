internal import Addressing
public import Wire

/// Masks frames with what came before them in mind: what announces a secret and the secret itself may stand in two segments of a
/// TCP connection.
///
/// A value that begins at the end of one segment is followed into the next ones, also when they are sent again. Where segments are
/// missing or out of order, each is read by itself.
public struct FrameRedactor: Sendable {
  private struct Key: Hashable {
    let source: IPAddress
    let destination: IPAddress
    let sourcePort: UInt16
    let destinationPort: UInt16
  }

  private struct Stream {
    /// The octet that comes next (RFC 9293 §3.4).
    var next: UInt32
    /// What went before it, as far as it matters.
    var context: [UInt8]
    /// The same of the last segments, which may come again.
    var begun: [(sequence: UInt32, context: [UInt8])] = []
  }

  private let redactor: Redactor
  private var streams: [Key: Stream] = [:]

  private static let mostStreams = 4096
  private static let mostRepeated = 8

  public init(_ redactor: Redactor) { self.redactor = redactor }

  /// A frame in its turn; nil where nothing is to be masked.
  public mutating func masked(_ frame: CapturedFrame) -> Masked? {
    guard let read = try? InboundFrame(parsing: frame.octets.span), case .tcp(let header, let payload) = read.content,
      let source = read.source, let destination = read.destination
    else { return redactor.masked(frame.octets) }
    let key = Key(
      source: source, destination: destination, sourcePort: header.sourcePort, destinationPort: header.destinationPort)
    if header.flags.contains(.syn) { streams[key] = nil }
    guard !payload.isEmpty else { return redactor.masked(frame.octets) }
    let known = streams[key]
    let context =
      known?.next == header.sequence
      ? known?.context ?? [] : known?.begun.first { $0.sequence == header.sequence }?.context ?? []
    // What the capture cut off was sent all the same.
    let sent = payload.count + max(0, Int(frame.originalLength) - frame.octets.count)
    let next = header.sequence &+ UInt32(truncatingIfNeeded: sent)
    if known.map({ Int32(bitPattern: next &- $0.next) > 0 }) ?? true {
      follow(key, header.sequence, next, context, frame.octets[payload])
    }
    guard !context.isEmpty else { return redactor.masked(frame.octets) }
    return redactor.masked(frame.octets, part: payload, after: context)
  }

  private mutating func follow(
    _ key: Key, _ sequence: UInt32, _ next: UInt32, _ context: [UInt8], _ payload: ArraySlice<UInt8>
  ) {
    var stream = streams[key] ?? Stream(next: next, context: [])
    stream.begun = (stream.begun + [(sequence, context)]).suffix(Self.mostRepeated)
    stream.next = next
    stream.context = redactor.context(of: context + payload)
    if streams.count >= Self.mostStreams { streams.removeAll(keepingCapacity: true) }
    streams[key] = stream
  }
}

extension Redactor {
  /// Masks octets of which a part goes on where others ended.
  func masked(_ octets: [UInt8], part: Range<Int>, after context: [UInt8]) -> Masked? {
    let joined = context + octets[part]
    let further = allSpans(in: joined).compactMap { span -> Span? in
      guard span.range.upperBound > context.count else { return nil }
      var lower = max(span.range.lowerBound, context.count)
      lower += (lower - span.range.lowerBound) % span.step
      let shift = part.lowerBound - context.count
      guard lower < span.range.upperBound else { return nil }
      return Span(range: lower + shift..<span.range.upperBound + shift, rule: span.rule, step: span.step)
    }
    // By itself the part may look otherwise: the end of "Set-Cookie:" is another header field.
    return masked(octets, allSpans(in: octets).filter { !$0.range.overlaps(part) } + further)
  }

  /// The end of the octets, as far as what comes behind them has to be read with it in mind. Of a value that has not ended yet its
  /// beginning, with what announces it.
  func context(of octets: [UInt8]) -> [UInt8] {
    let open = allSpans(in: octets).filter { $0.range.upperBound > octets.count - $0.step }.map(\.range.lowerBound)
      .min()
    guard let open, octets.count - open > Self.begun else { return Array(octets.suffix(Self.contextLength)) }
    return Array(octets[max(0, open - Self.contextLength + Self.begun)..<open + Self.begun])
  }

  private static let contextLength = 512
  /// Of a value that goes on; even, for UTF-16.
  private static let begun = 16
}
