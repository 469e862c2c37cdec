internal import GRDB

/// The tables of a history. A migration that was published is never changed; new ones follow.
enum HistorySchema {
  /// Marks the file as a history of tenken (`PRAGMA application_id`): "tnkn".
  static let application: Int32 = 0x746e_6b6e

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("v1") { database in
      try database.execute(sql: "PRAGMA application_id = \(application)")
      try database.execute(sql: tables)
    }
    migrator.registerMigration("v2") { database in
      // Counts of findings without reading them: of five years ten megabytes instead of seventy. A reader does without it.
      try database.execute(sql: "CREATE INDEX weaknessBySeverity ON weakness (run, severity)")
      try database.execute(sql: upkeep)
    }
    migrator.registerMigration("v3") { database in
      try database.execute(sql: commissioning)
    }
    return migrator
  }

  /// When what was last done to the file, in seconds since 1970.
  private static let upkeep = """
    CREATE TABLE upkeep (
      name TEXT PRIMARY KEY,
      at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  /// By the run's name, so that a run that went on and is recorded anew keeps its mark.
  private static let commissioning = """
    CREATE TABLE commissioning (
      run TEXT NOT NULL PRIMARY KEY,
      person TEXT NOT NULL,
      day TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  /// Everything of a run goes with it. Times are milliseconds since 1970 where they are sought, and the run's own JSON keeps
  /// them whole.
  private static let tables = """
    CREATE TABLE run (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      started INTEGER NOT NULL,
      ended INTEGER NOT NULL,
      engagement TEXT NOT NULL,
      site TEXT NOT NULL,
      partial INTEGER NOT NULL,
      summary TEXT NOT NULL,
      pack TEXT,
      packDigest TEXT NOT NULL,
      unanswered TEXT NOT NULL,
      omitted TEXT NOT NULL
    ) STRICT;
    CREATE INDEX runByStart ON run (started);
    CREATE TABLE device (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      id TEXT NOT NULL,
      mac TEXT,
      addresses TEXT NOT NULL,
      vendor TEXT, class TEXT, model TEXT, firmware TEXT,
      PRIMARY KEY (run, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX deviceByID ON device (id, run);
    CREATE TABLE look (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      device TEXT NOT NULL,
      address TEXT NOT NULL,
      record TEXT NOT NULL,
      PRIMARY KEY (run, device, address)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE service (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      device TEXT NOT NULL,
      endpoint TEXT NOT NULL,
      protocol TEXT,
      tls INTEGER NOT NULL,
      PRIMARY KEY (run, device, endpoint)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE weakness (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      finding TEXT NOT NULL,
      device TEXT NOT NULL,
      endpoint TEXT,
      checkID TEXT NOT NULL,
      severity TEXT NOT NULL,
      items TEXT NOT NULL,
      PRIMARY KEY (run, finding)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX weaknessByPlace ON weakness (device, checkID, endpoint, run);
    CREATE TABLE answer (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      device TEXT NOT NULL,
      endpoint TEXT NOT NULL,
      question TEXT NOT NULL,
      result TEXT NOT NULL,
      PRIMARY KEY (run, device, endpoint, question)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE mark (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      device TEXT NOT NULL,
      endpoint TEXT NOT NULL,
      kind TEXT NOT NULL,
      name TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (run, device, endpoint, kind, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE proposal (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      number INTEGER NOT NULL,
      item TEXT NOT NULL,
      device TEXT,
      endpoint TEXT,
      status TEXT NOT NULL,
      reason TEXT,
      PRIMARY KEY (run, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX proposalByItem ON proposal (item, device, run);
    """
}
