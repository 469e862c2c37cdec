public import Sealing

/// Compares a pack with its manifests, octet by octet.
public enum PackVerifier {
  /// Checks a pack. Files are read in pieces, so its size does not matter; nothing is changed.
  ///
  /// Stricter than RFC 8493: tag files must be in the one form that ``PackWriter`` writes, and
  /// nothing may stand in the folder that no manifest lists.
  /// - Parameters:
  ///   - signers: keys that are believed; when there are any, the pack must be signed by one of them.
  ///   - authorities: certificates of time stamping authorities in PEM; when given, the signature must be stamped by one.
  public static func verify(
    directory path: String, signers: [VerificationKey] = [], authorities: [UInt8]? = nil
  ) -> PackVerification {
    var check = PackCheck(pack: path)
    do throws(PackError) {
      try check.run()
      try check.checkSeal(signers, authorities)
    } catch {
      check.note(PackCheck.relative(error.path, to: path), .unreadable, "\(error.problem). \(error.advice)")
    }
    return check.result
  }
}

/// One check of one pack.
private struct PackCheck {
  let pack: String
  private var found = PackVerification()
  /// The tree by path. Octets, because Swift takes strings as equal that differ on the disk.
  private var tree: [[UInt8]: PackTree.Entry] = [:]

  init(pack: String) { self.pack = pack }

  var result: PackVerification {
    var result = found
    result.problems.sort { ($0.path, $0.message) < ($1.path, $1.message) }
    return result
  }

  static func relative(_ path: String, to pack: String) -> String {
    guard path.hasPrefix(pack + "/") else { return "." }
    return PackTree.shown(String(path.dropFirst(pack.count + 1)))
  }

  mutating func note(_ path: String, _ kind: PackVerification.Problem.Kind, _ message: String) {
    found.problems.append(PackVerification.Problem(path: PackTree.shown(path), kind: kind, message: message))
  }

  mutating func run() throws(PackError) {
    guard FileKind(at: pack) == .folder else {
      note(".", .unreadable, "There is no folder \(pack).")
      return
    }
    try readTree()
    guard isFile(Bag.manifestPath) || isFile(Bag.tagManifestPath) else {
      note(".", .notSealed, try notSealed())
      return
    }
    let tags = try entries(of: Bag.tagManifestPath)
    checkTags(tags)
    let payload = try entries(of: Bag.manifestPath)
    checkPayload(payload)
    noteUnlisted(tags + payload)
    try checkDeclaration()
    try checkInfo()
    try checkChain()
  }

  mutating func checkSeal(_ signers: [VerificationKey], _ authorities: [UInt8]?) throws(PackError) {
    guard isFile(Bag.tagManifestPath), isFile(Bag.manifestPath), isFile(Bag.infoPath) else { return }
    let check = try SealCheck(pack, found, signers: signers, authorities: authorities)
    for problem in check.problems { note(problem.path, problem.kind, problem.message) }
    found.seal = check.seal
  }

  /// Each event names the one before it, and `bag-info.txt` the last.
  private mutating func checkChain() throws(PackError) {
    func fact(_ label: String) -> String? { found.bagInfo.first { $0.label == label }?.value }
    guard let head = fact(BagInfo.chainHead), isFile(PackWriter.eventsPath) else { return }
    var chain = HashChain()
    var broken = false
    do {
      try PackReader(pack).lines(of: "run.jsonl") { line in
        if !broken, let objection = chain.objection(to: line) {
          broken = true
          note(PackWriter.eventsPath, .chain, "Line \(chain.lines + 1) \(objection).")
        }
        chain.take(line)
      }
    } catch let error as PackError {
      throw error
    } catch {
      note(PackWriter.eventsPath, .unreadable, "\(error)")
    }
    if chain.head != head || fact(BagInfo.chainLines) != "\(chain.lines)" {
      note(
        PackWriter.eventsPath, .chain,
        "Its \(chain.lines) lines do not end in the one that \(Bag.infoPath) names (\(fact(BagInfo.chainLines) ?? "?") lines)."
      )
    }
  }

  private mutating func readTree() throws(PackError) {
    for entry in try PackTree.entries(of: pack, below: "") {
      guard let path = entry.path else {
        note(entry.shown, .unsafe, "The name is not UTF-8, so no run wrote it.")
        continue
      }
      tree[Array(path.utf8)] = entry
      switch entry.kind {
      case .file: break
      case .folder: note(path, .unlisted, "The folder is empty; no run leaves one.")
      case .symbolicLink: note(path, .unsafe, "It is a symbolic link; a pack holds files only.")
      case .special: note(path, .unsafe, "It is a device, pipe or socket; a pack holds files only.")
      }
    }
  }

  private func isFile(_ path: String) -> Bool {
    if case .file = tree[Array(path.utf8)]?.kind { return true }
    return false
  }

  /// The lines of a manifest; what is wrong with its form is noted.
  private mutating func entries(of name: String) throws(PackError) -> [ManifestEntry] {
    guard isFile(name) else {
      note(name, .missing, "The file is missing, so the pack is not sealed or was taken apart.")
      return []
    }
    let octets = try contents(of: name)
    if name == Bag.tagManifestPath { found.packDigest = SHA256.hex(SHA256.digest(of: octets)) }
    let (entries, faults) = Manifest.parse(octets)
    for fault in faults { note(name, .malformed, "Line \(fault.line) \(fault.reason).") }
    var seen: Set<[UInt8]> = []
    for entry in entries where !seen.insert(Array(entry.path.utf8)).inserted {
      note(name, .duplicate, "\(PackTree.shown(entry.path)) is listed twice.")
    }
    return entries
  }

  /// A file's digest and length; nil, and noted, when it cannot be read.
  private mutating func measure(_ path: String) -> WrittenFile? {
    do throws(PackError) {
      let (digest, octets) = try SHA256.measure(file: pack + "/" + path)
      return WrittenFile(digest: SHA256.hex(digest), octets: octets)
    } catch {
      note(path, .unreadable, "It cannot be read: \(error.problem). \(error.advice)")
      return nil
    }
  }

  private mutating func checkTags(_ entries: [ManifestEntry]) {
    guard isFile(Bag.tagManifestPath) else { return }
    for entry in entries {
      guard Bag.tagged.contains(where: { $0.utf8.elementsEqual(entry.path.utf8) }) else {
        note(Bag.tagManifestPath, .malformed, "It lists \(PackTree.shown(entry.path)), which is no tag file of a pack.")
        continue
      }
      guard isFile(entry.path) else { continue }
      guard let file = measure(entry.path), file.digest != entry.digest else { continue }
      note(entry.path, .changed, "Its digest is not the one in \(Bag.tagManifestPath): one of the two was changed.")
      note(Bag.tagManifestPath, .changed, "Its digest of \(entry.path) is not that file's: one of the two was changed.")
    }
    for name in Bag.tagged {
      if !isFile(name), name != Bag.manifestPath { note(name, .missing, "The file is missing.") }
      if !entries.contains(where: { $0.path.utf8.elementsEqual(name.utf8) }) {
        note(Bag.tagManifestPath, .malformed, "It does not list \(name).")
      }
    }
  }

  private mutating func checkPayload(_ entries: [ManifestEntry]) {
    guard isFile(Bag.manifestPath) else { return }
    for entry in entries {
      guard entry.path.utf8.starts(with: "\(Bag.payload)/".utf8) else {
        note(Bag.manifestPath, .malformed, "It lists \(PackTree.shown(entry.path)), which is not below data/.")
        continue
      }
      guard let standing = tree[Array(entry.path.utf8)] else {
        note(entry.path, .missing, "The manifest lists it, and it is gone.")
        continue
      }
      guard case .file = standing.kind else { continue }
      guard let file = measure(entry.path) else { continue }
      found.files += 1
      found.octets += file.octets
      if file.digest != entry.digest {
        note(entry.path, .changed, "Its \(file.octets) octets are not those whose digest the manifest gives.")
      }
    }
  }

  private mutating func noteUnlisted(_ entries: [ManifestEntry]) {
    let listed = Set((entries.map(\.path) + Bag.tagged + [Bag.tagManifestPath] + PackSeal.paths).map { Array($0.utf8) })
    for (name, entry) in tree where !listed.contains(name) {
      guard case .file = entry.kind else { continue }
      note(entry.shown, .unlisted, "No manifest lists it: it was added after the pack was sealed.")
    }
  }

  private mutating func checkDeclaration() throws(PackError) {
    guard isFile(Bag.declarationPath) else { return }
    if try contents(of: Bag.declarationPath) != Array(Bag.declaration.utf8) {
      note(Bag.declarationPath, .malformed, "It is not the declaration of a BagIt 1.0 bag in UTF-8.")
    }
  }

  private mutating func checkInfo() throws(PackError) {
    guard isFile(Bag.infoPath) else { return }
    switch BagInfo.parse(try contents(of: Bag.infoPath)) {
    case .failure(let line):
      note(Bag.infoPath, .malformed, "Line \(line.number) is not \"Label: value\" with a line feed.")
    case .success(let facts):
      found.bagInfo = facts.map { PackVerification.BagFact(label: $0.0, value: $0.1) }
      let stated = facts.filter { $0.0 == BagInfo.payloadOxum }.map(\.1)
      let counted = "\(found.octets).\(found.files)"
      if stated != [counted] {
        note(Bag.infoPath, .count, "Payload-Oxum is \(stated.first ?? "not given"), the payload counts \(counted).")
      }
    }
  }

  /// Tag files are small; a file of another size is not read into memory as a whole.
  private func contents(of name: String) throws(PackError) -> [UInt8] {
    let limit = 64 << 20
    let file = try OpenFile(reading: pack + "/" + name)
    var octets: [UInt8] = []
    while let piece = try file.read(atMost: 65_536) {
      octets += piece
      guard octets.count <= limit else {
        throw PackError(.read, path: pack + "/" + name, problem: "is larger than any run makes it")
      }
    }
    return octets
  }

  /// What the folder of a killed run still gives.
  private func notSealed() throws(PackError) -> String {
    let record = "data/run.jsonl"
    guard isFile(record) else {
      return "It is no evidence pack: there is neither a manifest nor \(record)."
    }
    let (lines, rest) = try measureLines(pack + "/" + record)
    var text = "The run ended before it could seal this pack (killed, power lost, or still running). "
    text += "\(record) holds \(lines) whole events"
    text += rest > 0 ? ", then \(rest) octets of one that was cut off. " : ". "
    if isFile("data/capture/conversations.pcapng") {
      text += "data/capture/conversations.pcapng can be read up to its last whole block. "
    }
    return text
      + "Nothing here is sealed: later changes cannot be told. \"tenken resume\" continues the run and seals it."
  }

  private func measureLines(_ path: String) throws(PackError) -> (lines: Int, rest: Int) {
    let file = try OpenFile(reading: path)
    var lines = 0
    var rest = 0
    while let piece = try file.read(atMost: 65_536) {
      for octet in piece {
        rest += 1
        if octet == 0x0a {
          lines += 1
          rest = 0
        }
      }
    }
    return (lines, rest)
  }
}
