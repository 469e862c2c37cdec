internal import CLinux
internal import CNL80211
internal import Glibc
public import Wire

/// What listening gave, beside the frames.
public struct RadioListening: Sendable {
  /// By frequency.
  public let coverage: [ChannelSchedule.Coverage]
  /// Frames that the kernel heard and had no room for.
  public let dropped: Int
}

extension Radio {
  /// Listens to the channels in turn and hands over each frame, until the time is over or `stop` says so.
  ///
  /// Nothing is sent: the interface is a monitor's without the flag that makes it acknowledge, and its socket is only read from.
  /// An interface that is in monitor mode already is used as it is. Otherwise one is made for this, which the kernel itself removes with the
  /// socket that made it, however this process ends.
  /// - Parameters:
  ///   - dwell: milliseconds on a channel. A network sends a beacon every 102.4 ms as a rule, so that 250 hear two.
  ///   - body: gets the octets with their radio header; they are valid during the call.
  /// - Throws: `notPermitted`, `unsupported` without monitor mode, `busy` where another interface holds the channel, and others.
  public func listen(
    to channels: [NL80211Channel], milliseconds: Int64, dwell: Int64, until stop: () -> Bool,
    take body: (Span<UInt8>, RadioHeader.LinkType) -> Void
  ) throws(RadioError) -> RadioListening {
    var schedule = ChannelSchedule(channels)
    guard !schedule.coverage.isEmpty else { throw .noChannel(interface) }
    guard canMonitor || description.isMonitor else { throw .noMonitor(interface) }
    let monitor = try MonitorInterface(of: self)
    defer { monitor.remove() }
    let capture = try MonitorCapture(monitor.name)
    let end = Self.now + milliseconds
    while Self.now < end, !stop(), let place = schedule.advance() {
      let frequency = schedule.coverage[place].frequency
      do {
        try tune(monitor, frequency)
      } catch {
        // A radio may list channels that it cannot listen to; if it can none, the reason is told.
        schedule.refuse(place)
        if error.code == .busy || schedule.coverage.allSatisfy(\.isRefused) { throw error }
        continue
      }
      let begin = Self.now
      let leave = min(end, begin + dwell)
      var frames = 0
      while Self.now < leave, !stop() {
        capture.wait(milliseconds: leave - Self.now)
        try capture.receive { octets, type in
          body(octets, type)
          // What waited was heard on the channel before, and a strong neighbour is heard beside its own.
          let heard = (try? RadioHeader(parsing: octets, type))?.frequency
          if heard.map({ UInt32($0) == frequency }) ?? true { frames += 1 }
        }
      }
      schedule.note(place, milliseconds: Self.now - begin, frames: frames)
    }
    return RadioListening(coverage: schedule.coverage, dropped: capture.dropped)
  }

  private func tune(_ monitor: MonitorInterface, _ frequency: UInt32) throws(RadioError) {
    _ = try socket.ask(
      NL80211Message.Command.setWiphy,
      [
        .number(RadioSocket.Attribute.interfaceIndex, monitor.index),
        .number(RadioSocket.Attribute.wiphyFrequency, frequency),
      ], .tuning)
  }
}

/// The interface that is listened on: the given one, or one made for it.
private final class MonitorInterface {
  let name: String
  let index: UInt32
  /// Made here, by this socket.
  private var maker: RadioSocket?

  init(of radio: Radio) throws(RadioError) {
    if radio.description.isMonitor {
      (name, index, maker) = (radio.interface, radio.description.index, nil)
    } else {
      let socket = try RadioSocket(for: radio.interface)
      (name, index) = try Self.make(of: radio, socket)
      maker = socket
    }
    let status = unsafe CNL80211_set_up(name)
    guard status == 0 else {
      remove()
      throw RadioError(-status, radio.interface, .makingMonitor)
    }
  }

  /// Under the first name that is free.
  private static func make(of radio: Radio, _ socket: RadioSocket) throws(RadioError) -> (String, UInt32) {
    for number in 0..<16 {
      let name = "tenkenmon\(number)"
      guard unsafe if_nametoindex(name) == 0 else { continue }
      _ = try socket.ask(
        NL80211Message.Command.newInterface,
        [
          .number(RadioSocket.Attribute.wiphy, radio.description.wiphy),
          .text(RadioSocket.Attribute.interfaceName, name),
          .number(RadioSocket.Attribute.interfaceType, NL80211Message.monitor),
          .flag(RadioSocket.Attribute.socketOwner),
        ], .makingMonitor)
      // The kernel, or a rule of udev, may have renamed it.
      let index = unsafe if_nametoindex(name)
      guard index != 0 else { throw .missing(name) }
      return (name, index)
    }
    throw RadioError(EEXIST, radio.interface, .makingMonitor)
  }

  func remove() {
    guard let socket = maker else { return }
    // If it fails, closing the socket does it.
    _ = try? socket.ask(
      NL80211Message.Command.deleteInterface, [.number(RadioSocket.Attribute.interfaceIndex, index)], .makingMonitor)
    maker = nil
  }
}
