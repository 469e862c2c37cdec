/// A table that forgets what was not touched for longest, in two halves, so that its memory is bounded
/// whatever the network sends: when the newer half is full, the older one is dropped.
struct RecentTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  /// Entries that are kept at most; at least half as many are.
  let capacity: Int
  private var newer: [Key: Value] = [:]
  private var older: [Key: Value] = [:]

  init(capacity: Int) { self.capacity = max(2, capacity) }

  var count: Int { newer.count + older.count }

  subscript(key: Key) -> Value? { newer[key] ?? older[key] }

  mutating func set(_ value: Value, for key: Key) {
    if newer.updateValue(value, forKey: key) != nil { return }
    if !older.isEmpty { older[key] = nil }
    guard newer.count > capacity / 2 else { return }
    older = newer
    newer = [:]
  }
}
