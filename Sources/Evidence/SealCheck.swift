internal import Foundation
internal import Sealing

/// What a pack's signature and time stamp show.
struct SealCheck {
  private(set) var problems: [PackVerification.Problem] = []
  private(set) var seal: PackVerification.Seal?

  /// - Parameters:
  ///   - signers: keys that are believed; empty when none is known.
  ///   - authorities: certificates of time stamping authorities that are believed, in PEM.
  init(
    _ pack: String, _ verification: PackVerification, signers: [VerificationKey], authorities: [UInt8]?
  ) throws(PackError) {
    let files = TagFiles(pack)
    guard let octets = try files.octets(of: PackSeal.attestation) else {
      if !signers.isEmpty {
        note(PackSeal.attestation, .signature, "The pack is not signed, and a signature was asked for.")
      }
      for name in [PackSeal.query, PackSeal.response] where FileKind(at: pack + "/" + name) != nil {
        note(name, .timestamp, "It belongs to a signature, and there is none.")
      }
      return
    }
    checkSignature(octets, pack, verification, signers)
    checkStamp(octets, try files.octets(of: PackSeal.query), try files.octets(of: PackSeal.response), authorities)
  }

  private mutating func note(_ path: String, _ kind: PackVerification.Problem.Kind, _ message: String) {
    problems.append(PackVerification.Problem(path: path, kind: kind, message: message))
  }

  private mutating func checkSignature(
    _ octets: [UInt8], _ pack: String, _ verification: PackVerification, _ signers: [VerificationKey]
  ) {
    let name = PackSeal.attestation
    guard let envelope = Envelope(parsing: octets), envelope.payloadType == Envelope.inTotoType,
      let statement = try? JSONDecoder().decode(PackSeal.Statement.self, from: Data(envelope.payload)),
      statement.type == PackSeal.statementType, statement.predicateType == PackSeal.predicateType
    else { return note(name, .signature, "It is no signed statement about an evidence pack.") }
    guard let named = try? VerificationKey(parsing: Array(statement.predicate.publicKey.utf8)) else {
      return note(name, .signature, "It names no public key.")
    }
    let signer = signers.first { envelope.isSigned(by: $0) }
    guard let key = signer ?? (envelope.isSigned(by: named) ? named : nil) else {
      return note(name, .signature, "Its signature is wrong: the statement was changed, or another key was put in.")
    }
    if !signers.isEmpty, signer == nil {
      note(name, .signature, "It is signed by \(key.fingerprint), which is none of the keys that were named.")
    }
    if envelope.json != octets { note(name, .signature, "It is not in the one form in which a pack is signed.") }
    seal = PackVerification.Seal(signer: key.fingerprint, isKnown: signer != nil)
    compare(statement, pack, verification, key)
  }

  /// The statement against what stands in the folder.
  private mutating func compare(
    _ statement: PackSeal.Statement, _ pack: String, _ verification: PackVerification, _ key: VerificationKey
  ) {
    guard let actual = try? PackSeal.Statement(pack, verification, signer: key) else {
      return note(PackSeal.attestation, .signature, "What it is about cannot be read.")
    }
    for (signed, standing) in zip(statement.subject, actual.subject) where signed != standing {
      note(standing.name, .signature, "It is not the file that was signed.")
    }
    if statement.subject.map(\.name) != actual.subject.map(\.name) {
      note(PackSeal.attestation, .signature, "It is not about the files that stand for a pack.")
    }
    if statement.predicate != actual.predicate {
      note(PackSeal.attestation, .signature, "What it says of the run is not what \(Bag.infoPath) says.")
    }
  }

  private mutating func checkStamp(
    _ attestation: [UInt8], _ query: [UInt8]?, _ response: [UInt8]?, _ authorities: [UInt8]?
  ) {
    let digest = SHA256.digest(of: attestation)
    guard let response else {
      if authorities != nil { note(PackSeal.response, .timestamp, "There is no time stamp, and one was asked for.") }
      return
    }
    let name = PackSeal.response
    switch TimeStamp.check(response, digest: digest, request: query, authorities: authorities) {
    case .stamped(let seconds, let authority):
      seal?.stamp = .init(seconds: seconds, authority: authority, isChecked: true)
    case .unchecked(let seconds, let authority):
      seal?.stamp = .init(seconds: seconds, authority: authority, isChecked: false)
    case .rejected(.noResponse): note(name, .timestamp, "It is no answer of a time stamping authority (RFC 3161).")
    case .rejected(.refused): note(name, .timestamp, "The authority refused; there is no time stamp in it.")
    case .rejected(.otherImprint):
      note(name, .timestamp, "It is the time stamp of something else, not of this signature.")
    case .rejected(.otherRequest): note(name, .timestamp, "It does not answer \(PackSeal.query): its nonce is another.")
    case .rejected(.noAuthorities): note(name, .timestamp, "The certificates that were named cannot be read.")
    case .rejected(.badSignature(let why)):
      note(name, .timestamp, "It is not signed by an authority that was named (\(why)).")
    }
  }
}
