internal import ArgumentParser
internal import Evidence
internal import Sealing

struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Keys that sign evidence packs. / 証跡パックの署名鍵を扱います。",
    subcommands: [Generate.self, Show.self])

  struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "generate",
      abstract: "Makes an Ed25519 key. / 署名鍵を作成します。",
      discussion: """
        Writes the private key (PKCS #8, mode 0600) and beside it FILE.pub, the public key that those who verify need. \
        Hand the public key over in person or by another way than the packs. An existing file is never replaced.
        """)

    @Argument(help: "File for the private key; must not exist yet / 秘密鍵の出力先") var file: String
    @Option(help: "File with a passphrase that encrypts the key / 秘密鍵を暗号化するパスフレーズのファイル")
    var passphraseFile: String?

    func run() throws {
      let phrase = try passphrase(passphraseFile)
      do {
        let key = try SigningKey.generate()
        try PrivateFile.create(file, try key.pem(passphrase: phrase))
        try PrivateFile.create(file + ".pub", key.publicKey.pem)
        print("\(file)\n\(file).pub\n\(key.publicKey.fingerprint)")
        if phrase == nil {
          complain("the key is not encrypted; whoever can read \(file) can sign in your name / 鍵は暗号化されていません")
        }
      } catch let error as KeyError {
        throw CommandFailure(.failed, "\(error)")
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Shows a key's fingerprint and public half. / 公開鍵と指紋を表示します。")

    @Argument(help: "Private or public key / 秘密鍵または公開鍵") var file: String
    @Option(help: "File with the key's passphrase / 秘密鍵のパスフレーズを記したファイル") var passphraseFile: String?

    func run() throws {
      let octets = try contents(of: file, what: "the key")
      let isPrivate = String(decoding: octets, as: UTF8.self).contains("PRIVATE KEY-----")
      let key =
        isPrivate
        ? try SigningKey.read(file, passphraseFile: passphraseFile).publicKey : try VerificationKey.read(file)
      print(key.fingerprint)
      print(String(decoding: key.pem, as: UTF8.self), terminator: "")
    }
  }
}
