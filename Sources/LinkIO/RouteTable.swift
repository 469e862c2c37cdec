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

  /// The MAC address of a neighbour, when the kernel knows it; nothing is sent.
  public func neighbour(_ address: IPAddress, on interface: Int32) -> MACAddress? {
    let answer = try? kernel.ask("\(address)") {
      NeighbourEntry.request(for: address, interface: interface, sequence: $0)
    }
    guard let entry = answer.flatMap({ try? NeighbourEntry(parsing: $0) }) else { return nil }
    return entry.state.isDisjoint(with: [.failed, .incomplete]) ? entry.mac : nil
  }

  /// Has the kernel resolve a neighbour as for a packet of its own, and waits for the answer, at most
  /// `patience`. Meant for gateways.
  ///
  /// The question names an address that a scope need not contain. It is permitted all the same: it is this
  /// host's own kernel that asks, exactly as any packet to a target behind the gateway would make it ask, and
  /// the gateway gets nothing else. A gateway that the scope excludes by name is not for this function.
  /// - Returns: nil when nobody answered, or when the kernel refuses (it wants CAP_NET_ADMIN).
  public func resolve(
    _ address: IPAddress, on interface: Int32, patience: Duration = .milliseconds(1500)
  ) -> MACAddress? {
    if let known = neighbour(address, on: interface) { return known }
    let asked = try? kernel.ask("\(address)") {
      NeighbourEntry.resolutionRequest(for: address, interface: interface, sequence: $0)
    }
    guard asked != nil else { return nil }
    let deadline = SystemClock.monotonic + patience
    while SystemClock.monotonic < deadline {
      if let known = neighbour(address, on: interface) { return known }
      SystemClock.wait(for: [], until: SystemClock.monotonic + .milliseconds(5))
    }
    return nil
  }

  /// Whom this host has heard of already, of both families; nothing is sent. Failed and unfinished
  /// resolutions are among them and have no MAC address.
  public func neighbours() throws(LinkError) -> [NeighbourEntry] {
    // Tables of other protocols come along; they are no addresses of ours.
    try kernel.dump("neighbours") { NeighbourEntry.dumpRequest(sequence: $0) }
      .compactMap { try? NeighbourEntry(parsing: $0) }
  }
}
