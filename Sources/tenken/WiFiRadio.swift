internal import ArgumentParser
internal import Authority
internal import CLinux
internal import LinkIO
internal import RadioIO
internal import Records
internal import WiFi
internal import WiFiAudit
internal import Wire

/// Hearing with a radio of this computer, as the command line asks for it.
struct WiFiRadioOptions: ParsableArguments {
  @Option(help: "Hear with this wireless interface: the kernel's scan, or --monitor / 使用する無線インターフェース")
  var interface: String?
  @Flag(help: "Listen in monitor mode, changing channels, and send nothing / モニターモードで受信(送信なし)")
  var monitor = false
  @Flag(help: "Scan without asking: the kernel sends no probe requests / 問い合わせを送信しないスキャン")
  var passive = false
  @Option(help: "Scans to make; what one hears is believed when another hears it too (default: 3) / スキャンの回数")
  var scans: Int?
  @Option(help: "Seconds to listen with --monitor (default: 60) / モニターモードで受信する秒数")
  var time: Int?
  @Option(help: "Milliseconds on each channel with --monitor (default: 250, two beacons) / 各チャネルに留まるミリ秒")
  var dwell: Int?
  @Option(help: "Bands: 2.4, 5, 6, with commas (default: all that the radio has) / 帯域")
  var bands: String?

  var isAsked: Bool { interface != nil }
  /// What was heard until then is told all the same.
  var wasInterrupted: Bool { isAsked && CLinux_stop_signals() > 0 }

  func validate() throws {
    guard isAsked else {
      guard !monitor, !passive, scans == nil, time == nil, dwell == nil, bands == nil else {
        throw ValidationError("--monitor, --passive, --scans, --time, --dwell and --bands need --interface NAME.")
      }
      return
    }
    if monitor {
      guard !passive, scans == nil else {
        throw ValidationError("--monitor only listens: leave --passive and --scans out.")
      }
    } else if time != nil || dwell != nil {
      throw ValidationError("--time and --dwell are for --monitor.")
    }
    guard (1...20).contains(scans ?? 3) else { throw ValidationError("--scans is a number from 1 to 20.") }
    guard (1...86_400).contains(time ?? 60) else { throw ValidationError("--time is a number from 1 to 86400.") }
    guard (20...60_000).contains(dwell ?? 250) else { throw ValidationError("--dwell is a number from 20 to 60000.") }
    _ = try chosenBands()
  }

  private func chosenBands() throws -> Set<WiFiChannel.Band> {
    guard let bands else { return [.low, .middle, .high] }
    let known: [Substring: WiFiChannel.Band] = ["2.4": .low, "5": .middle, "6": .high]
    return Set(
      try bands.split(separator: ",", omittingEmptySubsequences: false).map {
        guard let band = known[$0] else { throw ValidationError("\(bands): bands are 2.4, 5 and 6, as in 2.4,5.") }
        return band
      })
  }

  /// Hears, unless the scope forbids it: nothing is opened then, and nothing sent.
  func hear(_ hearing: inout WiFiHearing, _ scope: Scope, _ language: Language) throws {
    guard let interface else { return }
    try check(scope)
    do {
      let radio = try Radio(interface: interface)
      let channels = radio.channels(in: try chosenBands())
      CLinux_count_stop_signals()
      let begin = SystemClock.wall
      if monitor {
        try listen(radio, channels, &hearing, until: scope.validUntil)
      } else {
        // No list asks for all, so that the kernel's own choice of channels and their order holds.
        try scan(radio, bands == nil ? [] : channels, &hearing, until: scope.validUntil)
      }
      hearing.withCoverage { $0.lasted(from: begin.nanoseconds, until: SystemClock.wall.nanoseconds) }
    } catch let error as RadioError {
      let status: ExitStatus = error.code == .notPermitted ? .notPermitted : .failed
      throw CommandFailure(status, "\(error.interface): \(error.text.text(language))")
    }
  }

  private func check(_ scope: Scope) throws {
    let suffices: [Technique] = monitor ? [.wifiListen] : passive ? [.wifiListen, .wifiScan] : [.wifiScan]
    guard suffices.contains(where: scope.techniques.contains) else {
      let further = monitor || passive ? "" : ", or use --passive or --monitor, which send nothing, with wifi-listen"
      throw CommandFailure(
        .notPermitted,
        "the scope does not allow this: its techniques lack \(suffices[0].rawValue). Add it when the customer agrees\(further).\n"
          + "Nothing was sent.")
    }
    if let refusal = scope.validityRefusal(at: SystemClock.wall, target: "Wi-Fi") {
      throw CommandFailure(.notPermitted, "\(refusal)\nNothing was sent.")
    }
  }

  /// The first scan asks, the others only listen, where beacons of networks that do not answer are heard: a scan that asks leaves a channel
  /// after some 30 ms, and beacons come every 102.4 ms.
  private func scan(
    _ radio: Radio, _ channels: [NL80211Channel], _ hearing: inout WiFiHearing, until end: Timestamp
  ) throws {
    hearing.begin(WiFiSource(.scan, name: radio.interface))
    var sightings = NL80211Sightings()
    for number in 0..<(scans ?? 3) {
      guard !isOver(end) else { return hearing.breakOff(.interrupted) }
      let scan = try radio.scan(passive: passive || number > 0, channels: channels)
      hearing.withSurvey { survey in
        for sighting in sightings.take(scan.networks, within: scan.milliseconds) {
          survey.take(
            scanOf: sighting.address, capabilities: sighting.capabilities, elements: sighting.elements.span,
            frequency: sighting.frequency, signal: sighting.signal)
        }
      }
      hearing.withCoverage { coverage in
        // The kernel says where it was, and not for how long.
        for frequency in scan.frequencies { coverage.listened(on: UInt16(clamping: frequency), for: 0) }
      }
    }
  }

  private func listen(
    _ radio: Radio, _ channels: [NL80211Channel], _ hearing: inout WiFiHearing, until end: Timestamp
  ) throws {
    hearing.begin(WiFiSource(.monitor, name: radio.interface))
    // The closures would both need the hearing otherwise.
    var heard = hearing
    let stop = { isOver(end) }
    let listening = try radio.listen(
      to: channels, milliseconds: Int64(time ?? 60) * 1000, dwell: Int64(dwell ?? 250),
      until: stop, take: { heard.take($0, $1, at: SystemClock.wall.nanoseconds) })
    hearing = heard
    hearing.withCoverage { coverage in
      for channel in listening.coverage where channel.milliseconds > 0 {
        coverage.listened(on: UInt16(clamping: channel.frequency), for: channel.milliseconds * 1_000_000)
      }
    }
    hearing.note(dropped: listening.dropped)
    if isOver(end) { hearing.breakOff(.interrupted) }
  }

  /// Somebody wants it to end, or the time that the scope allows is over.
  private func isOver(_ end: Timestamp) -> Bool { CLinux_stop_signals() > 0 || SystemClock.wall >= end }
}
