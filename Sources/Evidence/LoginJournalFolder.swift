public import Authority
public import Records

/// Login journals as files of a folder, one for a device. The kernel locks a file for whoever has it open, and lets go of
/// it when the process ends in whatever way.
public final class LoginJournalFolder: LoginJournalStore {
  private let path: String

  /// - Throws: ``PackError`` when the folder, of which all parents exist, cannot be made.
  public init(_ path: String) throws(PackError) {
    try Folder.make(path)
    self.path = path
  }

  public func open(_ device: DeviceID) throws -> (any LoginJournal)? {
    let file = "\(path)/\(device.rawValue).logins"
    let isNew = FileKind(at: file) == nil
    let journal: File
    do {
      journal = try File(file)
    } catch let error as PackError where error.code == .inUse {
      return nil
    }
    // A name that a power cut takes away would take the attempts with it.
    if isNew { try Folder.synchronise(path) }
    return journal
  }

  private final class File: LoginJournal {
    private let path: String
    private var file: OpenFile

    init(_ path: String) throws {
      self.path = path
      file = try OpenFile(growing: path)
      try file.lock()
      try file.measure()
    }

    func read() throws -> [UInt8] {
      let reader = try OpenFile(reading: path)
      var octets: [UInt8] = []
      while let piece = try reader.read(atMost: 65_536) { octets += piece }
      return octets
    }

    func append(_ octets: [UInt8]) throws {
      try file.append(octets)
      try file.synchronise()
    }
  }
}
