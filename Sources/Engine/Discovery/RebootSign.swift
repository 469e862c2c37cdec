public import Addressing
public import Records

/// A device that was heard before, then was silent, does what devices do when they start.
public struct RebootSign: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// An announcement of its own address (RFC 5227 §2.3).
    case gratuitousARP
    /// A probe whether its address is free (RFC 5227 §2.1).
    case addressProbe
    /// A search for a DHCP server (RFC 2131 §4.4.1).
    case dhcpDiscover
    /// Duplicate address detection (RFC 4862 §5.4).
    case duplicateDetection
  }

  public let mac: MACAddress
  public let kind: Kind
  /// How long it was silent before.
  public let quietFor: Duration
  /// The first frame after the silence.
  public let since: MonotonicInstant
}

/// Remembers when each device was heard, to tell a start from a habit: some devices announce their address every
/// few seconds, but only a start comes after silence.
struct StartDetector: Sendable {
  private struct Hearing: Sendable {
    var last: MonotonicInstant
    /// The end of the last silence and its length; nil when there was none since it was first heard.
    var woke: (at: MonotonicInstant, quietFor: Duration)?
    var isReported = false
  }

  /// Signs of one start come within this time after the first frame: DHCP waits up to 10 s before its first
  /// message (RFC 2131 §4.4.1).
  private static let startup: Duration = .seconds(15)

  private let quiet: Duration
  private var hearings: RecentTable<MACAddress, Hearing>

  init(capacity: Int, quiet: Duration) {
    self.quiet = quiet
    hearings = RecentTable(capacity: capacity)
  }

  mutating func heard(_ mac: MACAddress, at now: MonotonicInstant) {
    guard var hearing = hearings[mac] else { return hearings.set(Hearing(last: now), for: mac) }
    if now - hearing.last >= quiet {
      hearing.woke = (now, now - hearing.last)
      hearing.isReported = false
    }
    hearing.last = now
    hearings.set(hearing, for: mac)
  }

  /// - Returns: nil when the device was not silent before, or this start was reported already.
  mutating func sign(_ kind: RebootSign.Kind, of mac: MACAddress, at now: MonotonicInstant) -> RebootSign? {
    // A repeater's address stands in the Ethernet header; the device is heard through it.
    heard(mac, at: now)
    guard var hearing = hearings[mac], let woke = hearing.woke, !hearing.isReported,
      now - woke.at <= Self.startup
    else { return nil }
    hearing.isReported = true
    hearings.set(hearing, for: mac)
    return RebootSign(mac: mac, kind: kind, quietFor: woke.quietFor, since: woke.at)
  }
}
