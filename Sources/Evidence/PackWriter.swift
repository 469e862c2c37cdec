internal import Foundation
public import Records
public import Wire

/// Writes the evidence pack of one run: a BagIt 1.0 folder (RFC 8493) that fills while the run goes
/// on and is sealed by ``close(result:extras:)``.
///
/// What a kill leaves is whole: every event is one `write(2)` of one line, every frame one of one
/// block, and every other file appears under its name only when it is complete. The digests of the
/// manifest are of the octets that were handed to the kernel, taken as they were written. To be used
/// from one thread.
///
///     data/run.jsonl                        events, in the order in which they happened
///     data/capture/conversations.pcapng     frames of the conversations with services
///     data/capture/everything-000001.pcapng …  every frame, where that was asked for
///     data/progress/ports.jsonl             checkpoints; gone when the run is complete
///     data/evidence.jsonl                   what was seen, a record each; made when the pack is closed
///     data/findings/F-0001/…                see ``write(finding:stimulus:response:withheld:frames:notes:interface:)``
///     data/history/…                        what was used of earlier runs
///     data/{run,inventory,findings,coverage}.json  data/checklist/verdicts.json
///     bagit.txt  bag-info.txt  manifest-sha256.txt  tagmanifest-sha256.txt
public final class PackWriter {
  /// The pack's folder.
  public let path: String
  /// What writes the pack, such as `tenken 0.1.0`.
  public let software: String

  private let events: GrowingFile
  private var chain = HashChain()
  private var capture: GrowingCapture?
  private var ring: RingCapture?
  private var progress: GrowingFile?
  /// Stands in every capture file: how the clock of its times was kept.
  public var captureComment: String?
  /// Keeps other processes away from a run that is continued.
  private let claim: UnfinishedPack?
  /// Files that are complete, by path relative to the pack.
  private var written: [String: WrittenFile] = [:]
  private var isClosed = false
  /// Rules by which something in a file was masked before it came here, by path: the records of evidence name them.
  public var masked: [String: [String]] = [:]

  static let eventsPath = "data/run.jsonl"
  static let capturePath = "data/capture/conversations.pcapng"
  static let progressPath = "data/progress/ports.jsonl"
  static let evidencePath = "data/evidence.jsonl"

  /// Makes the folder and begins the run's record in it.
  /// - Parameters:
  ///   - path: a folder that does not exist or is empty. The folder above it must exist.
  ///   - software: the program's name and version, for `bag-info.txt` and the capture files.
  /// - Throws: ``PackError``; ``PackError/Code/occupied`` when something is there already.
  public init(creating path: String, software: String) throws(PackError) {
    self.path = path
    self.software = software
    switch FileKind(at: path) {
    case nil: break
    case .folder:
      guard try Folder.names(in: path).isEmpty else {
        throw PackError(
          .occupied, path: path, problem: "already holds files",
          advice: "A pack is never added to. Name a new folder, or move this one away.")
      }
    default:
      throw PackError(
        .occupied, path: path, problem: "is not a folder", advice: "Name a folder that does not exist yet.")
    }
    try Folder.make(path)
    try Folder.make(path + "/data")
    events = try GrowingFile(creating: path + "/" + Self.eventsPath)
    try events.lock()
    try Folder.synchronise(path + "/data")
    claim = nil
  }

  /// Goes on with a pack whose files are whole; see ``UnfinishedPack/reopen(software:keeping:)``.
  /// - Parameters:
  ///   - written: the files that are complete.
  ///   - chain: of the events so far.
  init(
    continuing pack: UnfinishedPack, software: String, written: [String: WrittenFile], chain: HashChain
  ) throws(PackError) {
    path = pack.path
    self.software = software
    self.written = written
    self.chain = chain
    claim = pack
    events = try GrowingFile(continuing: path + "/" + Self.eventsPath)
    if FileKind(at: path + "/" + Self.capturePath) != nil {
      capture = try GrowingCapture(continuing: path + "/" + Self.capturePath, application: software)
    }
    if FileKind(at: path + "/" + Self.progressPath) != nil {
      progress = try GrowingFile(continuing: path + "/" + Self.progressPath)
    }
  }

  /// Adds a line to `data/run.jsonl`, numbered from 1, with the digest of the line before it.
  public func append(_ event: RunEvent<some Encodable>) throws(PackError) {
    try refuseIfClosed()
    let line = try PackJSON.line(
      RunLine(sequence: chain.lines + 1, previous: chain.head, event: event), for: Self.eventsPath)
    try events.append(line)
    chain.take(line.dropLast())
  }

  /// Adds whole lines to `data/progress/ports.jsonl` with one `write(2)`.
  public func appendProgress(_ lines: [UInt8]) throws(PackError) {
    try refuseIfClosed()
    if progress == nil {
      try Folder.make(path + "/data/progress")
      progress = try GrowingFile(creating: path + "/" + Self.progressPath)
      try Folder.synchronise(path + "/data/progress")
    }
    try progress?.append(lines)
  }

  /// Adds a frame to `data/capture/conversations.pcapng`, which is made at the first.
  public func appendFrame(
    _ frame: CapturedFrame, interface: CaptureInterface, comment: String? = nil
  ) throws(PackError) {
    try openCapture().append(frame, interface, comment: comment)
  }

  /// From now on every frame may be kept too, in files of at most `octets` together; the oldest give way, which
  /// `run.jsonl` says with their digests.
  public func captureEverything(octets: Int) {
    let last = written.keys.compactMap(RingCapture.number).max() ?? 0
    ring = RingCapture(pack: path, software: software, comment: captureComment, octets: octets, after: last)
  }

  /// Adds a frame to the ring; nothing happens without ``captureEverything(octets:)``.
  public func appendToRing(
    _ frame: CapturedFrame, interface: CaptureInterface, comment: String? = nil
  ) throws(PackError) {
    try refuseIfClosed()
    guard let ring else { return }
    for dropped in try ring.append(frame, interface, comment: comment) {
      try append(
        RunEvent(type: "capture.dropped", at: Timestamp(nanoseconds: frame.nanoseconds), fields: dropped))
    }
  }

  /// Adds what the capture came to: frames that passed the filter, and frames that the kernel dropped.
  public func appendCaptureStatistics(
    interface: CaptureInterface, at: Timestamp, received: Int, dropped: Int
  ) throws(PackError) {
    try openCapture().appendStatistics(interface, at: at.nanoseconds, received: received, dropped: dropped)
  }

  /// Returns when the events and frames so far are on the disk. Worth calling about once a second:
  /// a killed program loses nothing that was appended, a power failure what was not synchronised.
  public func synchronise() throws(PackError) {
    try refuseIfClosed()
    // Checkpoints last: they say nothing that the events before them do not explain.
    try events.synchroniseData()
    try capture?.synchroniseData()
    try ring?.synchroniseData()
    try progress?.synchroniseData()
  }

  /// Writes a file below `data/`, in one step: a reader sees the whole file or none.
  /// - Parameter relativePath: relative to `data/`, such as `report/report.ja.html`. A `%` in it is
  ///   encoded in the manifest (RFC 8493 §2.1.3), which `sha256sum -c` does not undo.
  /// - Throws: ``PackError/Code/unsafePath`` for an absolute path, `..`, or control characters.
  public func write(_ octets: [UInt8], to relativePath: String) throws(PackError) {
    let inPack = try place(for: relativePath)
    try place(octets, at: inPack)
    written[inPack] = WrittenFile(digest: SHA256.hex(SHA256.digest(of: octets)), octets: octets.count)
  }

  /// The path in the pack of a file below `data/`.
  private func place(for relativePath: String) throws(PackError) -> String {
    try refuseIfClosed()
    if let objection = PayloadPath.objection(to: relativePath) {
      throw PackError(.unsafePath, path: relativePath, problem: "\(objection), so it cannot stand in a pack")
    }
    let inPack = "data/" + relativePath
    guard ![Self.eventsPath, Self.capturePath, Self.progressPath].contains(inPack) else {
      throw PackError(.unsafePath, path: relativePath, problem: "is the run's own record")
    }
    return inPack
  }

  /// Copies a file, of any size, to a place below `data/`, in one step.
  public func copy(from source: String, to relativePath: String) throws(PackError) {
    let inPack = try place(for: relativePath)
    let file = try OpenFile(reading: source)
    var hash = SHA256()
    var octets = 0
    try place(at: inPack) { (copy: inout OpenFile) throws(PackError) in
      while let piece = try file.read(atMost: 1 << 16) {
        try copy.append(piece)
        hash.update(piece)
        octets += piece.count
      }
    }
    written[inPack] = WrittenFile(digest: SHA256.hex(hash.finish()), octets: octets)
  }

  /// Writes a value below `data/` as indented JSON with sorted keys.
  public func writeJSON(_ value: some Encodable, to relativePath: String) throws(PackError) {
    try write(PackJSON.document(value, for: relativePath), to: relativePath)
  }

  /// Writes the result, then the bag's own files, and ends the pack.
  /// - Parameter extras: further lines of `bag-info.txt`, after those that every pack has.
  /// - Throws: ``PackError/Code/altered`` when something else wrote below `data/` meanwhile.
  public func close(result: AuditResult, extras: [(String, String)] = []) throws(PackError) {
    try writeJSON(result.inventory, to: "inventory.json")
    try writeJSON(result.findings, to: "findings.json")
    try writeJSON(result.verdicts, to: "checklist/verdicts.json")
    try writeJSON(result.coverage, to: "coverage.json")
    try writeJSON(result.run, to: "run.json")
    written[Self.eventsPath] = try events.seal()
    try writeEvidence(of: result)
    if let capture { written[Self.capturePath] = try capture.seal() }
    if let ring { written.merge(try ring.seal()) { _, new in new } }
    try sealProgress(keeping: result.run.partial)
    isClosed = true
    try compareWithDisk()
    let payload = written.map { ManifestEntry(path: $0.key, digest: $0.value.digest) }
    let octets = written.values.reduce(0) { $0 + $1.octets }
    let facts = BagInfo.facts(of: result.run, software: software, octets: octets, files: written.count)
    let tags = [
      (Bag.declarationPath, Bag.declaration),
      (Bag.infoPath, BagInfo.text(facts + BagInfo.facts(of: chain) + extras)),
      (Bag.manifestPath, Manifest.text(payload)),
    ]
    for (name, text) in tags { try place(Array(text.utf8), at: name) }
    let entries = tags.map { ManifestEntry(path: $0.0, digest: SHA256.hex(SHA256.digest(of: Array($0.1.utf8)))) }
    try place(Array(Manifest.text(entries).utf8), at: Bag.tagManifestPath)
  }

  /// `data/evidence.jsonl`, line by line: a long run's record is never in memory as a whole.
  private func writeEvidence(of result: AuditResult) throws(PackError) {
    let records = EvidenceRecords(result, files: written, masked: masked)
    var hash = SHA256()
    var octets = 0
    try place(at: Self.evidencePath) { (file: inout OpenFile) throws(PackError) in
      var reading = try OpenLines(path + "/" + Self.eventsPath)
      while let event = try reading.next() {
        guard let line = try records.line(of: event) else { continue }
        try file.append(line)
        hash.update(line)
        octets += line.count
      }
    }
    written[Self.evidencePath] = WrittenFile(digest: SHA256.hex(hash.finish()), octets: octets)
  }

  /// What the checkpoints say is in the files of the ports when a run is complete.
  private func sealProgress(keeping: Bool) throws(PackError) {
    guard let progress else { return }
    if keeping {
      written[Self.progressPath] = try progress.seal()
    } else {
      try Folder.remove(path + "/data/progress")
    }
  }

  private func refuseIfClosed() throws(PackError) {
    guard !isClosed else { throw PackError(.closed, path: path, problem: "was closed before") }
  }

  private func openCapture() throws(PackError) -> GrowingCapture {
    try refuseIfClosed()
    if let capture { return capture }
    try Folder.make(path + "/data/capture")
    let made = try GrowingCapture(
      creating: path + "/" + Self.capturePath, application: software, comment: captureComment)
    try Folder.synchronise(path + "/data/capture")
    capture = made
    return made
  }

  static let unfinished = ".unfinished"

  private func place(_ octets: [UInt8], at inPack: String) throws(PackError) {
    try place(at: inPack) { (file: inout OpenFile) throws(PackError) in try file.append(octets) }
  }

  /// Writes a file under another name, puts it on the disk, and renames it.
  private func place(at inPack: String, _ fill: (inout OpenFile) throws(PackError) -> Void) throws(PackError) {
    var folder = path
    for part in inPack.utf8.split(separator: UInt8(ascii: "/")).dropLast() {
      folder += "/" + String(decoding: part, as: UTF8.self)
      try Folder.make(folder)
    }
    let temporary = folder + "/" + Self.unfinished
    _ = try? FileManager.default.removeItem(atPath: temporary)
    var file = try OpenFile(creating: temporary)
    try fill(&file)
    try file.synchronise()
    try Folder.rename(temporary, to: path + "/" + inPack, in: folder)
  }

  /// A manifest must not vouch for what the run did not write.
  private func compareWithDisk() throws(PackError) {
    var onDisk: Set<String> = []
    for entry in try PackTree.entries(of: path, below: "data") {
      guard case .file(let octets) = entry.kind, let name = entry.path, written[name]?.octets == octets else {
        throw PackError(
          .altered, path: path + "/" + entry.shown, problem: "is not what this run wrote",
          advice: "Something else changed the pack during the run. Find out what, and run again.")
      }
      onDisk.insert(name)
    }
    for name in written.keys.sorted() where !onDisk.contains(name) {
      throw PackError(
        .altered, path: path + "/" + name, problem: "was written and is gone",
        advice: "Something else removed it during the run. Find out what, and run again.")
    }
  }
}
