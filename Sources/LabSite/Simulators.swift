internal import CLab
import Foundation
internal import Glibc

/// The few devices no Debian daemon can stand in for. Each serves until it is killed.
public enum Simulators {
  /// A JetDirect port: takes everything, prints nothing, and keeps count of what a printer would
  /// have put on paper.
  public static func sink(port: UInt16, statePath: String) throws(LabError) {
    var server = try Server(port: port)
    var figures = DeviceState.Sink()
    while true {
      let events = server.wait(milliseconds: -1)
      for event in events {
        switch event {
        case .opened: figures.connections += 1
        case .received(_, let octets): figures.payloadOctets += octets.count
        }
      }
      do {
        try figures.writeState(to: statePath)
      } catch {
        throw .failed("cannot write \(statePath): \(error)")
      }
    }
  }

  /// A service that never stops talking, faster than anyone needs to listen.
  public static func endless(port: UInt16) throws(LabError) {
    var server = try Server(port: port)
    let text = String(repeating: "All work and no play makes Jack a dull boy.\r\n", count: 100)
    while true { _ = server.wait(milliseconds: server.sendToAll(text) ? 2 : -1) }
  }

  /// Joins the multicast DNS group again and again and never says a word itself: the kernel's MLD reports are all there
  /// is to hear of it.
  public static func member(port: UInt16) throws(LabError) {
    while true {
      let membership = unsafe CLab_join_group(NetworkPlan.interface, port)
      guard membership >= 0 else { throw .failed("cannot join a group: \(lastReason())") }
      usleep(1_950_000)
      close(membership)
      usleep(50_000)
    }
  }

  /// A serial console server: the prompt of whatever hangs on the serial line, with no Telnet
  /// around it, and late, as serial lines are.
  public static func console(port: UInt16) throws(LabError) {
    // As a device server of Moxa's shows itself.
    let prompt = "\r\n\r\nModel name       : NPort 5110\r\nFirmware version : 2.11 Build 21031716\r\n\r\nlogin: "
    let clock = ContinuousClock()
    var server = try Server(port: port)
    var due: [(connection: CInt, at: ContinuousClock.Instant)] = []
    while true {
      for event in server.wait(milliseconds: due.isEmpty ? -1 : 10) {
        switch event {
        case .opened(let connection):
          due.removeAll { $0.connection == connection }
          due.append((connection, clock.now + .milliseconds(1500)))
        case .received(let connection, let octets):
          guard octets.contains(where: { $0 == 10 || $0 == 13 }) else { continue }
          server.send("\r\nLogin incorrect\r\n\r\nlogin: ", to: connection)
        }
      }
      for entry in due where entry.at <= clock.now { server.send(prompt, to: entry.connection) }
      due.removeAll { $0.at <= clock.now }
    }
  }

  /// An Android debug bridge (AOSP, protocol.txt): the device's banner, or a token to sign, for whoever sends CNXN.
  public static func debugBridge(port: UInt16, asksForKey: Bool) throws(LabError) {
    let banner = "device::ro.product.name=lab;ro.product.model=PN-HW431;ro.product.device=lab;\0"
    let answer =
      asksForKey
      ? message("AUTH", 1, 0, [UInt8](repeating: 0x5a, count: 20))
      : message("CNXN", 0x0100_0000, 4096, Array(banner.utf8))
    var server = try Server(port: port)
    while true {
      for case .received(let connection, let octets) in server.wait(milliseconds: -1)
      where octets.starts(with: Array("CNXN".utf8)) {
        server.send(octets: answer, to: connection)
      }
    }
  }

  private static func message(_ command: String, _ first: UInt32, _ second: UInt32, _ data: [UInt8]) -> [UInt8] {
    let word = Array(command.utf8)
    let numbers = [first, second, UInt32(data.count), data.reduce(0) { $0 + UInt32($1) }]
    return word + numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
      + word.map { ~$0 } + data
  }
}

/// Connections of one listening port, served one event at a time.
private struct Server {
  enum Event {
    case opened(CInt)
    case received(CInt, [UInt8])
  }

  private let listener: CInt
  private var connections: [CInt] = []

  init(port: UInt16) throws(LabError) {
    // A client that went away must not take the simulator with it.
    CLab_block_signals()
    listener = CLab_listen(port)
    guard listener >= 0 else { throw .failed("cannot listen on \(port): \(lastReason())") }
  }

  mutating func wait(milliseconds: CInt) -> [Event] {
    var events: [Event] = []
    for ready in waitForInput(on: [listener] + connections, milliseconds: milliseconds) {
      guard ready == listener else {
        events += read(from: ready)
        continue
      }
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { continue }
      connections.append(connection)
      events.append(.opened(connection))
    }
    return events
  }

  private mutating func read(from connection: CInt) -> [Event] {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = unsafe recv(connection, &buffer, buffer.count, CInt(MSG_DONTWAIT))
    if count > 0 { return [.received(connection, Array(buffer.prefix(count)))] }
    close(connection)
    connections.removeAll { $0 == connection }
    return []
  }

  /// False when there is nobody to send to.
  func sendToAll(_ text: String) -> Bool {
    for connection in connections { send(text, to: connection) }
    return !connections.isEmpty
  }

  func send(_ text: String, to connection: CInt) { send(octets: Array(text.utf8), to: connection) }

  func send(octets: [UInt8], to connection: CInt) {
    guard connections.contains(connection) else { return }
    _ = unsafe Glibc.send(connection, octets, octets.count, CInt(MSG_DONTWAIT))
  }
}
