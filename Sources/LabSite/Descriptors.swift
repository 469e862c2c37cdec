internal import CLab
internal import Glibc

// The few calls on descriptors that several parts of the lab make.

/// A file no started program inherits; one that is made is the owner's alone. Negative with `errno` set when it fails.
func openFile(_ path: String, _ flags: CInt) -> CInt {
  unsafe open(path, flags | O_CLOEXEC, 0o600)
}

/// One `write`; whether it took everything.
func writeOctets(_ octets: [UInt8], to descriptor: CInt) -> Bool {
  unsafe write(descriptor, octets, octets.count) == octets.count
}

/// A packet socket that hears what comes in at `interface` of the namespace the process is in, and sends out of it.
func openEar(at interface: String) -> CInt {
  unsafe CLab_open_watch(interface)
}

/// Those of `descriptors` that have something to read, or an end; none when the time is over first.
///
/// - Parameter milliseconds: -1 waits without end.
func waitForInput(on descriptors: [CInt], milliseconds: CInt) -> [CInt] {
  var waits = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
  guard unsafe poll(&waits, nfds_t(waits.count), milliseconds) > 0 else { return [] }
  return waits.filter { $0.revents != 0 }.map(\.fd)
}
