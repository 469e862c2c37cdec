internal import Addressing
internal import ArgumentParser
internal import Evidence
internal import Profiles
internal import Records
internal import Redaction
internal import Reports
internal import Sheets

extension CopyAudience: ExpressibleByArgument {}

extension EvidenceCommand {
  struct Redact: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "redact",
      abstract: "Makes a copy of a pack for others, without what is not theirs to see. / 提供用の写しを作成します。",
      discussion: """
        vendor: the findings of the chosen devices with the octets and frames that show them. public: findings without \
        octets, addresses or numbers of devices. Both leave out who the customer and the operator are, other devices, the \
        ledger, declarations, scope and captures. The pack is verified first and never changed; the copy names it by its \
        digest and lists in data/redactions.json what was masked or left out.
        """)

    @Argument(help: "Pack folder / 証跡パックのフォルダー") var pack: String
    @Option(name: .customLong("for"), help: "vendor or public / 提供先") var audience: CopyAudience
    @Option(help: "Folder for the copy; must not exist yet / 写しの出力先") var output: String
    @Option(help: "Only this device, by id, MAC or IP address (repeatable) / 対象の機器") var device: [String] = []
    @Option(help: "Only devices of this maker (repeatable) / 対象の製造者") var vendor: [String] = []
    @Flag(help: "Pseudonyms in place of addresses / アドレスを仮名にする") var hideAddresses = false
    @Option(help: "Language of the report: ja or en / 言語") var lang: Language = .ja
    @Option(help: "Folder of rule data (default: beside the program) / ルールデータ") var profiles: String?
    @OptionGroup var seal: SealOptions

    func run() throws {
      let signer = try seal.signer()
      let parent = try FinishedPack(pack)
      let problems = ScopeCheck.verified(PackVerifier.verify(directory: parent.path), parent.path).problems
      if let problem = problems.first {
        throw CommandFailure(.failed, "\(pack) does not verify, so no copy is made: \(problem)")
      }
      let store = try RunOptions.loadProfiles(profiles)
      let derived = try DerivedPack(
        parent, for: audience, devices: try devices(of: parent), hidesAddresses: hideAddresses || audience == .public,
        try CaptureRedaction.rules(in: store.directory), lang)
      let guidelines = try TLSGuidelines(store)
      let inputs = try reportInputs(store, notes: [note])
      do {
        try derived.write(to: output) { result, observations in
          try HTMLReport(inputs).render(
            result, language: lang, services: TLSServiceComparison.list(observations, guidelines),
            sheet: SheetTable.ofRun(result, store))
        }
      } catch let error as PackError {
        throw CommandFailure(error.code == .occupied ? .usage : .failed, "\(error)")
      }
      if let signer {
        try signer.sign(output)
        handOver(output)
      }
      print("\(output)  \(lang == .ja ? "機器" : "devices"): \(derived.devices.count)")
    }

    private var note: LocalizedText {
      LocalizedText(
        ja:
          "これは提供用(\(audience.name.ja))の写しです。対象外の機器、顧客と担当者の名前、通信の一部は含みません。何を除いたかはdata/redactions.jsonに、原本の識別はbag-info.txtにあります。",
        en:
          "This is a copy for \(audience.name.en): other devices, the names of customer and operator and part of the octets are not in it. data/redactions.json lists what was left out, bag-info.txt names the original."
      )
    }

    private func devices(of parent: FinishedPack) throws -> [Device] {
      let all = parent.inventory.devices
      for name in device where !all.contains(where: { $0.isNamed(name) }) {
        throw CommandFailure(.usage, "--device \(inert(name)): the pack holds no such device")
      }
      for name in vendor where !all.contains(where: { $0.isMade(by: name) }) {
        throw CommandFailure(.usage, "--vendor \(inert(name)): the pack holds no device of that maker")
      }
      guard !device.isEmpty || !vendor.isEmpty else { return all }
      return all.filter { one in device.contains(where: one.isNamed) || vendor.contains(where: one.isMade) }
    }
  }
}

extension Device {
  fileprivate func isNamed(_ name: String) -> Bool {
    let name = name.lowercased()
    return id.rawValue == name || mac?.description == name || addresses.contains { "\($0)" == name }
  }

  /// By its address or by what it says; part of the name will do.
  fileprivate func isMade(by name: String) -> Bool {
    let name = name.lowercased()
    let makers = [vendor?.name] + claims.filter { $0.kind == .vendor }.map { Optional($0.value) }
    return makers.compactMap { $0?.lowercased() }.contains { $0.contains(name) }
  }
}
