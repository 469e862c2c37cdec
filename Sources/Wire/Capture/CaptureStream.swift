/// A capture file, pcap or pcapng, read as it comes in pieces: what is held at a time is a piece and one record.
///
/// Give it the file's octets with ``feed(_:_:)``, and say ``finish()`` at its end.
public struct CaptureStream: Sendable {
  public enum Format: String, Hashable, Sendable, Codable { case pcap, pcapng }

  /// A captured frame; its octets come beside it.
  public struct Frame: Hashable, Sendable {
    /// By the numbers of draft-ietf-opsawg-pcaplinktype.
    public let linkType: UInt16
    /// Nanoseconds since 1970; nil where the file does not say.
    public let time: Int64?
    /// How long it was on the wire.
    public let length: Int
  }

  /// Why a file cannot be read further. Everything before it was handed over.
  public struct Fault: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
      /// It begins like neither format.
      case noCapture
      /// It is packed by gzip, zstd, xz or lz4.
      case compressed
      /// What stands there can be no record of the format.
      case malformed
      /// The file ends within the record that begins there.
      case truncated
    }

    public let kind: Kind
    /// Where in the file.
    public let offset: Int
  }

  /// What stands at a place of the file.
  enum Step: Hashable {
    /// A frame within the window; the next record begins at `next` of it.
    case frame(Frame, octets: Range<Int>, next: Int)
    /// Octets without a frame, which may go on beyond the window.
    case skip(Int)
    /// So many octets have to be in the window from this place on.
    case need(Int)
  }

  private enum Reader: Sendable {
    case pcap(ClassicCapture)
    case pcapng(PcapNGSections)
  }

  /// A record with its frame; longer ones have never been captured.
  static let longestRecord = 16 << 20

  private var reader: Reader?
  private var window: [UInt8] = []
  /// Where in the file the window begins.
  private var base = 0
  /// Octets of what comes next that nobody wants, and where the record began that they belong to.
  private var passing = 0
  private var passingFrom = 0
  private var fault: Fault?

  public init() {}

  /// nil until the file's first octets were read.
  public var format: Format? {
    switch reader {
    case .pcap: .pcap
    case .pcapng: .pcapng
    case nil: nil
    }
  }

  /// Takes the file's next octets.
  /// - Parameter take: gets each frame that is whole by now, in the file's order.
  /// - Throws: what is wrong with the file, and the same again whenever it is fed on.
  public mutating func feed(_ piece: [UInt8], _ take: (Frame, Span<UInt8>) -> Void) throws(Fault) {
    if let fault { throw fault }
    let passed = min(passing, piece.count)
    passing -= passed
    base += passed
    let octets = window.isEmpty && passed == 0 ? piece : window + piece[passed...]
    window = []
    do throws(Fault) {
      let read = try read(octets.span, take)
      window = Array(octets[read...])
    } catch {
      fault = error
      throw error
    }
  }

  /// Says that no more comes.
  /// - Throws: when the file ended within a record, or before anything could be told of it.
  public func finish() throws(Fault) {
    if let fault { throw fault }
    if reader == nil {
      throw Fault(kind: window.count >= 4 && Self.begins(window.span) ? .truncated : .noCapture, offset: 0)
    }
    if passing > 0 { throw Fault(kind: .truncated, offset: passingFrom) }
    if !window.isEmpty { throw Fault(kind: .truncated, offset: base) }
  }

  /// - Returns: how many octets of the window were read.
  private mutating func read(
    _ window: Span<UInt8>, _ take: (Frame, Span<UInt8>) -> Void
  ) throws(Fault) -> Int {
    var offset = 0
    if reader == nil {
      guard window.count >= ClassicCapture.headerLength else {
        if window.count >= 4 { try Self.mustBegin(window) }
        return 0
      }
      offset = try begin(window)
    }
    while offset < window.count {
      let step: Step
      do throws(WireError) {
        step = try self.step(window, at: offset)
      } catch {
        throw Fault(kind: .malformed, offset: base + offset)
      }
      switch step {
      case .frame(let frame, let octets, let next):
        take(frame, window.extracting(octets))
        offset = next
      case .skip(let count):
        let here = min(count, window.count - offset)
        (passing, passingFrom) = (count - here, base + offset)
        offset += here
      case .need:
        base += offset
        return offset
      }
    }
    base += offset
    return offset
  }

  private mutating func begin(_ window: Span<UInt8>) throws(Fault) -> Int {
    try Self.mustBegin(window)
    if let capture = try? ClassicCapture(parsing: window) {
      reader = .pcap(capture)
      return ClassicCapture.headerLength
    }
    reader = .pcapng(PcapNGSections())
    return 0
  }

  private static func begins(_ window: Span<UInt8>) -> Bool {
    switch window.bigEndian32(at: 0) {
    case 0xa1b2_c3d4, 0xa1b2_3c4d, 0xd4c3_b2a1, 0x4d3c_b2a1, PcapNG.BlockType.sectionHeader.rawValue: true
    default: false
    }
  }

  private static func mustBegin(_ window: Span<UInt8>) throws(Fault) {
    if begins(window) { return }
    let packed: Bool =
      switch window.bigEndian32(at: 0) {
      case 0x1f8b_0000...0x1f8b_ffff, 0x28b5_2ffd, 0xfd37_7a58, 0x0422_4d18: true
      default: false
      }
    throw Fault(kind: packed ? .compressed : .noCapture, offset: 0)
  }

  private mutating func step(_ window: Span<UInt8>, at offset: Int) throws(WireError) -> Step {
    switch reader {
    case .pcap(let capture): return try Self.step(capture, window, at: offset)
    case .pcapng(var sections):
      let step = try sections.step(window, at: offset)
      reader = .pcapng(sections)
      return step
    case nil: return .need(ClassicCapture.headerLength)
    }
  }

  private static func step(
    _ capture: ClassicCapture, _ window: Span<UInt8>, at offset: Int
  ) throws(WireError) -> Step {
    do throws(WireError) {
      guard let record = try capture.record(in: window, at: offset) else { return .need(1) }
      return .frame(
        Frame(linkType: capture.linkType, time: record.time, length: record.length), octets: record.frame,
        next: record.frame.upperBound)
    } catch .truncated(let needed, _) {
      return .need(needed - offset)
    } catch {
      throw error
    }
  }
}
