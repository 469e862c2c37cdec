internal import CLinux
internal import CNL80211
internal import Glibc
public import Wire

/// A radio of this computer, by the name of one of its interfaces.
public final class Radio {
  public let interface: String
  /// In the radio's order, with those that are not to be used.
  public let channels: [NL80211Channel]
  public let canMonitor: Bool
  let description: NL80211Interface
  let socket: RadioSocket

  /// Asks the kernel what the radio can do. Needs no right, and sends nothing.
  public init(interface: String) throws(RadioError) {
    self.interface = interface
    let index = unsafe if_nametoindex(interface)
    guard index != 0 else { throw .missing(interface) }
    socket = try RadioSocket(for: interface)
    let found: [NL80211Interface]
    do {
      let answers = try socket.ask(
        NL80211Message.Command.getInterface, [.number(RadioSocket.Attribute.interfaceIndex, index)], .asking)
      found = answers.compactMap { try? NL80211Interface(parsing: $0) }
    } catch {
      // nl80211 knows no such interface, though there is one.
      throw error.code == .noInterface ? .wired(interface) : error
    }
    guard let description = found.first else { throw .wired(interface) }
    self.description = description
    let answers = try socket.ask(
      NL80211Message.Command.getWiphy, dump: true,
      [.flag(RadioSocket.Attribute.splitWiphyDump), .number(RadioSocket.Attribute.wiphy, description.wiphy)], .asking)
    guard let wiphy = try? NL80211Wiphy(parsing: answers) else { throw RadioError(EBADMSG, interface, .asking) }
    (channels, canMonitor) = (wiphy.channels, wiphy.canMonitor)
  }

  /// The network that an interface has joined as a client, by its name; nil for none, and for an interface that is no radio's.
  ///
  /// A name that is no UTF-8 is written `0x…`. Needs no right, and sends nothing.
  public static func network(joinedBy interface: String) -> String? {
    guard let radio = try? Radio(interface: interface) else { return nil }
    // What a program such as wpa_supplicant has joined is not told of the interface, but among the networks that were heard.
    let name = radio.description.network ?? (try? radio.results())?.first(where: \.isJoined)?.name
    guard let name, !name.isEmpty else { return nil }
    return String(validating: name, as: UTF8.self) ?? "0x"
      + name.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Those of some bands that may be listened to, without the disabled ones.
  public func channels(in bands: Set<WiFiChannel.Band>) -> [NL80211Channel] {
    channels.filter { !$0.isDisabled && $0.band.map(bands.contains) == true }
  }

  static var now: Int64 { CLinux_monotonic_nanoseconds() / 1_000_000 }
}
