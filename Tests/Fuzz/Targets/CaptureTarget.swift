internal import Wire

extension FuzzTarget {
  /// Capture files that a user is given: the first octet says into what pieces the rest is cut.
  static let captures = FuzzTarget(
    "captures", ["CaptureStream", "PcapNGSections", "ClassicCapture"], longest: 4096, seeds: CaptureSeeds.all
  ) { octets in
    guard let first = octets.first else { return }
    let file = Array(octets.dropFirst())
    let whole = read(file, pieces: max(file.count, 1))
    let cut = read(file, pieces: Int(first) + 1)
    try promise(whole.frames == cut.frames, "other frames in pieces")
    try promise(whole.fault == cut.fault, "another fault in pieces")
    try promise(whole.frames.reduce(0) { $0 + $1.count } <= file.count, "more octets than the file has")
    try promise(whole.fault.map { (0...file.count).contains($0.offset) } ?? true, "a fault outside the file")
    // What stood before a record that was cut off reads whole, and the same.
    if let fault = whole.fault, fault.kind == .truncated, fault.offset > 0 {
      let rest = read(Array(file.prefix(fault.offset)), pieces: 64)
      try promise(rest.fault == nil && rest.frames == whole.frames, "a cut that is not where it is said to be")
    }
  }

  private static func read(
    _ file: [UInt8], pieces: Int
  ) -> (frames: [[UInt8]], fault: CaptureStream.Fault?) {
    var (stream, frames) = (CaptureStream(), [[UInt8]]())
    do throws(CaptureStream.Fault) {
      var offset = 0
      while offset < file.count {
        let end = min(offset + pieces, file.count)
        try stream.feed(Array(file[offset..<end])) { frame, octets in
          frames.append(octets.indices.map { octets[$0] })
        }
        offset = end
      }
      try stream.finish()
    } catch {
      return (frames, error)
    }
    return (frames, nil)
  }
}

/// Files by the standards, written by hand.
private enum CaptureSeeds {
  static let all: [[UInt8]] = [[0] + little, [6] + big, [255] + little + big, [3] + classic, [1, 0x1f, 0x8b, 8, 0]]

  private static let little: [UInt8] =
    [0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0]
    + [UInt8](repeating: 0xff, count: 8) + [28, 0, 0, 0]
    // An interface of radiotap with times in nanoseconds.
    + [1, 0, 0, 0, 32, 0, 0, 0, 127, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0, 0]
    // An enhanced packet of three octets.
    + [6, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 7, 8, 9, 0, 36, 0, 0, 0]
    // A block of no known type, and a simple packet.
    + [0xad, 0x0b, 0, 0, 16, 0, 0, 0, 1, 2, 3, 4, 16, 0, 0, 0]
    + [3, 0, 0, 0, 20, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4, 20, 0, 0, 0]

  private static let big: [UInt8] =
    [0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 28, 0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0]
    + [UInt8](repeating: 0xff, count: 8) + [0, 0, 0, 28]
    + [0, 0, 0, 1, 0, 0, 0, 20, 0, 105, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20]
    + [0, 0, 0, 2, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 4, 1, 2, 3, 4, 0, 0, 0, 36]

  private static let classic: [UInt8] =
    [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + [UInt8](repeating: 0, count: 12) + [105, 0, 0, 0]
    + [1, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 0x80, 0, 0, 0]
}
