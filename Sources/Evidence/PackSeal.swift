internal import Foundation
public import Sealing

/// Signs a pack and has it stamped: files beside the bag's own, which no manifest lists because they are about the manifests.
public enum PackSeal {
  /// The signed statement (in-toto Statement v1 in a DSSE envelope).
  public static let attestation = "attestation.dsse.json"
  /// What a time stamping authority is asked, and what it answered (RFC 3161).
  public static let query = "timestamp.tsq"
  public static let response = "timestamp.tsr"

  static let paths = [response, query, attestation]

  static let statementType = "https://in-toto.io/Statement/v1"
  /// What is said of a pack; no page stands behind the name.
  static let predicateType = "urn:tenken:attestation:evidence-pack:v1"

  /// Signs the pack: writes the attestation and the query for a time stamp.
  ///
  /// The attestation depends on the pack and the key alone: signed twice, it is the same octets.
  /// - Throws: ``PackError`` when the pack does not verify, or was signed before by another key.
  public static func sign(_ pack: String, by key: SigningKey, nonce: [UInt8]) throws {
    let verification = PackVerifier.verify(directory: pack)
    let others = verification.problems.filter { !paths.contains($0.path) }
    if let problem = others.first {
      throw PackError(
        .altered, path: pack, problem: "does not verify, so it is not signed: \(problem)",
        advice: "Find out what changed it (tenken evidence verify).")
    }
    let fingerprint = key.publicKey.fingerprint
    if let signer = verification.seal?.signer, signer != fingerprint {
      throw PackError(
        .occupied, path: pack + "/" + attestation, problem: "was signed by \(signer) already",
        advice: "A signature is never replaced. Sign a copy, or remove the old one yourself.")
    }
    let statement = try Statement(pack, verification, signer: key.publicKey).json(for: attestation)
    let envelope = try Envelope(signing: statement, type: Envelope.inTotoType, by: key, keyID: fingerprint)
    let octets = envelope.json
    try put(octets, pack, attestation)
    // A new query would not fit an answer that is on its way.
    guard FileKind(at: pack + "/" + query) == nil else { return }
    guard let request = TimeStamp.request(digest: SHA256.digest(of: octets), nonce: nonce) else {
      throw PackError(.encode, path: pack + "/" + query, problem: "OpenSSL makes no query for a time stamp")
    }
    try put(request, pack, query)
  }

  /// Adds an authority's answer to the pack, after checking that it is one to its query.
  public static func add(response octets: [UInt8], to pack: String, authorities: [UInt8]?) throws -> TimeStamp.Outcome {
    let reader = TagFiles(pack)
    guard let attested = try reader.octets(of: attestation) else {
      throw PackError(
        .read, path: pack, problem: "is not signed, so there is nothing to stamp", advice: "Sign it first.")
    }
    let outcome = TimeStamp.check(
      octets, digest: SHA256.digest(of: attested), request: try reader.octets(of: query), authorities: authorities)
    if case .rejected = outcome { return outcome }
    try put(octets, pack, response)
    return outcome
  }

  private static func put(_ octets: [UInt8], _ pack: String, _ name: String) throws(PackError) {
    let temporary = pack + "/.unfinished"
    _ = try? FileManager.default.removeItem(atPath: temporary)
    var file = try OpenFile(creating: temporary)
    try file.append(octets)
    try file.synchronise()
    try Folder.rename(temporary, to: pack + "/" + name, in: pack)
  }

  /// What is signed: which octets, and what they are the record of.
  struct Statement: Codable, Hashable {
    struct Subject: Codable, Hashable {
      let name: String
      let digest: [String: String]
    }

    struct Predicate: Codable, Hashable {
      let run: String
      let software: String
      let started: String
      let ended: String
      let scopeDigest: String
      let rulesDigest: String
      let partial: String
      let payloadOxum: String
      let chainHead: String
      let chainLines: String
      /// The signer's public key, for convenience: who it belongs to has to be known from elsewhere.
      let signer: String
      let publicKey: String
    }

    let type: String
    let subject: [Subject]
    let predicateType: String
    let predicate: Predicate

    private enum CodingKeys: String, CodingKey {
      case type = "_type"
      case subject, predicateType, predicate
    }

    init(_ pack: String, _ verification: PackVerification, signer: VerificationKey) throws {
      func fact(_ label: String) -> String { verification.bagInfo.first { $0.label == label }?.value ?? "" }
      type = PackSeal.statementType
      predicateType = PackSeal.predicateType
      subject = try [Bag.tagManifestPath, Bag.manifestPath, Bag.infoPath].map { name in
        Subject(name: name, digest: ["sha256": SHA256.hex(try SHA256.digest(ofFile: pack + "/" + name))])
      }
      predicate = Predicate(
        run: fact("External-Identifier"), software: fact("Bag-Software-Agent"), started: fact("Tenken-Started"),
        ended: fact("Tenken-Ended"), scopeDigest: fact("Tenken-Scope-Digest"),
        rulesDigest: fact("Tenken-Rules-Digest"), partial: fact("Tenken-Partial"),
        payloadOxum: fact(BagInfo.payloadOxum), chainHead: fact(BagInfo.chainHead),
        chainLines: fact(BagInfo.chainLines), signer: signer.fingerprint,
        publicKey: String(decoding: signer.pem, as: UTF8.self))
    }

    func json(for path: String) throws(PackError) -> [UInt8] { try PackJSON.line(self, for: path).dropLast() }
  }
}

/// Files at the top of a pack.
struct TagFiles {
  private let pack: String

  init(_ pack: String) { self.pack = pack }

  /// A small file, whole; nil when there is none.
  func octets(of name: String) throws(PackError) -> [UInt8]? {
    let path = pack + "/" + name
    guard case .file = FileKind(at: path) else { return nil }
    let limit = 1 << 20
    let file = try OpenFile(reading: path)
    var octets: [UInt8] = []
    while let piece = try file.read(atMost: 65_536) {
      octets += piece
      guard octets.count <= limit else { throw PackError(.read, path: path, problem: "is larger than any seal") }
    }
    return octets
  }
}

/// A file that only its owner may read, such as a key.
public enum PrivateFile {
  /// Makes the file, which must not exist yet; it is nobody else's from its first moment.
  /// - Throws: ``PackError`` when something is there already, or the disk is full.
  public static func create(_ path: String, _ octets: [UInt8]) throws(PackError) {
    var file = try OpenFile(creating: path)
    try file.append(octets)
    try file.synchronise()
  }
}
