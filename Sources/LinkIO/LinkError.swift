/// The kernel refused something about an interface.
public struct LinkError: Error, Hashable, Sendable {
  /// What could not be done. More kinds may come, so this is no enum.
  public struct Code: Hashable, Sendable {
    private let name: String
    private init(_ name: String) { self.name = name }
    /// The process may not use raw sockets.
    public static let notPermitted = Code("not-permitted")
    public static let noRoute = Code("no-route")
    public static let unsuitableInterface = Code("unsuitable-interface")
    public static let interfaceDown = Code("interface-down")
    public static let refusedByScope = Code("refused-by-scope")
    public static let system = Code("system")
  }

  public let code: Code
  public let interface: String
  public let message: String

  public init(code: Code, interface: String, message: String) {
    self.code = code
    self.interface = interface
    self.message = message
  }
}

extension LinkError: CustomStringConvertible {
  public var description: String { interface.isEmpty ? message : "\(interface): \(message)" }
}
