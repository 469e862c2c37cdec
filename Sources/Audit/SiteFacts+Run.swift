internal import Addressing
public import Checklist
public import Declarations
public import Records

extension SiteFacts {
  /// What a run came to, with the owner's word, and with what its own place in the network reached.
  public init(
    at moment: Timestamp, records: [DeviceFacts], omitted: [Coverage.Omission], declarations: Declarations?
  ) {
    self.init(at: moment, devices: records, omitted: omitted)
    self.declarations = declarations
    reach = records.filter { $0.coverage.stopped == nil && !$0.coverage.answersEverything }.map { facts in
      let (tcp, vantage) = (facts.coverage.tcp, facts.coverage.vantage)
      return ReachFact(
        device: facts.device.id, zone: declarations?.zone(of: vantage.address)?.id, vantage: vantage,
        open: facts.device.services.filter { $0.state == .open }.map(\.endpoint).sorted(),
        closedCount: tcp.closed + tcp.silent, isComplete: tcp.complete,
        evidence: [PackPath.ports(facts.device.id)])
    }
  }
}
