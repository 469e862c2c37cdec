internal import Glibc

/// The only type in this target that closes a descriptor.
struct OwnedDescriptor: ~Copyable, Sendable {
  let rawValue: CInt

  init(adopting rawValue: CInt) { self.rawValue = rawValue }

  deinit { _ = close(rawValue) }
}

/// The text of an error number.
func errorText(_ number: CInt) -> String {
  guard let text = unsafe strerror(number) else { return "error \(number)" }
  return unsafe String(cString: text)
}
