internal import Addressing
internal import ArgumentParser
internal import Audit
internal import Authority
internal import Credentials
internal import Documents
internal import Evidence
internal import Foundation
internal import LinkIO
internal import Profiles
internal import Records

struct CredentialsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "credentials", abstract: "Looks at the trying of default passwords. / 初期パスワードの確認について調べます。",
    subcommands: [Plan.self])

  struct Plan: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "plan",
      abstract: "Says what would be tried where, and sends nothing. / 何をどこで試すかを表示します(送信なし)。",
      discussion: """
        With --pack, for each service with a login of an audit's devices: by which profile it would be tried, and with which \
        accounts. Without, for each target: whether the scope allows it, and what would be tried on which kind of device. \
        Passwords are never printed. Exit status: 0; 3 when the scope allows no login at all.
        """)

    @Argument(help: "Addresses, ranges or blocks; with --pack only these of its devices / 対象") var targets: [String] =
      []
    @Option(help: "Scope file: what the customer allowed / 許可範囲ファイル") var scope: String
    @Option(help: "Pack of an audit whose devices are known / 検査済みの証跡パック") var pack: String?
    @Option(help: "Folder of rule data (default: beside the program) / ルールデータ") var profiles: String?

    func validate() throws {
      guard pack != nil || !targets.isEmpty else { throw ValidationError("Name targets, or a pack with --pack.") }
      for target in targets { _ = try rangeArgument(target) }
    }

    func run() throws {
      let authority = try readScope(scope)
      let store = try RunOptions.loadProfiles(profiles)
      // Whatever would keep `audit --credentials` from starting is said here too.
      let logins = try LoginPreparation(authority, scopeFile: scope, profiles: store, journal: nil)
      let ranges = try targets.map(rangeArgument)
      if let pack {
        let finished = try FinishedPack(pack)
        try CredentialPlan(scope: authority, store: store, profiles: logins.profiles).print(
          finished, PackReader(finished.path), within: ranges)
      } else {
        CredentialPlan(scope: authority, store: store, profiles: logins.profiles).print(ranges)
      }
    }
  }
}

/// What would be tried, as lines.
private struct CredentialPlan {
  let scope: Scope
  let store: ProfileStore
  let profiles: CredentialProfiles

  func print(_ pack: FinishedPack, _ reader: PackReader, within ranges: [AddressRange]) throws {
    var found = 0
    for device in pack.inventory.devices {
      guard let address = device.addresses.first, ranges.isEmpty || ranges.contains(where: { $0.contains(address) })
      else { continue }
      let services = device.services + silentAgent(device, address, pack.coverage)
      for service in services where !LoginTransport.all(for: service, of: device).isEmpty {
        found += 1
        let greeting = try reader.octets(
          of:
            "services/\(device.id.rawValue)-\(service.endpoint.transport.rawValue)-\(service.endpoint.port)/response.bin"
        )
        let traits = DeviceTraits(device, greeting: greeting ?? [], profiles: store)
        for transport in LoginTransport.all(for: service, of: device) {
          let judgement = judgement(address, device.mac, traits, transport)
          let note = service == .silentAgent ? "  [has not answered / 応答なし]" : ""
          Swift.print("\(address)  \(service.endpoint)  \(transport.rawValue)  \(judgement)\(note)")
        }
      }
    }
    if found == 0 { Swift.print("no service with a login / ログインのあるサービスはありません") }
  }

  /// Communities are asked where nothing has answered too.
  private func silentAgent(_ device: Device, _ address: IPAddress, _ coverage: Coverage) -> [Service] {
    let agent = Service.silentAgent
    let own = coverage.devices.first { $0.device == device.id && $0.address == address }
    let isSilent = own?.distress.isEmpty == true && own?.udp?.silentPorts?.contains(agent.endpoint.port) == true
    return isSilent && !device.services.contains { $0.endpoint == agent.endpoint } ? [agent] : []
  }

  private func judgement(
    _ address: IPAddress, _ mac: MACAddress?, _ traits: DeviceTraits, _ transport: LoginTransport
  ) -> String {
    if let refusal = scope.refusal(ofLoginTo: address, mac: mac, technique: .defaultCredentials, at: SystemClock.wall) {
      return "nothing: \(refusal) / 試しません"
    }
    // As it is written: where a password comes from is said, what it comes to is not.
    let choice = profiles.choice(for: traits, by: transport).flatMap { profiles.profile($0.id) }
    return choice.map { attempts($0, on: traits.device) } ?? "nothing: no profile / 該当するプロファイルなし"
  }

  func print(_ ranges: [AddressRange]) {
    for range in ranges {
      // The two ends stand for the range; a device's own address is judged when it is there.
      let refusal = [range.first, range.last].lazy.compactMap { address in
        scope.refusal(ofLoginTo: address, mac: nil, technique: .defaultCredentials, at: SystemClock.wall)
      }.first
      Swift.print("\(range)  \(refusal.map { "not all of it: \($0) / 一部は対象外" } ?? "consented to / 同意あり")")
    }
    Swift.print("\nEach service with a login gets the pairs of one profile, by what its device turns out to be:")
    Swift.print("ログインのあるサービスごとに、機器の種類に応じたプロファイル1つを使います:")
    Swift.print("  SNMP communities also where udp/161 has not answered / SNMPのコミュニティ名は応答のないudp/161でも試します")
    for profile in profiles.all {
      let services = profile.transports.map(\.rawValue).joined(separator: " ")
      Swift.print("  \(attempts(profile, on: nil)), \(services)  [\(profile.family.en) / \(profile.family.ja)]")
    }
  }

  /// `dahua/camera: #1 root, #2 root, #3 888888 (at most 2 failures in 30 minutes)`.
  private func attempts(_ profile: CredentialProfile, on device: Device?) -> String {
    let limit = profile.threshold.limit.map { "at most \($0) failures in 30 minutes" } ?? "no limit of failures"
    return "\(profile.id): \(profile.accounts(on: device)) (\(limit))"
  }
}
