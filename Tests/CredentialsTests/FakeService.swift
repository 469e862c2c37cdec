import Credentials
import Probes
import Records

/// A service on one connection, as a function of what comes: what it says to it, and when.
struct FakeService {
  enum Came: Equatable {
    case connection
    case octets([UInt8])
    case entered(LoginMessage)
  }

  enum Says {
    case octets([UInt8])
    case end(ConversationEnding)

    static func text(_ text: String) -> Says { .octets(Array(text.utf8)) }
  }

  var delay = Duration.milliseconds(20)
  /// False where nothing listens.
  var isReachable = true
  let answer: (Came) -> [Says]

  struct Course {
    var outcome: LoginOutcome?
    var entered: [LoginMessage] = []
    var sent: [[UInt8]] = []
    var connections = 0
    var elapsed = Duration.zero
    var transcript = ""
  }

  /// Plays an attempt to its end.
  func play(_ machine: any LoginMachine, hiding secret: String = "k2q9") -> Course {
    var machine = machine
    var course = Course()
    let start = MonotonicInstant(nanoseconds: 7_000_000_000)
    var now = start
    var due: [(at: MonotonicInstant, says: Says)] = []
    var pending = machine.begin(at: now)
    func answers(_ came: Came) {
      var at = now
      for says in answer(came) {
        at = at + delay
        due.append((at, says))
      }
    }
    for _ in 0..<2000 {
      while !pending.isEmpty, machine.outcome == nil {
        switch pending.removeFirst() {
        case .connect:
          course.connections += 1
          guard isReachable else {
            pending += machine.handle(.failed(0, reason: "refused"), at: now)
            continue
          }
          answers(.connection)
          pending += machine.handle(.opened(0), at: now)
        case .send(_, let octets):
          course.sent.append(octets)
          answers(.octets(octets))
        case .enter(_, let message):
          course.entered.append(message)
          answers(.entered(message))
        case .close, .withhold, .datagram, .fetch, .enterDatagram, .enterFetch, .enterShell: break
        }
      }
      guard machine.outcome == nil else { break }
      due.sort { $0.at < $1.at }
      if let next = due.first, machine.wakeAt.map({ next.at <= $0 }) ?? true {
        due.removeFirst()
        now = max(now, next.at)
        switch next.says {
        case .octets(let octets): pending += machine.handle(.received(0, octets), at: now)
        case .end(let ending):
          due.removeAll()
          pending += machine.handle(.ended(0, ending), at: now)
        }
      } else if let wake = machine.wakeAt {
        now = max(now, wake)
        pending += machine.handle(.timer, at: now)
      } else {
        break
      }
    }
    course.outcome = machine.outcome
    course.elapsed = now - start
    course.transcript = machine.transcript.text(hiding: Secret(Array(secret.utf8)))
    return course
  }
}

/// Octets nobody expects, for every machine alike.
enum Noise {
  /// Prefixes and single changes of what a service says, and some texts of nobody.
  static func variants(of octets: [UInt8]) -> [[UInt8]] {
    let cuts = octets.indices.map { Array(octets[..<$0]) }
    let changes = octets.indices.flatMap { place in
      ([0x00, 0x0a, 0x20, 0x7f, 0xff] as [UInt8]).map { value in
        var copy = octets
        copy[place] = value
        return copy
      }
    }
    return cuts + changes + [octets + octets, [UInt8](repeating: 0x61, count: 40_000), Array("230-\r\n".utf8)]
  }
}
