public import Addressing
public import Engine
public import Records

/// `data/progress/ports.jsonl`: what the ports of an unfinished run came to, a line for each address
/// and second, and the counts of frames at that time.
///
///     {"address":"10.0.0.5","device":"dev-001122334455","closed":"0-999,1001","silent":"1000","figures":[1002,…]}
///
/// Ports are given by their turn (``ProbeSpace``) in runs: answers come in about the order of the
/// questions, so a line stays short where port numbers would fill it. Open ports are not here; the
/// run's record has them, with all that follows from them.
public enum PortJournal {
  /// A line.
  public struct Line: Hashable, Sendable {
    public var address: IPAddress
    public var device: DeviceID
    /// Turns, ascending.
    public var closed: [ClosedRange<Int>] = []
    public var silent: [ClosedRange<Int>] = []
    /// Places of UDP questions.
    public var datagramsClosed: [ClosedRange<Int>] = []
    public var datagramsSilent: [ClosedRange<Int>] = []
    public var figures = SettledPorts.Figures()

    public init(address: IPAddress, device: DeviceID) {
      self.address = address
      self.device = device
    }
  }

  /// The line, with its line feed, for what the ports of an address came to.
  public static func line(_ settled: SettledPorts, space: ProbeSpace) -> [UInt8] {
    var writer = Writer()
    let device = settled.mac.map { DeviceID(mac: $0) } ?? DeviceID(address: settled.address)
    writer.put("{\"address\":\"\(settled.address)\",\"device\":\"\(device.rawValue)\"")
    writer.runs("closed", TurnSet(settled.closed, space).runs)
    writer.runs("silent", TurnSet(settled.silent, space).runs)
    writer.runs("udpClosed", TurnSet(places: settled.datagramsClosed).runs)
    writer.runs("udpSilent", TurnSet(places: settled.datagramsSilent).runs)
    writer.put(",\"figures\":[")
    for (index, key) in figures.enumerated() {
      if index > 0 { writer.put(",") }
      writer.put(settled.figures[keyPath: key])
    }
    writer.put("]}\n")
    return writer.octets
  }

  /// Reads a line without its line feed; nil when it is not of the one form that ``line(_:space:)`` writes.
  public static func parse(_ octets: ArraySlice<UInt8>) -> Line? {
    var reader = Reader(octets)
    guard reader.take("{\"address\":\""), let text = reader.until(0x22),
      let address = IPAddress(text), reader.take(",\"device\":\""), let device = reader.until(0x22)
    else { return nil }
    var line = Line(address: address, device: DeviceID(rawValue: device))
    guard let closed = reader.runs("closed"), let silent = reader.runs("silent"),
      let datagramsClosed = reader.runs("udpClosed"), let datagramsSilent = reader.runs("udpSilent"),
      reader.take(",\"figures\":[")
    else { return nil }
    (line.closed, line.silent) = (closed, silent)
    (line.datagramsClosed, line.datagramsSilent) = (datagramsClosed, datagramsSilent)
    for (index, key) in figures.enumerated() {
      guard index == 0 || reader.take(","), let number = reader.number() else { return nil }
      line.figures[keyPath: key] = number
    }
    return reader.take("]}") && reader.isAtEnd ? line : nil
  }

  private static var figures: [WritableKeyPath<SettledPorts.Figures, Int>] {
    [
      \.sent, \.answered, \.retried, \.filtered, \.datagrams, \.triesOfSilent, \.probes, \.lost, \.peak, \.frames,
    ]
  }
}

/// Up to 65,536 turns as a set of bits, so that sorting them costs nothing.
private struct TurnSet {
  private var words: [UInt64] = []

  init(_ ports: [UInt16], _ space: ProbeSpace) {
    for port in ports { space.place(of: port).map { insert($0) } }
  }

  init(places: [Int]) { for place in places { insert(place) } }

  private mutating func insert(_ turn: Int) {
    if words.isEmpty { words = [UInt64](repeating: 0, count: 1024) }
    words[turn >> 6] |= 1 << UInt64(turn & 63)
  }

  /// The bounds of each run, one after the other.
  var runs: [ClosedRange<Int>] {
    var runs: [ClosedRange<Int>] = []
    var start: Int?
    for (index, word) in words.enumerated() {
      if start == nil ? word == 0 : word == .max { continue }
      for bit in 0..<64 {
        let turn = index << 6 + bit
        if word >> UInt64(bit) & 1 == 1 {
          start = start ?? turn
        } else if let first = start {
          runs.append(first...turn - 1)
          start = nil
        }
      }
    }
    if let start { runs.append(start...words.count << 6 - 1) }
    return runs
  }
}

private struct Writer {
  var octets: [UInt8] = []

  mutating func put(_ text: String) { octets += text.utf8 }

  mutating func put(_ number: Int) {
    guard number >= 10 else { return octets.append(0x30 + UInt8(truncatingIfNeeded: max(0, number))) }
    put(number / 10)
    octets.append(0x30 + UInt8(truncatingIfNeeded: number % 10))
  }

  /// A member such as `,"closed":"0-999,1001"`; nothing where there are no runs.
  mutating func runs(_ name: String, _ runs: [ClosedRange<Int>]) {
    guard !runs.isEmpty else { return }
    put(",\"\(name)\":\"")
    for (index, run) in runs.enumerated() {
      if index > 0 { octets.append(0x2c) }
      put(run.lowerBound)
      guard run.upperBound > run.lowerBound else { continue }
      octets.append(0x2d)
      put(run.upperBound)
    }
    octets.append(0x22)
  }
}

private struct Reader {
  private var rest: ArraySlice<UInt8>

  init(_ octets: ArraySlice<UInt8>) { rest = octets }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ text: String) -> Bool {
    guard rest.starts(with: text.utf8) else { return false }
    rest = rest.dropFirst(text.utf8.count)
    return true
  }

  /// The text before `octet`, which is taken too.
  mutating func until(_ octet: UInt8) -> String? {
    guard let end = rest.firstIndex(of: octet) else { return nil }
    defer { rest = rest[(end + 1)...] }
    return String(validating: rest[..<end], as: UTF8.self)
  }

  /// A number of at most 15 digits.
  mutating func number() -> Int? {
    var value = 0
    var digits = 0
    while let octet = rest.first, (0x30...0x39).contains(octet) {
      value = value * 10 + Int(octet - 0x30)
      digits += 1
      guard digits <= 15 else { return nil }
      rest = rest.dropFirst()
    }
    return digits > 0 ? value : nil
  }

  /// The runs of a member, ascending and apart; none where it is absent, nil where it is malformed.
  mutating func runs(_ name: String) -> [ClosedRange<Int>]? {
    guard take(",\"\(name)\":\"") else { return [] }
    var runs: [ClosedRange<Int>] = []
    repeat {
      guard let low = number(), let high = take("-") ? number() : low, low <= high, high <= 65_535,
        low > runs.last?.upperBound ?? -1
      else { return nil }
      runs.append(low...high)
    } while take(",")
    return take("\"") ? runs : nil
  }
}
