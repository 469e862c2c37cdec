import Authority
import Records

/// Journals of devices in memory, locked for whoever has one open, and cut as by a kill.
final class MemoryJournals: LoginJournalStore {
  struct Full: Error {}

  final class File: LoginJournal {
    let store: MemoryJournals
    let device: DeviceID

    init(_ store: MemoryJournals, _ device: DeviceID) {
      self.store = store
      self.device = device
      store.locked.insert(device)
    }

    deinit { store.locked.remove(device) }

    func read() throws -> [UInt8] { store.octets[device] ?? [] }

    func append(_ octets: [UInt8]) throws {
      if let room = store.room {
        store.octets[device, default: []] += octets.prefix(room)
        store.room = max(0, room - octets.count)
        guard octets.count <= room else { throw Full() }
      } else {
        store.octets[device, default: []] += octets
      }
    }
  }

  var octets: [DeviceID: [UInt8]] = [:]
  var locked: Set<DeviceID> = []
  /// Octets that still reach the disk; then the machine is gone. nil for all.
  var room: Int?

  func open(_ device: DeviceID) throws -> (any LoginJournal)? { locked.contains(device) ? nil : File(self, device) }
}
