internal import Engine
internal import Records
internal import Wire

/// Capturing everything, where that was asked for: what is evidence is kept in any case, by `keep`.
extension AuditRun {
  /// Keeps a frame that was heard, whatever it is. While passwords are entered on a device nothing to or from it is kept, nor what
  /// comes late on the connections of logins.
  func keepAny(_ frame: Span<UInt8>, _ inbound: InboundFrame?, _ info: CapturedFrameInfo, segment: Int) throws {
    let plan = segments[segment].plan
    if let inbound {
      if visit(inbound, info)?.task.login != nil { return }
      if case .tcp(let header, _) = inbound.content {
        let ports = (header.sourcePort, header.destinationPort)
        let flow = info.outbound ? Flow(ports.1, ports.0) : Flow(ports.0, ports.1)
        if withheldFlows.contains(flow) { return }
      }
    }
    try evidence.anyFrame(captured(frame, info), interface: plan.interface, filter: plan.captureFilter)
  }

  /// The same of frames that the scan sent. They carry no login.
  func keepSent(_ batch: borrowing FrameBatch, _ frames: Range<Int>, segment: Int) throws {
    let plan = segments[segment].plan
    let moment = environment.wall()
    for index in frames {
      let octets = batch.withFrame(index) { [UInt8](copying: $0) }
      try evidence.anyFrame(
        CapturedFrame(
          nanoseconds: moment.nanoseconds, octets: octets, originalLength: octets.count, outbound: true),
        interface: plan.interface, filter: plan.captureFilter)
    }
  }
}
