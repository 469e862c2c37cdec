internal import Addressing
internal import Authority
internal import Checklist
internal import Credentials
internal import Engine
internal import Probes
internal import Records

// Default credentials: when everything else of a device is done, one login at a time, each with a permit.
extension AuditRun {
  /// The next login on an address; nil when nothing is left to try, or nobody asked for it.
  func nextLogin(_ position: Int, now: MonotonicInstant) throws -> ProbeTask? {
    guard let logins, records[position].stopped == nil, stopReason == nil else { return nil }
    if records[position].logins == nil {
      try noteOpenManagement(position)
      records[position].logins = courses(position, logins)
    }
    while let course = records[position].logins?.first {
      guard let step = course.next else {
        records[position].logins?.removeFirst()
        continue
      }
      var task = ProbeTask(endpoint: course.endpoint, probe: course.machine)
      task.login = LoginAttempt(
        step: step, pair: course.pair(of: step, random: logins.random), technique: course.technique)
      return task
    }
    return nil
  }

  private func courses(_ position: Int, _ logins: LoginSetup) -> [LoginCourse] {
    let record = records[position]
    guard let device = devices[record.device] else { return [] }
    var courses: [LoginCourse] = []
    let services = device.services.sorted { $0.endpoint < $1.endpoint }
    // Last, since each community is waited for.
    for service in services + [silentAgent(position, device)].compactMap(\.self) {
      for transport in LoginTransport.all(for: service, of: device) {
        guard !asksForNothing(service.endpoint, record.device) else { continue }
        let usual = course(service, transport, device, position, logins)
        if let usual { courses.append(usual) }
        if let list = listCourse(service, transport, usual, device, position, logins) { courses.append(list) }
      }
    }
    return courses
  }

  /// An SNMP agent that may be there though it has answered nothing; nil where it was not asked, has answered or is not there,
  /// and where its device was in distress, which is silent for another reason.
  private func silentAgent(_ position: Int, _ device: Device) -> Service? {
    let (record, agent) = (records[position], Service.silentAgent)
    let segment = segments[record.segment]
    guard record.distress.isEmpty, segment.plan.backEnd == .frames, let target = segment.scan.target(record.address),
      !device.services.contains(where: { $0.endpoint == agent.endpoint })
    else { return nil }
    let places = datagrams.indices.filter { datagrams[$0].port == agent.endpoint.port }
    return !places.isEmpty && places.allSatisfy { target.datagrams.cells[$0] == .silent } ? agent : nil
  }

  /// nil where there is nothing to try, where it may not be, and where another address of the device, or an earlier part
  /// of the run, has settled it.
  private func course(
    _ service: Service, _ transport: LoginTransport, _ device: Device, _ position: Int, _ logins: LoginSetup
  ) -> LoginCourse? {
    let record = records[position]
    let subject = Observation.Subject.service(record.device, service.endpoint)
    let greeting = record.greetings[service.endpoint.port] ?? []
    let traits = DeviceTraits(device, greeting: greeting, profiles: plan.profiles)
    guard let profile = logins.profiles.choice(for: traits, by: transport),
      let machine = transport.machine(
        service, profile, at: record.address, seed: seed(for: service.endpoint, position)),
      !record.chosen.contains(ProbeTask.key(service.endpoint, type(of: machine).sheet.id)),
      loginServices.insert(LoginService(subject: subject, transport: transport, isList: false)).inserted
    else { return nil }
    let course = LoginCourse(profile: profile, service: service, transport: transport, machine: machine)
    guard logins.authority.refusal(wish(course, record, account: "")) == nil else {
      loginTally.notPermitted += 1
      return nil
    }
    return course
  }

  /// A list comes after what is likeliest, and only where somebody consented to it.
  private func listCourse(
    _ service: Service, _ transport: LoginTransport, _ usual: LoginCourse?, _ device: Device, _ position: Int,
    _ logins: LoginSetup
  ) -> LoginCourse? {
    let record = records[position]
    guard let list = logins.list, list.transports.contains(transport) else { return nil }
    let traits = DeviceTraits(
      device, greeting: record.greetings[service.endpoint.port] ?? [], profiles: plan.profiles)
    let profile = list.profile(like: usual?.profile ?? logins.profiles.choice(for: traits, by: transport))
    let subject = Observation.Subject.service(record.device, service.endpoint)
    guard
      let machine = transport.machine(
        service, profile, at: record.address, seed: seed(for: service.endpoint, position))
    else { return nil }
    let course = LoginCourse(
      profile: profile, service: service, transport: transport, machine: machine, technique: .credentialList,
      skipping: Set(usual?.profile.pairs ?? []))
    guard !record.chosen.contains(ProbeTask.key(service.endpoint, course.recordName)),
      logins.authority.refusal(wish(course, record, account: "")) == nil,
      loginServices.insert(LoginService(subject: subject, transport: transport, isList: true)).inserted
    else { return nil }
    return course
  }

  /// A console that opens without a login, and a broker that serves strangers, have none to try.
  private func asksForNothing(_ endpoint: ServiceEndpoint, _ device: DeviceID) -> Bool {
    findings.contains {
      [TelnetProbe.question, MQTTProbe.anonymous].contains($0.check) && $0.device.id == device && $0.service == endpoint
    }
  }

  private func wish(_ course: LoginCourse, _ record: DeviceRecord, account: String) -> LoginWish {
    LoginWish(
      device: record.device, address: record.address, mac: record.mac, service: course.endpoint, account: account,
      technique: course.technique, threshold: course.profile.threshold)
  }

  // MARK: One attempt

  /// Everything but a login may begin at once. A login needs a permit, which is written down before it is given.
  /// - Returns: false while another login is under way on the device.
  func mayBegin(_ visit: Visit, _ index: Int, now: MonotonicInstant) throws -> Bool {
    guard let attempt = visit.task.login else { return true }
    guard let logins, let course = records[index].logins?.first else {
      visit.isExpired = true
      return true
    }
    if course.technique == .credentialList, let due = records[index].listDue, now < due { return false }
    let decision = try logins.authority.permit(wish(course, records[index], account: attempt.pair.account))
    switch consume decision {
    case .granted(let permit):
      visit.permitNumber = permit.number
      visit.attemptNumber = permit.attempt
      visit.permit = consume permit
      return true
    case .refused(.busy):
      let since = visit.waitingSince ?? now
      visit.waitingSince = since
      guard now - since >= Self.longestWait else { return false }
      visit.refusal = .busy
    case .refused(let refusal): visit.refusal = refusal
    }
    visit.isExpired = true
    return true
  }

  /// How long another process may keep a device to itself.
  private static var longestWait: Duration { .seconds(120) }

  // MARK: What came of it

  /// The attempt is over and its connection closed.
  func concludeLogin(_ visit: Visit, _ index: Int, now: MonotonicInstant) throws {
    guard let attempt = visit.task.login, let login = visit.probe as? any LoginMachine, let logins,
      records[index].logins?.isEmpty == false
    else { return }
    visit.permit = nil
    if let refusal = visit.refusal {
      records[index].logins?[0].stop(refusal.word)
    } else {
      let outcome = login.outcome ?? .inconclusive("time")
      if let number = visit.permitNumber {
        try logins.authority.settle(number, as: outcome.result(hasEntered: login.hasEntered))
      }
      try keep(login, outcome, attempt, visit, index)
      records[index].logins?[0].note(outcome, latency: login.latency, ending: login.ending)
    }
    records[index].listDue = now + Self.listPause
    try concludeCourse(index)
  }

  /// Between the attempts of a list, so that a device has time for others.
  private static var listPause: Duration { .seconds(1) }

  /// The device is in distress: nothing more is tried on it in this run.
  func breakOffLogin(_ visit: Visit, _ index: Int) throws {
    guard let login = visit.probe as? any LoginMachine else { return }
    visit.permit = nil
    if let number = visit.permitNumber {
      try logins?.authority.settle(number, as: login.hasEntered ? .unclear : .notEntered)
    }
    for place in records[index].logins?.indices ?? 0..<0 { records[index].logins?[place].stop("distress") }
    while records[index].logins?.isEmpty == false { try concludeCourse(index) }
  }

  private func keep(
    _ login: any LoginMachine, _ outcome: LoginOutcome, _ attempt: LoginAttempt, _ visit: Visit, _ index: Int
  ) throws {
    guard let course = records[index].logins?.first else { return }
    // A continuation of the run, and another course on the service, have other numbers.
    let number = visit.attemptNumber ?? 0
    let name = "\(place(index))-\(visit.endpoint.transport.rawValue)-\(visit.endpoint.port)-\(number)"
    records[index].loginNames.append(name)
    try evidence.login(
      name, transcript: login.transcript.text(hiding: attempt.pair.secret),
      sent: logins?.list?.isOwners == true && course.technique == .credentialList
        ? nil : visit.channels.flatMap(\.sent),
      received: visit.channels.flatMap(\.received))
    let control: Bool
    let pair: Int
    switch attempt.step {
    case .pair(let index): (control, pair) = (false, index)
    case .control(let index): (control, pair) = (true, index)
    }
    try evidence.record(
      "login.done", at: environment.wall(),
      LoginEvent(
        address: records[index].address, endpoint: visit.endpoint, profile: course.profile.id, pair: pair + 1,
        account: attempt.pair.account, isControl: control, outcome: outcome.word))
  }

  /// When a course is over, what it came to is an observation, and a finding where a pair is accepted.
  private func concludeCourse(_ index: Int) throws {
    guard let course = records[index].logins?.first, let verdict = course.verdict else { return }
    records[index].logins?.removeFirst()
    // Only where every likely pair was refused, or none was tried, does a list tell more.
    if course.technique == .defaultCredentials, !course.leavesRoomForList {
      records[index].logins?.removeAll { $0.technique == .credentialList && $0.service == course.service }
    }
    loginTally.take(course)
    if case .accepted = course.conclusion, course.service == .silentAgent {
      add(Service(endpoint: course.endpoint, state: .open, protocolName: .snmp), to: records[index].device)
    }
    let subject = Observation.Subject.service(records[index].device, course.endpoint)
    let names = records[index].loginNames
    records[index].loginNames = []
    try tell(verdict, of: course, subject, names, index)
    if let label = course.labelVerdict { try tell(label, of: course, subject, names, index) }
    if let lockout = course.lockoutVerdict { try tell(lockout, of: course, subject, names, index) }
    try noteReuse(course, names, index)
    // After what follows from it: this line says that the logins need not be repeated.
    try evidence.record(
      "probe.done", at: environment.wall(),
      ProbeEventRecord(
        address: records[index].address, endpoint: course.endpoint, probe: course.recordName, ended: nil
      ))
  }

  func tell(
    _ verdict: ProbeVerdict, of course: LoginCourse, _ subject: Observation.Subject, _ names: [String], _ index: Int
  ) throws {
    let observation = try observe(
      course.technique, subject, .probed(verdict), at: environment.wall(), evidence: names.map(PackPath.login))
    try makeLoginFindings(observation, names, records[index])
  }

  private func makeLoginFindings(_ observation: Observation, _ names: [String], _ record: DeviceRecord) throws {
    try makeLoginFindings(observation, paths: names.map(PackPath.login), names, record)
  }

  /// - Parameter names: the logins that the findings rest on, where they do.
  func makeLoginFindings(
    _ observation: Observation, paths: [String], _ names: [String], _ record: DeviceRecord
  ) throws {
    guard let device = devices[record.device] else { return }
    for check in findingMaker.matches(observation) {
      lastFinding += 1
      let finding = findingMaker.finding(
        id: numbered("F-", lastFinding, digits: 4), check: check, observation: observation, device: device,
        evidence: paths)
      findings.append(finding)
      try evidence.finding(finding, logins: names)
      try evidence.record("finding", at: finding.at, finding)
      environment.announce(finding)
    }
  }
}

extension LoginTally {
  fileprivate mutating func take(_ course: LoginCourse) {
    if course.tried > 0 { services += 1 }
    pairs += course.tried
    switch course.conclusion {
    case .accepted: accepted += 1
    case .inconclusive(let reason):
      undecided += 1
      if reason.hasSuffix("locked-out") { lockedOut += 1 }
    case .refused, nil: break
    }
  }
}

extension LoginOutcome {
  fileprivate func result(hasEntered: Bool) -> LoginResult {
    guard hasEntered else { return .notEntered }
    switch self {
    case .accepted: return .accepted
    case .refused: return .refused
    case .lockedOut: return .lockedOut
    case .inconclusive, .timedOut, .unreachable: return .unclear
    }
  }
}

extension LoginRefusal {
  /// A word for verdicts.
  fileprivate var word: String {
    switch self {
    case .notPermitted: "not-permitted"
    case .busy: "busy"
    case .lockedOut: "locked-out"
    case .budgetSpent: "budget-spent"
    case .thresholdKnown: "threshold-known"
    }
  }
}
