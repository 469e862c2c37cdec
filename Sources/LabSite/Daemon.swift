/// A program that stands behind a port of the lab: what it speaks, what is wrong with it, what it needs, how it is
/// started. One constant each, in extensions by area.
public struct Daemon: Hashable, Sendable {
  /// As `truth` names it.
  public let name: String
  public let applicationProtocol: String?
  /// The checks that an audit must find to be met here, by the names that its packs use.
  public let weaknesses: [String]
  /// What a scope has to name before anything is sent to it, beyond the techniques of the lab's usual scope.
  public let technique: String?
  let programs: [Program]
  /// A program or a script of the lab's own, where no package of Debian would do.
  public var isSimulator: Bool { programs.isEmpty || programs == [.python] }
  let prepare: @Sendable (inout DaemonPlan, DaemonPlan.Surroundings) -> Void

  init(
    _ name: String, speaks applicationProtocol: String? = nil, weaknesses: [String] = [],
    technique: String? = nil, needs programs: [Program] = [],
    _ prepare: @escaping @Sendable (inout DaemonPlan, DaemonPlan.Surroundings) -> Void = { _, _ in }
  ) {
    self.name = name
    self.applicationProtocol = applicationProtocol
    self.weaknesses = weaknesses
    self.technique = technique
    self.programs = programs
    self.prepare = prepare
  }

  /// A simulator of the lab's own program, started by its hidden command.
  static func simulator(
    _ name: String, speaks applicationProtocol: String? = nil, weaknesses: [String] = [],
    _ arguments: @escaping @Sendable (DaemonPlan.Surroundings) -> [String]
  ) -> Daemon {
    Daemon(name, speaks: applicationProtocol, weaknesses: weaknesses) { plan, at in
      plan.command = ["/proc/self/exe"] + arguments(at)
    }
  }

  // Names are unique, so that they are enough to tell daemons apart.
  public static func == (left: Daemon, right: Daemon) -> Bool { left.name == right.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
