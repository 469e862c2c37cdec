// Logins by SSH, SNMP and MQTT, on real daemons wherever there is one. Those with a maker's password have one
// that the generic group of Profiles/credentials names; of the others nobody but the owner knows it.
extension Site {
  static let shellLogins: [Device] = secureShells + difficultShells + communities + brokers

  // crypt(3), MD5 with a fixed salt, so that raising is repeatable: "root", "admin", "only-the-owner-knows-7".
  private static let rootHash = "$1$tenken$kng7Qnpn20hRrkgywp6fM0"
  private static let adminHash = "$1$tenken$/NUfwXpWpYl/x2tavCMEK0"
  private static let ownerHash = "$1$tenken$PxBbJaAMmRFR77gm/PfPa0"

  private static func shell(
    _ name: String, _ number: Int, kind: String, _ daemon: Daemon, account: String = "root", hash: String = rootHash
  ) -> Device {
    Device(
      name: name, address: "10.0.2.\(number)", mac: "02:00:00:02:02:\(number - 150)", vendor: "Private", kind: kind,
      services: [Service(22, daemon)], account: account, passwordHash: hash)
  }

  private static let secureShells = [
    shell("ssh-dropbear", 191, kind: "camera with Dropbear", .dropbearDefault),
    shell(
      "ssh-openssh", 192, kind: "gateway with OpenSSH", .openSSHDefault, account: "admin", hash: adminHash),
    shell("ssh-kbdint", 193, kind: "asks by keyboard-interactive alone", .openSSHInteractive),
    shell("ssh-keys", 194, kind: "takes keys alone", .openSSHKeys),
    shell("ssh-owner", 195, kind: "a password of the owner's", .openSSHOwner, hash: ownerHash),
    shell("ssh-old", 196, kind: "speaks what was spoken in 2005", .openSSHOld),
  ]

  private static let difficultShells = [
    shell("ssh-dss", 197, kind: "has a DSS key alone", .openSSHDSS),
    shell(
      "ssh-once", 198, kind: "hangs up after a failure", .dropbearOnce, account: "admin", hash: adminHash),
    shell("ssh-blank", 199, kind: "root needs no password", .dropbearBlank, hash: ""),
    shell(
      "ssh-locks", 200, kind: "locks an account at 3 failures", .openSSHLocking, account: "admin", hash: adminHash),
    shell("ssh-slow", 201, kind: "answers after 1.5 s each", .slowShell),
    shell("ssh-resets", 202, kind: "resets before the keys", .resettingShell),
    shell("ssh-partial", 203, kind: "wants a key behind the password", .openSSHPartial),
    shell("ssh-one-try", 204, kind: "says that one failure was too many", .openSSHOneTry, hash: ownerHash),
  ]

  private static func device(_ name: String, _ number: Int, kind: String, _ service: Service) -> Device {
    Device(
      name: name, address: "10.0.2.\(number)", mac: "02:00:00:02:02:\(number - 150)", vendor: "Private", kind: kind,
      services: [service])
  }

  private static let communities = [
    device("snmp-private", 211, kind: "the usual communities", Service(161, .snmpdUsual, over: .udp)),
    device("snmp-write", 212, kind: "the usual community that writes", Service(161, .snmpdWriting, over: .udp)),
    device("snmp-owner", 213, kind: "a community of the owner's", Service(161, .snmpdSecret, over: .udp)),
    device("snmp-any", 214, kind: "answers whatever the community", Service(161, .snmpAnything, over: .udp)),
    device("snmp-user", 215, kind: "a user of version 3", Service(161, .snmpdV3, over: .udp)),
    device("snmp-user-own", 216, kind: "the same user, another password", Service(161, .snmpdOwnUser, over: .udp)),
    device("snmp-user-md5", 217, kind: "the same user with MD5", Service(161, .snmpdMD5User, over: .udp)),
    device("snmp-v1", 218, kind: "answers version 1 alone", Service(161, .snmpdVersion1, over: .udp)),
    device("snmp-2c", 219, kind: "answers its own community alone", Service(161, .snmpdMute, over: .udp)),
    device("snmp-mute", 220, kind: "answers nothing", Service(161, .muteDatagrams, over: .udp)),
  ]

  private static let brokers = [
    device("mqtt-default", 221, kind: "gateway with a broker", Service(1883, .mosquittoDefault)),
    device("mqtt-second", 222, kind: "gateway with another broker", Service(1883, .mosquittoSecond)),
    device("mqtt-owner", 223, kind: "a password of the owner's", Service(1883, .mosquittoOwner)),
    device("mqtt-anon", 224, kind: "serves strangers", Service(1883, .mosquitto)),
  ]
}
