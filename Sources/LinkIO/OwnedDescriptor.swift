internal import CLinux
internal import Glibc

/// Closes a descriptor, as only ``PacketDescriptor`` does beside it in this target.
struct OwnedDescriptor: ~Copyable, Sendable {
  let rawValue: CInt

  init(adopting rawValue: CInt) { self.rawValue = rawValue }

  deinit { _ = close(rawValue) }
}

/// A packet socket: who closes it does not wait for the kernel, and those of one link are closed side by side.
struct PacketDescriptor: ~Copyable, Sendable {
  let rawValue: CInt

  init(adopting rawValue: CInt) { self.rawValue = rawValue }

  deinit { CLinux_close_aside(rawValue) }
}

/// The text of an error number.
func errorText(_ number: CInt) -> String {
  guard let text = unsafe strerror(number) else { return "error \(number)" }
  return unsafe String(cString: text)
}
