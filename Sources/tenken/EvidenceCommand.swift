internal import ArgumentParser
internal import Evidence

struct EvidenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evidence", abstract: "Works on evidence packs. / 証跡パックを扱います。", subcommands: [Verify.self])

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Checks that nothing in a pack was changed, added or removed. / 証跡パックが改変されていないことを確認します。",
      discussion: "Exit status: 0 intact, 1 not intact, 5 not readable.")

    @Argument(help: "Pack folder / 証跡パックのフォルダー") var pack: String

    func run() throws {
      let verification = PackVerifier.verify(directory: pack)
      for problem in verification.problems { print("NG  \(problem)") }
      guard verification.isIntact else {
        let unreadable = verification.problems.contains { $0.kind == .unreadable }
        throw CommandFailure(
          unreadable ? .failed : .findings,
          "\(pack) does not verify: \(verification.problems.count) problem(s) / 検証できませんでした")
      }
      print("OK  \(verification.files) files, \(verification.octets) octets are as they were sealed / 封印時のままです")
      if let digest = verification.packDigest { print("    tagmanifest-sha256.txt  SHA-256 \(digest)") }
      print("    No signature: this shows that the pack was not altered, not who made it. / 署名は含まれていません。")
    }
  }
}
