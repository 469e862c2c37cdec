internal import Dispatch
internal import Synchronization

/// Something that is made on another thread while this one goes on.
package final class Ahead<Value: Sendable>: Sendable {
  private let group = DispatchGroup()
  private let made = Mutex<Value?>(nil)

  package init(_ make: @escaping @Sendable () -> Value) {
    DispatchQueue.global(qos: .userInitiated).async(group: group) { [self] in
      let value = make()
      made.withLock { $0 = value }
    }
  }

  /// Waits until it is there.
  package var value: Value {
    group.wait()
    guard let value = made.withLock(\.self) else { preconditionFailure("the group was left before the value was made") }
    return value
  }
}
