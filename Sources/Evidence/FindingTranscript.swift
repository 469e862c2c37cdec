internal import Addressing
public import Records
public import Wire

extension PackWriter {
  /// Writes `data/findings/F-0001/` with `finding.json`, `request.bin`, `response.bin`,
  /// `transcript.txt` and `slice.pcapng`.
  /// - Parameters:
  ///   - stimulus: the octets sent to the device. Where nothing was sent this is empty, and so is
  ///     `request.bin`: that the service spoke first is part of what is shown.
  ///   - response: the octets that came from the device.
  ///   - withheld: what is said of what came on each connection whose octets are not kept (``FindingTranscript/described(_:)``).
  ///   - frames: the frames of this conversation, in order.
  ///   - notes: what the comments of single frames say beside the finding, by the frame's place.
  public func write(
    finding: Finding, stimulus: [UInt8], response: [UInt8], withheld: [String] = [], frames: [CapturedFrame],
    notes: [Int: String] = [:], interface: CaptureInterface
  ) throws(PackError) {
    let folder = "findings/\(finding.id)"
    try writeJSON(finding, to: "\(folder)/finding.json")
    try write(stimulus, to: "\(folder)/request.bin")
    try write(response, to: "\(folder)/response.bin")
    let transcript = FindingTranscript(finding: finding, stimulus: stimulus, response: response, withheld: withheld)
    try write(Array(transcript.text.utf8), to: "\(folder)/transcript.txt")
    let comment = "\(finding.id) \(finding.check) \(finding.device.id.rawValue)"
    let slice = PcapNG.sectionHeader(application: software, operatingSystem: "Linux", comment: comment)
    let packets = frames.enumerated().flatMap { place, frame in
      PcapNG.enhancedPacket(frame, comment: notes[place].map { "\(comment); \($0)" } ?? comment)
    }
    try write(slice + interface.description + packets, to: "\(folder)/slice.pcapng")
  }
}

/// A conversation as a dump that any text viewer shows. Plain ASCII: nothing in it can act on a terminal.
public struct FindingTranscript {
  let finding: Finding
  let stimulus: [UInt8]
  let response: [UInt8]
  var withheld: [String] = []

  private static let octetsPerLine = 16

  var text: String {
    let addresses = finding.device.addresses.map(\.description).joined(separator: " ")
    let service = finding.service.map(\.description) ?? "no single service"
    let head = [
      "\(finding.id)  \(finding.check)",
      "device   \(finding.device.mac?.description ?? finding.device.id.rawValue)  \(addresses)", "service  \(service)",
      "at       \(finding.at.rfc3339())",
    ]
    let lines =
      head + ["", ">>> sent to the device: \(stimulus.count) octets"] + Self.dump(stimulus, mark: ">")
      + ["", "<<< received from the device: \(response.count) octets"] + Self.dump(response, mark: "<")
      + withheld.map { Self.mark + $0 }
    return lines.map { Self.ascii($0) + "\n" }.joined()
  }

  private static let mark = "<<< received on a further connection and not kept: "

  /// What a transcript says of connections whose octets are not kept.
  public static func withheld(in transcript: String) -> [String] {
    transcript.split(separator: "\n").filter { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }
  }

  /// What is said of octets that are not kept: `64 octets, SHA-256 …`.
  public static func described(_ octets: [UInt8]) -> String {
    "\(octets.count) octets, SHA-256 \(SHA256.hex(SHA256.digest(of: octets)))"
  }

  /// Lines such as `< 00000000  ff fd 18 6c 6f 67 69 6e  3a 20                    |...login: |`.
  static func dump(_ octets: [UInt8], mark: String) -> [String] {
    stride(from: 0, to: octets.count, by: octetsPerLine).map { start in
      let row = octets[start..<min(start + octetsPerLine, octets.count)]
      let cells = row.enumerated().map { index, octet in SHA256.hex([octet]) + (index == 7 ? "  " : " ") }.joined()
      let padding = String(repeating: " ", count: max(0, 3 * octetsPerLine + 1 - cells.utf8.count))
      let offset = SHA256.hex((0..<4).map { UInt8(truncatingIfNeeded: start >> (24 - 8 * $0)) })
      return "\(mark) \(offset)  \(cells)\(padding) |\(String(decoding: row.map(printable), as: UTF8.self))|"
    }
  }

  private static func ascii(_ line: String) -> String { String(decoding: line.utf8.map(printable), as: UTF8.self) }

  private static func printable(_ octet: UInt8) -> UInt8 { (0x20...0x7e).contains(octet) ? octet : 0x2e }
}
