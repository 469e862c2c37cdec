public import Addressing
internal import CLinux
internal import Glibc
public import Wire

/// Asks the kernel, address by address, how it would reach it: policy routing, several interfaces
/// and segments without a gateway all come out as the kernel sees them (rtnetlink(7)).
public final class RouteTable {
  private let socket: OwnedDescriptor
  private var sequence: UInt32 = 0
  private var links: [Int32: LinkMessage] = [:]

  public init() throws(LinkError) {
    let descriptor = CLinux_open_route_socket()
    guard descriptor >= 0 else {
      throw LinkError(
        code: .system, interface: "", message: "cannot open a routing socket: \(errorText(-descriptor))")
    }
    socket = OwnedDescriptor(adopting: descriptor)
  }

  /// - Throws: ``LinkError/Code/noRoute`` when the kernel knows no way.
  public func route(to address: IPv4Address) throws(LinkError) -> RouteMessage {
    sequence &+= 1
    let answer = try exchange(RouteMessage.request(for: address, sequence: sequence), about: "\(address)")
    do throws(WireError) {
      return try RouteMessage(parsing: answer)
    } catch {
      throw LinkError(code: .system, interface: "", message: "the kernel's route to \(address) is unreadable: \(error)")
    }
  }

  /// The interface with an index.
  public func link(_ index: Int32) throws(LinkError) -> LinkMessage {
    if let known = links[index] { return known }
    sequence &+= 1
    let answer = try exchange(LinkMessage.request(index: index, sequence: sequence), about: "interface \(index)")
    do throws(WireError) {
      let link = try LinkMessage(parsing: answer)
      links[index] = link
      return link
    } catch {
      throw LinkError(
        code: .system, interface: "", message: "the kernel's description of interface \(index) is unreadable: \(error)")
    }
  }

  private func exchange(_ request: [UInt8], about subject: String) throws(LinkError) -> NetlinkMessage {
    let sent = unsafe send(socket.rawValue, request, request.count, 0)
    guard sent == request.count else {
      throw LinkError(
        code: .system, interface: "", message: "cannot ask the kernel about \(subject): \(errorText(CLinux_errno()))")
    }
    var buffer = [UInt8](repeating: 0, count: 16_384)
    let count = unsafe recv(socket.rawValue, &buffer, buffer.count, 0)
    guard count > 0 else {
      throw LinkError(
        code: .system, interface: "", message: "no answer of the kernel about \(subject): \(errorText(CLinux_errno()))")
    }
    let messages: [NetlinkMessage]
    do throws(WireError) {
      messages = try NetlinkMessage.parse(buffer.span.extracting(0..<count))
    } catch {
      throw LinkError(
        code: .system, interface: "", message: "the kernel's answer about \(subject) is unreadable: \(error)")
    }
    guard let answer = messages.first(where: { $0.sequence == sequence }) else {
      throw LinkError(code: .system, interface: "", message: "the kernel's answer about \(subject) was lost")
    }
    if let number = answer.errorNumber, number != 0 {
      throw LinkError(code: .noRoute, interface: "", message: "no route to \(subject): \(errorText(number))")
    }
    return answer
  }
}
