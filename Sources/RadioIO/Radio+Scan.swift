internal import CNL80211
internal import Glibc
public import Wire

/// What one scan of the kernel's gave.
public struct RadioScan: Sendable {
  /// For ``NL80211Sightings``.
  public let networks: [NL80211Network]
  /// On which it listened, as the kernel says afterwards, in MHz.
  public let frequencies: [UInt32]
  /// That it took, from the request to the answer.
  public let milliseconds: UInt32
}

extension Radio {
  /// A kernel that listens on every channel of three bands takes some 15 s.
  private static let scanPatience: Int64 = 45_000
  /// Another program's scan is waited for.
  private static let busyPatience: Int64 = 15_000

  /// Has the kernel scan, and takes what it heard.
  ///
  /// An active scan sends probe requests that name no network, on the channels where that is allowed; a passive one sends nothing.
  /// - Parameter channels: empty for all that the radio has.
  /// - Throws: `notPermitted` without CAP_NET_ADMIN, `down`, `switchedOff`, `busy`, `timedOut` and others.
  public func scan(passive: Bool, channels: [NL80211Channel] = []) throws(RadioError) -> RadioScan {
    let events = try RadioSocket(for: interface)
    // Before the request, so that its end is not missed.
    try events.join("scan")
    var begin = Self.now
    let busyUntil = begin + Self.busyPatience
    while true {
      do {
        begin = Self.now
        try trigger(passive: passive, channels)
        break
      } catch {
        guard error.code == .busy, Self.now < busyUntil else { throw error }
        _ = try events.told(within: 500)
      }
    }
    let frequencies = try end(events, until: begin + Self.scanPatience)
    let networks = try results()
    return RadioScan(
      networks: networks, frequencies: frequencies, milliseconds: UInt32(clamping: Self.now - begin))
  }

  private func trigger(passive: Bool, _ channels: [NL80211Channel]) throws(RadioError) {
    var arguments: [RadioSocket.Argument] = [.number(RadioSocket.Attribute.interfaceIndex, description.index)]
    if !passive { arguments.append(.anyName(RadioSocket.Attribute.scanNames)) }
    if !channels.isEmpty {
      arguments.append(.numbers(RadioSocket.Attribute.scanFrequencies, channels.map(\.frequency)))
    }
    _ = try socket.ask(NL80211Message.Command.triggerScan, arguments, .scanning)
  }

  /// Waits for the end of the scan.
  /// - Returns: frequencies that it was on.
  private func end(_ events: RadioSocket, until: Int64) throws(RadioError) -> [UInt32] {
    while Self.now < until {
      for message in try events.told(within: min(1000, until - Self.now))
      where message.number(RadioSocket.Attribute.interfaceIndex) == description.index {
        switch message.command {
        case NL80211Message.Command.newScanResults:
          return (try? message.numbers(RadioSocket.Attribute.scanFrequencies)) ?? []
        case NL80211Message.Command.scanAborted: throw .aborted(interface)
        default: break
        }
      }
    }
    throw .noEnd(interface)
  }

  /// What the kernel remembers. While it is read the list may change, which its generation tells: then it is read again.
  func results() throws(RadioError) -> [NL80211Network] {
    var answers: [NL80211Message] = []
    for _ in 0..<3 {
      answers = try socket.ask(
        NL80211Message.Command.getScan, dump: true, [.number(RadioSocket.Attribute.interfaceIndex, description.index)],
        .scanning)
      if Set(answers.compactMap { $0.number(RadioSocket.Attribute.generation) }).count <= 1 { break }
    }
    return answers.compactMap { try? NL80211Network(parsing: $0) }
  }
}
