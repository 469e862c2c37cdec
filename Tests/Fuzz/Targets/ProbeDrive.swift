internal import Addressing
internal import Credentials
internal import Probes
internal import Records
internal import Wire

/// Plays the driver of one probe against a device whose every word stands in the input.
///
/// What the driver of Audit keeps apart is kept apart here too: nothing comes of a channel that is not open, and a probe
/// is not asked any more once it has reported or its time is up.
struct ProbeDrive {
  private enum Channel {
    case opening, open, datagrams
    case fetching(HTTPRequest)
  }

  private var probe: any Probe
  private let sheet: ProbeSheet
  private let begun = MonotonicInstant(nanoseconds: 5_000_000_000_000)
  private var now: MonotonicInstant
  private var input: Decisions
  private var channels: [ProbeChannel: Channel] = [:]
  private var used: Set<ProbeChannel> = []
  private var connections = 0
  private var datagrams = 0
  private var fetches = 0
  private var lastSent: [UInt8] = []
  /// Messages with the password in them, and with the name alone.
  private var passwords = 0
  private var names = 0

  /// What a login enters here; no other text has it.
  static let pair = CredentialPair(account: "admin", secret: Secret(Array("q7Zk-lab-5w".utf8)))

  /// The probe, where it is a login.
  var login: (any LoginMachine)? { probe as? any LoginMachine }

  /// - Parameter said: more of the input has been used up by whoever made the probe.
  init(_ probe: any Probe, _ input: Decisions) {
    self.probe = probe
    self.input = input
    sheet = type(of: probe).sheet
    now = begun
  }

  /// Lets the device say what is in the input, then fall silent.
  /// - Returns: nil where the driver would have ended it because its time was up.
  mutating func report() throws -> ProbeReport? {
    try perform(probe.begin(at: now))
    while probe.report == nil, !input.isAtEnd, now - begun < sheet.duration {
      try perform(probe.handle(event(), at: now))
    }
    // Silence: whatever it still waits for does not come.
    for _ in 0..<200 where probe.report == nil && now - begun < sheet.duration {
      if let wake = probe.wakeAt {
        now = max(now, wake)
        try perform(probe.handle(.timer, at: now))
      } else {
        guard let channel = channels.keys.min() else {
          throw BrokenPromise(description: "\(sheet.id) waits for nothing and does not report")
        }
        try perform(probe.handle(end(channel), at: now))
      }
    }
    try promise(probe.report != nil || now - begun >= sheet.duration, "\(sheet.id) does not come to an end")
    return probe.report
  }

  private mutating func event() -> ProbeEvent {
    let action = input.number(below: 8)
    guard let number = pick() else { return timer() }
    switch (channels[number], action) {
    case (.opening, 7):
      channels[number] = nil
      return .failed(number, reason: "refused")
    case (.opening, _):
      channels[number] = .open
      return .opened(number)
    case (.fetching(let request), _) where action != 3:
      channels[number] = nil
      return .response(number, exchange(request))
    case (_, 0): return .received(number, literal())
    case (_, 1): return .received(number, mirrored())
    case (_, 2):
      let times = 1 + Int(input.octet())
      return .received(
        number, Array([[UInt8]](repeating: input.take(1 + input.number(below: 64)), count: times).joined()))
    case (_, 4): return end(number)
    case (.open, 5):
      channels[number] = nil
      return .ended(number, .reset)
    case (.datagrams, 6):
      channels[number] = nil
      return .failed(number, reason: "port-unreachable")
    default: return timer()
    }
  }

  /// The channel that something happens on: the one that a probe waits for, or any other that is open.
  private mutating func pick() -> ProbeChannel? {
    let numbers = channels.keys.sorted()
    guard numbers.count > 1 else { return numbers.first }
    return numbers[input.number(below: numbers.count)]
  }

  private mutating func timer() -> ProbeEvent {
    if let wake = probe.wakeAt { now = max(now, wake) }
    return .timer
  }

  private mutating func end(_ number: ProbeChannel) -> ProbeEvent {
    defer { channels[number] = nil }
    switch channels[number] {
    case .open: return .ended(number, .closed)
    case .fetching: return .response(number, HTTPExchange(failure: "no answer"))
    default: return .failed(number, reason: "no answer")
    }
  }

  private mutating func literal() -> [UInt8] { input.take(Int(input.octet()) << 8 | Int(input.octet())) }

  /// An answer that begins with octets of the question, as transaction numbers do.
  private mutating func mirrored() -> [UInt8] {
    let (start, count) = (input.number(below: 32), input.number(below: 16))
    var answer = literal()
    for index in start..<start + count where index < answer.count && index < lastSent.count {
      answer[index] = lastSent[index]
    }
    return answer
  }

  private static let statuses = [200, 401, 404, 403, 301, 302, 500, 100, 999, 0, 429, 303]

  private mutating func exchange(_ request: HTTPRequest) -> HTTPExchange {
    let (status, flags) = (input.number(below: Self.statuses.count + 1), input.octet())
    guard status < Self.statuses.count else { return HTTPExchange(failure: "connection reset") }
    var fields: [HeaderField] = []
    for line in input.take(Int(input.octet()) << 3).split(separator: 0x0a) { fields.take(line: Array(line)) }
    let body = literal().prefix(request.bodyLimit)
    return HTTPExchange(
      status: Self.statuses[status], version: flags & 1 == 0 ? "1.1" : "1.0", headers: fields, body: Array(body),
      isTruncated: flags & 2 != 0, failure: flags & 4 != 0 ? "closed early" : nil)
  }

  private mutating func perform(_ actions: [ProbeAction]) throws {
    for action in actions {
      switch action {
      case .connect(let number, _):
        try open(number, as: .opening)
        connections += 1
      case .send(let number, let octets):
        if case .open? = channels[number] { lastSent = octets }
        try promise(!octets.isEmpty && used.contains(number), "\(sheet.id) sends on a channel that never was")
      case .withhold(let number):
        try promise(used.contains(number), "\(sheet.id) withholds a channel that never was")
      case .close(let number): channels[number] = nil
      case .datagram(let number, let request):
        if case .datagrams? = channels[number] {} else { try open(number, as: .datagrams) }
        try promise((1...1472).contains(request.payload.count), "\(sheet.id): a datagram of \(request.payload.count)")
        lastSent = request.payload
        datagrams += 1
      case .fetch(let number, let request):
        try open(number, as: .fetching(request))
        try promise(
          request.path.hasPrefix("/") && request.path.utf8.allSatisfy { (0x21...0x7e).contains($0) },
          "\(sheet.id): no path in origin form")
        fetches += 1
      case .enter(let number, let message):
        try promise(used.contains(number), "\(sheet.id) enters on a channel that never was")
        lastSent = LoginOctets(message, of: Self.pair).octets
        try enter(message, lastSent)
      case .enterDatagram(let number, _, let message):
        if case .datagrams? = channels[number] {} else { try open(number, as: .datagrams) }
        lastSent = LoginOctets(message, of: Self.pair).octets
        try enter(message, lastSent)
        try promise((1...1472).contains(lastSent.count), "\(sheet.id): a datagram of \(lastSent.count)")
        datagrams += 1
      case .enterShell: throw BrokenPromise(description: "\(sheet.id) is a library's conversation")
      case .enterFetch(let number, let login):
        let request = login.filled(with: Self.pair)
        try open(number, as: .fetching(request))
        try check(login, request)
        fetches += 1
      }
    }
    try promise(
      connections <= sheet.connections && datagrams <= sheet.datagrams && fetches <= sheet.fetches,
      "\(sheet.id) goes beyond its sheet")
  }

  /// A permit is for one password, and so for one name.
  private mutating func enter(_ message: LoginMessage, _ octets: [UInt8]) throws {
    try promise(login != nil, "\(sheet.id) enters a password, and is no login")
    if message.holdsPassword { passwords += 1 } else { names += 1 }
    try promise(passwords <= 1 && names <= 1, "\(sheet.id) enters twice")
    try promise(!octets.isEmpty && octets.count <= 64 * 1024, "\(sheet.id) enters \(octets.count) octets")
  }

  private mutating func check(_ login: LoginRequest, _ request: HTTPRequest) throws {
    try promise(self.login != nil, "\(sheet.id) enters a password, and is no login")
    if login.holdsPassword { passwords += 1 }
    try promise(passwords <= 1, "\(sheet.id) enters twice")
    try promise(
      request.path.hasPrefix("/") && request.path.utf8.allSatisfy { (0x21...0x7e).contains($0) },
      "\(sheet.id): no path in origin form")
    for field in request.headers {
      try promise(
        field.value.utf8.count <= 64 * 1024 && field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f },
        "\(sheet.id): what would divide the field \(field.name)")
    }
    if case .post(_, let body) = request.method {
      try promise(body.count <= 512 * 1024, "\(sheet.id) sends \(body.count) octets")
    }
  }

  private mutating func open(_ number: ProbeChannel, as channel: Channel) throws {
    try promise(used.insert(number).inserted, "\(sheet.id) uses channel \(number) twice")
    channels[number] = channel
  }
}
