internal import Wire

/// Notices when an interface of this host goes down.
public final class LinkWatch {
  private let index: Int32
  private let interface: String
  private let kernel: NetlinkSocket

  public init(index: Int32, interface: String) throws(LinkError) {
    self.index = index
    self.interface = interface
    kernel = try NetlinkSocket()
  }

  /// Whether the interface is up and has a carrier now. A switch that disables a port takes the
  /// carrier away, and frames then vanish without an error; asking costs about 10 µs.
  public func isUp() throws(LinkError) -> Bool {
    let index = index
    do throws(LinkError) {
      let answer = try kernel.ask("interface \(index)") { LinkMessage.request(index: index, sequence: $0) }
      return try kernel.read(answer, "interface \(index)", LinkMessage.init(parsing:)).isRunning
    } catch let error where error.code == .noRoute {
      return false  // ENODEV: the interface itself is gone
    }
  }

  /// - Throws: ``LinkError/Code/interfaceDown``, which ends the run.
  public func check() throws(LinkError) {
    guard try isUp() else { throw .down(interface) }
  }
}
