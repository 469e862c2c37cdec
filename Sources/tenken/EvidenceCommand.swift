internal import ArgumentParser
internal import Evidence
internal import Records
internal import Reports
internal import Sealing

struct EvidenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evidence", abstract: "Works on evidence packs. / 証跡パックを扱います。",
    subcommands: [Verify.self, Sign.self, Stamp.self, Redact.self, Archive.self])

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract:
        "Checks that nothing in a pack was changed, added or removed, that its scope allowed the run, and who signed it. / 証跡パックの完全性と署名を確認します。",
      discussion: """
        With --key the pack must be signed by one of these keys, with --authorities its signature must be stamped by one of \
        these authorities. Exit status: 0 intact, 1 not intact, 5 not readable.
        """)

    @Argument(help: "Pack folder, .zip or .tar.zst / 証跡パックのフォルダーまたは書庫") var pack: String
    @Option(help: "Public key that is believed (repeatable) / 信頼する公開鍵") var key: [String] = []
    @Option(help: "Certificates of time stamping authorities, PEM / 時刻認証局の証明書") var authorities: String?

    func run() throws {
      let keys = try key.map { try VerificationKey.read($0) }
      let roots = try authorities.map { try contents(of: $0, what: "the authorities") }
      let opened = try PackFolder.open(pack)
      let verification = ScopeCheck.verified(
        PackVerifier.verify(directory: opened.path, signers: keys, authorities: roots), opened.path)
      if let count = opened.count {
        let folder = count.folder.isEmpty ? "." : count.folder
        print(
          "    \(pack): what was checked is the folder \(inert(folder)) that it holds, unpacked for that (\(count.files) entries, \(count.octets) octets) / 展開した内容を検証しています"
        )
      }
      for problem in verification.problems { print("NG  \(problem)") }
      guard verification.isIntact else {
        let unreadable = verification.problems.contains { $0.kind == .unreadable }
        throw CommandFailure(
          unreadable ? .failed : .findings,
          "\(pack) does not verify: \(verification.problems.count) problem(s) / 検証できませんでした")
      }
      print("OK  \(verification.files) files, \(verification.octets) octets are as they were sealed / 封印時のままです")
      if let digest = verification.packDigest { print("    tagmanifest-sha256.txt  SHA-256 \(digest)") }
      if ScopeCheck.isCopy(verification) {
        let parent = verification.bagInfo.first { $0.label == "Tenken-Parent" }?.value ?? "?"
        print("    A copy of \(inert(parent)); the scope is in that pack. / 提供用の写しです。許可範囲は原本にあります。")
      }
      for line in Self.told(verification.seal) { print("    " + line) }
    }

    /// Who signed, and how much that says.
    private static func told(_ seal: PackVerification.Seal?) -> [String] {
      guard let seal else {
        return ["No signature: this shows that the pack was not altered, not who made it. / 署名は含まれていません。"]
      }
      var lines = ["Signed by \(seal.signer) / 署名者"]
      if !seal.isKnown {
        lines.append(
          "No key was named (--key), so anybody can have made this signature: compare the fingerprint. / 公開鍵が指定されていないため、署名者は確認していません。"
        )
      }
      guard let stamp = seal.stamp else {
        lines.append(
          "No time stamp: when it was signed rests on the auditor's word. / 第三者による時刻の証明はありません。")
        return lines
      }
      let moment = Timestamp(nanoseconds: stamp.seconds * 1_000_000_000).rfc3339()
      lines.append("Stamped \(moment) by \(inert(stamp.authority)) / 時刻認証")
      if !stamp.isChecked {
        lines.append("No authorities were named (--authorities), so who stamped it was not checked. / 時刻認証局は確認していません。")
      }
      return lines
    }
  }

  struct Sign: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "sign",
      abstract: "Signs a pack. / 証跡パックに署名します。",
      discussion: """
        Writes attestation.dsse.json (in-toto Statement in a DSSE envelope, Ed25519) and timestamp.tsq, the query for a time \
        stamping authority (RFC 3161). Nothing is sent anywhere.
        """)

    @Argument(help: "Pack folder / 証跡パックのフォルダー") var pack: String
    @Option(help: "Ed25519 private key (PEM or OpenSSH) / 秘密鍵") var key: String
    @Option(help: "File with the key's passphrase / 秘密鍵のパスフレーズを記したファイル") var passphraseFile: String?

    func run() throws {
      let signer = PackSigner(key: try SigningKey.read(key, passphraseFile: passphraseFile))
      try signer.sign(pack)
      handOver(pack)
      print("\(pack)/\(PackSeal.attestation)\n\(pack)/\(PackSeal.query)\n\(signer.key.publicKey.fingerprint)")
    }
  }

  struct Stamp: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "stamp",
      abstract: "Adds a time stamping authority's answer to a pack. / 時刻認証局の応答を追加します。",
      discussion: "The answer (.tsr) is the authority's to the pack's timestamp.tsq; it is checked before it is added.")

    @Argument(help: "Pack folder / 証跡パックのフォルダー") var pack: String
    @Argument(help: "The authority's answer, .tsr / 時刻認証局の応答") var response: String
    @Option(help: "Certificates of time stamping authorities, PEM / 時刻認証局の証明書") var authorities: String?

    func run() throws {
      let octets = try contents(of: response, what: "the answer")
      let roots = try authorities.map { try contents(of: $0, what: "the authorities") }
      do {
        switch try PackSeal.add(response: octets, to: pack, authorities: roots) {
        case .stamped(let seconds, let authority), .unchecked(let seconds, let authority):
          let moment = Timestamp(nanoseconds: seconds * 1_000_000_000).rfc3339()
          print("\(pack)/\(PackSeal.response)\n\(moment) \(inert(authority))")
        case .rejected(let why):
          throw CommandFailure(.findings, "\(response) is not the time stamp of \(pack): \(why)")
        }
      } catch let error as PackError {
        throw CommandFailure(error.code == .read ? .usage : .failed, "\(error)")
      }
      handOver(pack)
    }
  }
}
