internal import CLab
internal import Glibc

/// A program to start, with everything it is started in.
struct Command {
  var arguments: [String]
  /// nil: the caller's own.
  var environment: [String]?
  var network: String?
  var root: String?
  var directory: String?
  var hostname: String?
  /// Source and target of each bind mount in the program's own mount namespace.
  var binds: [(source: String, target: String)] = []
  /// Descriptor both outputs go to; nil inherits all three streams.
  var log: CInt?
  var ownSession = false
  var ownSys = false
  var confined = false
  /// A confined program that may change the network namespace it is in, as a gateway's daemon does.
  var administersNetwork = false
  var diesWithParent = false

  init(_ arguments: [String]) {
    self.arguments = arguments
  }

  /// The process id of the started program. That the program cannot be executed shows in its
  /// exit code, 127 or 126, as with a shell.
  func spawn() throws(LabError) -> pid_t {
    let flat = binds.flatMap { [$0.source, $0.target] }
    let child = unsafe withCStrings(arguments) { arguments in
      unsafe withCStrings(flat) { binds in
        unsafe withCStrings(environment ?? []) { variables in
          unsafe withOptionalCStrings([network, root, directory, hostname]) { texts in
            var command = unsafe CLab_command(
              arguments: arguments, environment: environment == nil ? nil : variables, binds: binds,
              network: texts[0], root: texts[1], directory: texts[2], hostname: texts[3],
              log: log ?? -1, own_session: ownSession, own_sys: ownSys, confined: confined,
              administers_network: administersNetwork, dies_with_parent: diesWithParent)
            return unsafe CLab_spawn(&command)
          }
        }
      }
    }
    guard child > 0 else { throw .failed("cannot start \(arguments[0]): \(lastReason())") }
    return child
  }

  /// Runs to the end; for the few short commands a site is built with.
  func run() throws(LabError) {
    let child = try spawn()
    let status = waitFor(child)
    guard status == 0 else {
      throw .failed("\(arguments.joined(separator: " ")) ended with \(status)")
    }
  }
}

/// The exit code of `child` once it ended; 128 and the signal's number when one killed it.
func waitFor(_ child: pid_t) -> Int32 {
  var status: Int32 = 0
  while unsafe waitpid(child, &status, 0) < 0 {
    guard errno == EINTR else { return 126 }
  }
  return exitCode(of: status)
}

func exitCode(of status: Int32) -> Int32 {
  let signal = status & 0x7f
  return signal == 0 ? (status >> 8) & 0xff : 128 + signal
}

func lastReason() -> String {
  unsafe String(cString: strerror(errno))
}

/// Hands `body` a NULL-terminated vector of C strings that lives as long as the call.
func withCStrings<R>(
  _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R
) -> R {
  let vector = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
    capacity: strings.count + 1)
  for (index, string) in strings.enumerated() { unsafe vector[index] = unsafe strdup(string) }
  unsafe vector[strings.count] = nil
  defer {
    for index in strings.indices { unsafe free(vector[index]) }
    unsafe vector.deallocate()
  }
  return unsafe body(vector)
}

/// As ``withCStrings(_:_:)``, with NULL where there is no string.
private func withOptionalCStrings<R>(_ strings: [String?], _ body: ([UnsafePointer<CChar>?]) -> R)
  -> R
{
  let copies = unsafe strings.map { string in unsafe string.map { unsafe strdup($0) } ?? nil }
  defer {
    for index in strings.indices { unsafe free(copies[index]) }
  }
  return unsafe body(unsafe copies.map { unsafe UnsafePointer($0) })
}
