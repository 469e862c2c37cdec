internal import Foundation
internal import Synchronization

/// Something that is made on another thread while this one goes on.
///
/// A thread of its own, no queue of libdispatch: that library looks for its workers in /proc, and ends the process where
/// /proc shows another PID namespace than the one it runs in.
package final class Ahead<Value: Sendable>: Sendable {
  private let isMade = DispatchSemaphore(value: 0)
  private let made = Mutex<Value?>(nil)

  package init(_ make: @escaping @Sendable () -> Value) {
    Thread.detachNewThread { [self] in
      let value = make()
      made.withLock { $0 = value }
      isMade.signal()
    }
  }

  /// Waits until it is there.
  package var value: Value {
    isMade.wait()
    isMade.signal()
    guard let value = made.withLock(\.self) else { preconditionFailure("signalled before the value was made") }
    return value
  }
}
