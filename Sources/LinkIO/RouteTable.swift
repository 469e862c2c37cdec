public import Addressing
internal import Records
public import Wire

/// Asks the kernel, address by address, how it would reach it: policy routing, several interfaces
/// and segments without a gateway all come out as the kernel sees them (rtnetlink(7)). It also tells
/// which addresses this host has and which neighbours it knows.
public final class RouteTable {
  private let kernel: NetlinkSocket
  private var links: [Int32: LinkMessage] = [:]

  public init() throws(LinkError) { kernel = try NetlinkSocket() }

  /// - Parameter interface: the index of the interface to go out through. A link-local IPv6 address
  ///   means something only together with one.
  /// - Throws: ``LinkError/Code/noRoute`` when the kernel knows no way.
  public func route(to address: IPAddress, through interface: Int32? = nil) throws(LinkError) -> RouteMessage {
    let answer = try kernel.ask("\(address)") {
      RouteMessage.request(for: address, through: interface, sequence: $0)
    }
    return try kernel.read(answer, "\(address)", RouteMessage.init(parsing:))
  }

  /// The interface with an index, as it was when it was first asked for.
  public func link(_ index: Int32) throws(LinkError) -> LinkMessage {
    if let known = links[index] { return known }
    let subject = "interface \(index)"
    let answer = try kernel.ask(subject) { LinkMessage.request(index: index, sequence: $0) }
    let link = try kernel.read(answer, subject, LinkMessage.init(parsing:))
    links[index] = link
    return link
  }

  /// Every interface of this host.
  public func interfaces() throws(LinkError) -> [LinkMessage] {
    try kernel.dump("interfaces") { LinkMessage.dumpRequest(sequence: $0) }
      .compactMap { try? LinkMessage(parsing: $0) }
  }

  /// Every address of this host, of both families.
  public func addresses() throws(LinkError) -> [InterfaceAddress] {
    try kernel.dump("addresses") { InterfaceAddress.dumpRequest(sequence: $0) }
      .compactMap { try? InterfaceAddress(parsing: $0) }
  }

  /// Whom this host has heard of already, of both families; nothing is sent. Failed and unfinished
  /// resolutions are among them and have no MAC address.
  public func neighbours() throws(LinkError) -> [NeighbourEntry] {
    // Tables of other protocols come along; they are no addresses of ours.
    try kernel.dump("neighbours") { NeighbourEntry.dumpRequest(sequence: $0) }
      .compactMap { try? NeighbourEntry(parsing: $0) }
  }
}
