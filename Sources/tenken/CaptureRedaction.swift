internal import Audit
internal import Documents
internal import Evidence
internal import Foundation
internal import Profiles
internal import Records
internal import Redaction
internal import Wire

/// Masks what a run is about to write or show, and remembers what was masked where.
///
/// The run itself goes on with what devices said: only what leaves the memory is masked. The key of digests and pseudonyms is
/// made here and forgotten with the run, unless the originals are kept.
final class CaptureRedaction {
  let redactor: Redactor
  /// Of the run's captures, whose frames come one by one; by the path of the file.
  private var streams: [String: FrameRedactor] = [:]
  private let originals: OriginalsFile?
  /// What was masked in files that grow.
  private var growing: [String: [String: RedactedPart]] = [:]
  private var frames = 0
  /// Texts with pseudonyms, as they were.
  private var texts: Set<String> = []

  /// - Parameter originals: takes what is masked as it was; nil for nobody.
  init(_ rules: RedactionRules, originals: OriginalsFile? = nil) throws {
    var random = SystemRandomNumberGenerator()
    let key = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
    redactor = Redactor(rules, key: key)
    self.originals = originals
    try originals?.add("key.bin", key)
  }

  /// The rules of a folder of rule data.
  static func rules(in profiles: String) throws -> RedactionRules {
    var rules = RedactionRules()
    do {
      for name in ["names", "secrets"] {
        let file = "\(profiles)/redaction/\(name).yaml"
        try rules.read(parsing: try contents(of: file, what: "the rules of redaction"), file: file)
      }
    } catch let error as DocumentError {
      throw CommandFailure(.usage, "\(error)")
    }
    return rules
  }

  /// What of a file is written.
  /// - Parameter path: in the pack.
  func file(_ octets: [UInt8], at path: String) throws -> (octets: [UInt8], masked: [Redaction]) {
    guard let masked = redactor.masked(octets) else { return (octets, []) }
    try originals?.add(path, octets)
    return (masked.octets, masked.redactions)
  }

  /// What of a finding's frames is written, and what their comments say of that.
  func slice(_ frames: [CapturedFrame]) -> [(frame: CapturedFrame, comment: String?, redactions: [Redaction])] {
    var stream = FrameRedactor(redactor)
    return frames.map { told($0, stream.masked($0)) }
  }

  private func told(
    _ frame: CapturedFrame, _ masked: Masked?
  ) -> (frame: CapturedFrame, comment: String?, redactions: [Redaction]) {
    guard let masked else { return (frame, nil, []) }
    let copy = CapturedFrame(
      nanoseconds: frame.nanoseconds, octets: masked.octets, originalLength: frame.originalLength,
      outbound: frame.outbound)
    let rules = masked.redactions.map { "\($0.rule) \($0.count)" }.joined(separator: ", ")
    return (copy, "masked: \(rules); checksums are those of the frame as it was", masked.redactions)
  }

  /// The same for a frame of the run's capture, which is counted and kept.
  func capturedFrame(
    _ original: CapturedFrame, at path: String = capturePath
  ) throws -> (frame: CapturedFrame, comment: String?) {
    var stream = streams.removeValue(forKey: path) ?? FrameRedactor(redactor)
    let (copy, comment, redactions) = told(original, stream.masked(original))
    streams[path] = stream
    guard !redactions.isEmpty else { return (copy, comment) }
    note(redactions, at: path)
    frames += 1
    let name = String("00000\(frames)".suffix(6))
    try originals?.add(
      "data/capture/masked-\(name).pcapng",
      PcapNG.sectionHeader(application: "tenken \(tenkenVersion)")
        + PcapNG.interfaceDescription(name: "original", snapLength: 0) + PcapNG.enhancedPacket(original))
    return (copy, comment)
  }

  /// Stands for all files of the ring, of which the oldest give way.
  static let ringPath = "data/capture/everything-*.pcapng"
  static let capturePath = "data/capture/conversations.pcapng"
  static let journalPath = "data/run.jsonl"

  /// A text for people.
  func text(_ text: String, isName: Bool = false) -> String {
    guard let masked = redactor.masked(text: text, isName: isName) else { return text }
    keep(text)
    return masked.text
  }

  /// A value with its texts masked.
  func value<Value: Codable>(_ value: Value) throws -> Value {
    guard let masked = try maskedJSON(value) else { return value }
    return try JSONDecoder().decode(Value.self, from: Data(masked.octets))
  }

  /// The fields of an event with their texts masked; nil where nothing is to be masked.
  func fields(_ fields: some Encodable) throws -> JSONTree? {
    guard let masked = try maskedJSON(fields) else { return nil }
    note(masked.redactions, at: Self.journalPath)
    return try JSONDecoder().decode(JSONTree.self, from: Data(masked.octets))
  }

  private func maskedJSON(_ value: some Encodable) throws -> Masked? {
    let encoder = JSONEncoder()
    // A claim's kind stands before its value.
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = Array(try encoder.encode(value))
    guard let masked = redactor.masked(json: json) else { return nil }
    keep(String(decoding: json, as: UTF8.self))
    return masked
  }

  private func keep(_ text: String) {
    guard originals != nil, texts.count < Self.textLimit else { return }
    texts.insert(text)
  }

  /// Texts kept for the originals: what is beyond them is a repetition in all likelihood.
  private static let textLimit = 100_000

  private func note(_ redactions: [Redaction], at path: String) {
    for redaction in redactions {
      let known = growing[path, default: [:]][redaction.rule]
      growing[path, default: [:]][redaction.rule] = RedactedPart(
        rule: redaction.rule, count: (known?.count ?? 0) + redaction.count, digest: nil)
    }
  }

  /// What was masked in the files that grew, and is told at the end.
  func takeGrowing() -> [RedactedEvent] {
    defer { growing = [:] }
    return growing.sorted { $0.key < $1.key }.map { path, parts in
      RedactedEvent(path: path, redactions: parts.values.sorted { $0.rule < $1.rule })
    }
  }

  /// Ends the file of the originals.
  /// - Returns: the line of `bag-info.txt` about it; nil where none is kept.
  func closeOriginals() throws -> (String, String)? {
    guard let originals else { return nil }
    try originals.add(
      "texts.jsonl", texts.sorted().flatMap { text in Array((try? JSONEncoder().encode([text])) ?? Data()) + [0x0a] })
    let digest = try originals.close()
    handOver(originals.path)
    return ("Tenken-Originals", "\(URL(fileURLWithPath: originals.path).lastPathComponent) sha256 \(digest)")
  }
}

/// A rule's part in what was masked.
struct RedactedPart: Codable, Hashable, Sendable {
  let rule: String
  let count: Int
  /// See ``Redaction/digest``; nil for files that grew, of which the parts were masked one by one.
  let digest: String?
}

/// A line of `data/run.jsonl`: what was masked in a file before it was written.
struct RedactedEvent: Codable, Hashable, Sendable {
  let path: String
  let redactions: [RedactedPart]

  static let type = "redacted"
}

extension Redaction {
  var part: RedactedPart { RedactedPart(rule: rule, count: count, digest: digest) }
}
