internal import Evidence
internal import Records
internal import Wire

/// The octets and frames of a finding, read from a pack.
struct FindingFiles {
  var request: [UInt8]
  var response: [UInt8]
  /// What is said of what came on connections whose octets are not kept.
  let withheld: [String]
  private(set) var frames: [CapturedFrame] = []
  /// What the comments of frames say beside the finding: what was masked in them.
  private(set) var notes: [Int: String] = [:]
  private(set) var interface = CaptureInterface(name: "")

  /// nil for a finding that rests on logins, whose octets are in no pack.
  init?(_ id: String, in reader: PackReader) throws(PackError) {
    guard let request = try reader.octets(of: "findings/\(id)/request.bin") else { return nil }
    self.request = request
    response = try reader.octets(of: "findings/\(id)/response.bin") ?? []
    let transcript = try reader.octets(of: "findings/\(id)/transcript.txt") ?? []
    withheld = FindingTranscript.withheld(in: String(decoding: transcript, as: UTF8.self))
    for block in PcapNG.read(try reader.octets(of: "findings/\(id)/slice.pcapng") ?? []).blocks {
      switch block {
      case .interface(let described):
        interface = CaptureInterface(
          name: described.name ?? "", filter: described.filter, snapLength: Int(described.snapLength))
      case .packet(let packet):
        if let comment = packet.comment, let sign = comment.firstRange(of: "; ") {
          notes[frames.count] = String(comment[sign.upperBound...])
        }
        frames.append(
          CapturedFrame(
            nanoseconds: Int64(clamping: packet.timestamp), octets: packet.octets,
            originalLength: Int(packet.originalLength), outbound: packet.outbound ?? false))
      case .section, .statistics, .other: continue
      }
    }
  }
}
