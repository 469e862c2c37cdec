public import Records

/// How a site went from run to run, for pictures: the runs of one engagement, oldest first.
public struct RunTrend: Hashable, Sendable, Codable {
  /// What one run came to.
  public struct Point: Hashable, Sendable, Codable {
    public let run: String
    public let started: Timestamp
    /// It was interrupted: what it did not see is not gone.
    public let partial: Bool
    /// SHA-256 of the `tagmanifest-sha256.txt` of its pack.
    public let packDigest: String
    public let devices: Int
    /// Findings by severity; one that does not occur is absent.
    public let findings: [Severity: Int]

    public init(
      run: String, started: Timestamp, partial: Bool, packDigest: String, devices: Int, findings: [Severity: Int]
    ) {
      self.run = run
      self.started = started
      self.partial = partial
      self.packDigest = packDigest
      self.devices = devices
      self.findings = findings
    }
  }

  /// Since when, and until when, a device was seen.
  public struct Sighting: Hashable, Sendable, Codable {
    public let device: DeviceID
    public let first: Timestamp
    public let last: Timestamp
    /// Runs that saw it.
    public let runs: Int

    public init(device: DeviceID, first: Timestamp, last: Timestamp, runs: Int) {
      self.device = device
      self.first = first
      self.last = last
      self.runs = runs
    }
  }

  public let points: [Point]
  /// By device.
  public let sightings: [Sighting]

  public init(points: [Point], sightings: [Sighting]) {
    self.points = points.sorted { ($0.started, $0.run) < ($1.started, $1.run) }
    self.sightings = sightings.sorted { $0.device < $1.device }
  }
}
