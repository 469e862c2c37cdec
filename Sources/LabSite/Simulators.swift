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

  /// A serial console server: the prompt of whatever hangs on the serial line, with no Telnet
  /// around it, and late, as serial lines are.
  public static func console(port: UInt16) throws(LabError) {
    let prompt = "\r\n\r\nNPort 5110\r\nlogin: "
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
    var waits = ([listener] + connections).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    guard unsafe poll(&waits, nfds_t(waits.count), milliseconds) > 0 else { return [] }
    var events: [Event] = []
    for ready in waits where ready.revents != 0 {
      guard ready.fd == listener else {
        events += read(from: ready.fd)
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

  func send(_ text: String, to connection: CInt) {
    guard connections.contains(connection) else { return }
    let octets = Array(text.utf8)
    _ = unsafe Glibc.send(connection, octets, octets.count, CInt(MSG_DONTWAIT))
  }
}
