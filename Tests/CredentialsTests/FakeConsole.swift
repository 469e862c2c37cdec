import Credentials
import Probes
import Records

/// A Telnet service as a script: what it says when, after each thing that is done to it.
struct FakeConsole {
  enum Says {
    case text(String)
    case octets([UInt8])
    case end(ConversationEnding)
  }

  /// What comes after a connection, a name, a password, an empty line, another line, each with its delay.
  var opened: [(Duration, Says)] = []
  var account: [(Duration, Says)] = []
  var password: [(Duration, Says)] = []
  var emptyLine: [(Duration, Says)] = []
  var line: [(Duration, Says)] = []
  /// nil where nothing hears options.
  var answeredOptions: [(Duration, Says)]?

  enum Entered { case account, password, other }

  struct Course {
    var login: TelnetLogin
    var entered: [Entered] = []
    var sent: [[UInt8]] = []
    var connections = 0
    var elapsed = Duration.zero

    var outcome: LoginOutcome? { login.outcome }
    /// Lines that were sent as text, without options and empty ones.
    var lines: [String] {
      sent.filter { $0.first != 0xff && $0 != [0x0d, 0x0a] }.map { String(decoding: $0, as: UTF8.self) }
    }
  }

  /// Plays an attempt to its end.
  func play(_ recipe: TelnetRecipe = TelnetRecipe(), isReachable: Bool = true) -> Course {
    var course = Course(login: TelnetLogin(port: 23, recipe: recipe))
    let start = MonotonicInstant(nanoseconds: 7_000_000_000)
    var now = start
    var due: [(at: MonotonicInstant, says: Says)] = []
    var pending = course.login.begin(at: now)
    func schedule(_ script: [(Duration, Says)]) {
      var at = now
      for (delay, says) in script {
        at = at + delay
        due.append((at, says))
      }
    }
    for _ in 0..<5000 {
      while !pending.isEmpty {
        switch pending.removeFirst() {
        case .connect:
          course.connections += 1
          guard isReachable else {
            pending += course.login.handle(.failed(0, reason: "refused"), at: now)
            continue
          }
          pending += course.login.handle(.opened(0), at: now)
          schedule(opened)
        case .send(_, let octets):
          course.sent.append(octets)
          if octets.first == 0xff {
            if let answeredOptions { schedule(answeredOptions) }
          } else {
            schedule(octets == [0x0d, 0x0a] ? emptyLine : line)
          }
        case .enter(_, let message):
          course.entered.append(
            message == .line(.account) ? .account : message == .line(.password) ? .password : .other)
          schedule(message.holdsPassword ? password : account)
        case .close, .withhold, .datagram, .fetch, .enterDatagram, .enterFetch, .enterShell: break
        }
      }
      guard course.login.outcome == nil else { break }
      due.sort { $0.at < $1.at }
      let wake = course.login.wakeAt
      if let next = due.first, wake.map({ next.at <= $0 }) ?? true {
        due.removeFirst()
        now = max(now, next.at)
        switch next.says {
        case .text(let text): pending += course.login.handle(.received(0, Array(text.utf8)), at: now)
        case .octets(let octets): pending += course.login.handle(.received(0, octets), at: now)
        case .end(let ending):
          due.removeAll()
          pending += course.login.handle(.ended(0, ending), at: now)
        }
      } else if let wake {
        now = max(now, wake)
        pending += course.login.handle(.timer, at: now)
      } else {
        break
      }
    }
    course.elapsed = now - start
    return course
  }
}

extension [(Duration, FakeConsole.Says)] {
  /// All of it at once, 20 ms later.
  static func text(_ text: String) -> Self { [(.milliseconds(20), .text(text))] }
}
