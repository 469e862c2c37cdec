internal import ArgumentParser

struct SSHCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ssh",
    abstract: "Asks SSH services what they agree to. / SSHサービスの設定を検査します。",
    discussion: """
      Algorithm lists, host keys and group sizes, one connection at a time and at most six for a service. \
      Nobody is logged in.
      """)

  @OptionGroup var options: ServiceOptions

  func run() throws {
    try options.ask(.ssh, usualPort: 22)
  }
}
