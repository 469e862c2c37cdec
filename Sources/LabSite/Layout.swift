/// Where things are on the lab's private /run, and on the machine's for a lab in the background.
enum Layout {
  static let base = "/run/tenken-lab"
  static let state = "\(base)/state"
  static let logs = "\(base)/log"
  static let names = "/run/netns"

  static func home(of device: String) -> String { "\(base)/devices/\(device)" }
  static func network(_ name: String) -> String { "\(names)/\(name)" }

  /// Outside: the only two files a lab in the background leaves while it runs.
  static let record = "/run/tenken-lab.json"
  static let log = "/run/tenken-lab.log"
}
