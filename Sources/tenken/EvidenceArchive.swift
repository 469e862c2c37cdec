internal import ArgumentParser
internal import Evidence

extension EvidenceCommand {
  struct Archive: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "archive",
      abstract: "Writes a pack as one file, .zip or .tar.zst. / 証跡パックを1つのファイルにまとめます。",
      discussion: """
        The pack is verified first. In the archive lies one folder, named by the run; the same pack gives the same octets. \
        Every command that reads a pack takes the archive as well.
        """)

    @Argument(help: "Pack folder / 証跡パックのフォルダー") var pack: String
    @Option(help: "File to write, ending in .zip or .tar.zst; must not exist yet / 出力先") var output: String

    func validate() throws {
      guard PackArchive.Form(name: output) != nil else {
        throw ValidationError("--output must end in .zip or .tar.zst.")
      }
    }

    func run() throws {
      guard let form = PackArchive.Form(name: output) else { return }
      let folder = try PackFolder.path(of: pack)
      let verification = PackVerifier.verify(directory: folder)
      guard verification.isIntact else {
        for problem in verification.problems { print("NG  \(problem)") }
        throw CommandFailure(
          verification.problems.contains { $0.kind == .unreadable } ? .failed : .findings,
          "\(pack) does not verify, so it was not archived / 検証できなかったため、まとめていません")
      }
      do throws(PackError) {
        let count = try PackArchive.write(folder, verification, to: output, form: form)
        handOver(output)
        print("\(output)  \(count.files) files, \(count.octets) octets, in the folder \(count.folder)")
        print("    tagmanifest-sha256.txt  SHA-256 \(verification.packDigest ?? "")")
      } catch {
        throw CommandFailure(error.code == .create ? .usage : .failed, "\(error)")
      }
    }
  }
}
