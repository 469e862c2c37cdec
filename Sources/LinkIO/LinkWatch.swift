internal import CLinux
internal import Glibc

/// Notices when an interface of this host goes down.
public final class LinkWatch {
  private let index: Int32
  private let interface: String
  private let descriptor: OwnedDescriptor

  public init(index: Int32, interface: String) throws(LinkError) {
    self.index = index
    self.interface = interface
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else {
      throw .system(CLinux_errno(), interface, ja: "ソケットを開けません", en: "cannot open a socket")
    }
    self.descriptor = OwnedDescriptor(adopting: descriptor)
  }

  /// Whether the interface is up and has a carrier now. A switch that disables a port takes the
  /// carrier away, and frames then vanish without an error; asking costs about a microsecond.
  public func isUp() throws(LinkError) -> Bool {
    let answer = CLinux_link_is_up(descriptor.rawValue, index)
    guard answer >= 0 else {
      throw .system(-answer, interface, ja: "インターフェースの状態を確認できません", en: "cannot see the interface's state")
    }
    return answer > 0
  }

  /// - Throws: ``LinkError/Code/interfaceDown``, which ends the run.
  public func check() throws(LinkError) {
    guard try isUp() else { throw .down(interface) }
  }
}
