internal import Addressing
internal import Authority
internal import Credentials
internal import Probes
internal import Records

// What a login enters: octets that hold a name or a password, under the permit for it. Whatever holds the password spends it.
extension AuditRun {
  /// On an open connection.
  /// - Returns: false while it has to wait.
  func enter(
    _ number: ProbeChannel, _ message: LoginMessage, _ visit: Visit, _ index: Int, now: MonotonicInstant
  ) -> Bool {
    guard let logins, let attempt = visit.task.login, let place = visit.place(number) else {
      return refuse(number, Self.notPermitted, visit, now: now)
    }
    guard visit.channels[place].phase == .open else { return true }
    guard hasRoom(3, index, now: now) else { return false }
    guard let permit = visit.permit.take() else { return refuse(number, Self.notPermitted, visit, now: now) }
    let octets = LoginOctets(message, of: attempt.pair).octets
    let session = visit.channels[place].session
    let outcome: SendOutcome
    if message.holdsPassword {
      outcome = logins.dialer.enter(session, octets, spending: permit)
    } else {
      outcome = logins.dialer.enter(session, octets, under: permit)
      visit.permit = consume permit
    }
    guard case .refused(let reason) = outcome else {
      visit.note(sent: octets, place)
      return true
    }
    return refuse(number, reason, visit, now: now)
  }

  /// In a datagram.
  /// - Returns: false while it has to wait.
  func enter(
    _ number: ProbeChannel, _ request: DatagramRequest, _ message: LoginMessage, _ visit: Visit, _ index: Int,
    now: MonotonicInstant
  ) -> Bool {
    guard let edge = logins?.exchanger, let attempt = visit.task.login, message.holdsPassword else {
      return refuse(number, Self.notPermitted, visit, now: now)
    }
    // Keys of SNMP take a while to make: not while there is no room to send what they are for.
    guard hasRoom(1, index, now: now) else { return false }
    let octets = LoginOctets(message, of: attempt.pair).octets
    let filled = DatagramRequest(
      port: request.port, payload: octets, localPort: request.localPort, anySourcePort: request.anySourcePort)
    return datagram(number, filled, visit, index, now: now) { session in
      guard let permit = visit.permit.take() else { return .refused(Self.notPermitted) }
      return edge.enter(session, octets, spending: permit)
    }
  }

  /// In an HTTP exchange of its own. What holds no password, such as the cookie of a session, needs a login to belong to.
  /// - Returns: false while it has to wait.
  func enter(
    _ number: ProbeChannel, _ login: LoginRequest, _ visit: Visit, _ index: Int, now: MonotonicInstant
  ) -> Bool {
    guard let edge = logins?.client, let attempt = visit.task.login else {
      return refuse(number, Self.notPermitted, visit, now: now)
    }
    let (zone, source) = vantage(index)
    let (address, mac) = (records[index].address, records[index].mac)
    let request = login.filled(with: attempt.pair)
    let technique = attempt.technique
    return fetch(number, request, visit, index, now: now) {
      guard login.holdsPassword else {
        return edge.begin(request, to: address, zone: zone, mac: mac, from: source, within: technique)
      }
      guard let permit = visit.permit.take() else { return .refused(Self.notPermitted) }
      return edge.begin(request, to: address, zone: zone, mac: mac, from: source, spending: permit)
    }
  }

  /// By SSH. Its connection costs the device what any other does.
  /// - Returns: false while it has to wait.
  func enter(_ number: ProbeChannel, port: UInt16, _ visit: Visit, _ index: Int, now: MonotonicInstant) -> Bool {
    guard !visit.holdsStream else { return false }
    guard visit.used.connections < visit.task.sheet.connections, visit.place(number) == nil else {
      return refuse(number, Self.beyondSheet, visit, now: now)
    }
    guard let edge = logins?.shell, let attempt = visit.task.login, plan.mayConnect(to: port), plan.mayAsk(port) else {
      return refuse(number, Self.notPermitted, visit, now: now)
    }
    guard mayConnect(index, now: now) else { return false }
    guard let permit = visit.permit.take() else { return refuse(number, Self.notPermitted, visit, now: now) }
    visit.used.connections += 1
    let (zone, source) = vantage(index)
    let opening = edge.begin(
      LoginOctets(.account, of: attempt.pair).octets, LoginOctets(.password, of: attempt.pair).octets,
      to: records[index].address, zone: zone, mac: records[index].mac, port: port, from: source, spending: permit)
    guard case .started(let session) = opening else { return refuse(number, opening.reason, visit, now: now) }
    visit.channels.append(Visit.Channel(number: number, carrier: .shell, port: port, session: session))
    share(of: index).map { edge.pace(session, perSecond: $0) }
    return true
  }

  func take(_ progress: ShellProgress, now: MonotonicInstant) {
    guard let (visit, place, index) = find(.shell, progress.session) else { return }
    guard let event = progress.event else {
      visit.channels[place].phase = .over
      keepGap(index, now: now)
      return
    }
    if visit.channels[place].phase != .closing { visit.tell(event, at: now) }
  }
}
