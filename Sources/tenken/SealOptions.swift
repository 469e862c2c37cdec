internal import ArgumentParser
internal import CLinux
internal import Evidence
internal import Foundation
internal import Sealing

/// The key that signs a pack when it is closed.
struct SealOptions: ParsableArguments {
  @Option(help: "Ed25519 private key (PEM or OpenSSH) that signs the pack / 証跡パックに署名する秘密鍵") var sign: String?
  @Option(help: "File with the key's passphrase / 秘密鍵のパスフレーズを記したファイル") var passphraseFile: String?

  func validate() throws {
    guard sign != nil || passphraseFile == nil else { throw ValidationError("--passphrase-file belongs to --sign.") }
  }

  /// Reads the key before anything is sent: a key that cannot be used is found out at the beginning.
  func signer() throws -> PackSigner? {
    guard let sign else { return nil }
    return PackSigner(key: try SigningKey.read(sign, passphraseFile: passphraseFile))
  }
}

/// Signs packs.
struct PackSigner {
  let key: SigningKey

  /// Signs a pack that was closed.
  func sign(_ pack: String) throws {
    // What is signed is that the run was allowed, too: the statement names the scope's digest and the run's times.
    let checked = ScopeCheck.verified(PackVerifier.verify(directory: pack), pack)
    if let problem = checked.problems.first(where: { $0.kind == .scope }) {
      throw CommandFailure(.failed, "\(pack) is not signed: \(problem)")
    }
    do {
      try PackSeal.sign(pack, by: key, nonce: (0..<8).map { _ in UInt8.random(in: 0...255) })
    } catch let error as KeyError {
      throw CommandFailure(.failed, "\(pack) cannot be signed: \(error)")
    } catch let error as PackError {
      throw CommandFailure(error.code == .occupied ? .usage : .failed, "\(error)")
    }
  }
}

extension SigningKey {
  /// - Throws: ``CommandFailure`` for a file that others may read, or that is no Ed25519 key.
  static func read(_ path: String, passphraseFile: String?) throws -> SigningKey {
    let octets = try contents(of: path, what: "the key")
    let mode = (try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int) ?? 0
    guard mode & 0o077 == 0 else {
      throw CommandFailure(
        .usage, "the key \(path) can be read by others (mode \(String(mode, radix: 8))); run chmod 600 \(path)")
    }
    do {
      return try SigningKey(parsing: octets, passphrase: try passphrase(passphraseFile))
    } catch let error as KeyError {
      throw CommandFailure(.usage, "the key \(path) cannot be used: \(error)")
    }
  }
}

extension VerificationKey {
  static func read(_ path: String) throws -> VerificationKey {
    do {
      return try VerificationKey(parsing: try contents(of: path, what: "the public key"))
    } catch let error as KeyError {
      throw CommandFailure(.usage, "the public key \(path) cannot be used: \(error)")
    }
  }
}

/// The first line of a file.
func passphrase(_ file: String?) throws -> String? {
  guard let file else { return nil }
  let octets = try contents(of: file, what: "the passphrase").prefix { $0 != 0x0a && $0 != 0x0d }
  guard let text = String(validating: octets, as: UTF8.self), !text.isEmpty, !text.utf8.contains(0) else {
    throw CommandFailure(.usage, "\(file) holds no passphrase; write it on the first line, in UTF-8")
  }
  return text
}
