internal import Engine
internal import LinkIO
internal import SessionIO

/// A segment of this run, by whichever back-end it can be looked at.
final class RunLink: FrameDevice {
  enum BackEnd {
    case frames(EthernetLink)
    /// With a look at the interface, which connections would notice late.
    case connections(ConnectLink, LinkWatch)
  }

  let backEnd: BackEnd

  init(_ backEnd: BackEnd) { self.backEnd = backEnd }

  func transmit(_ batch: borrowing FrameBatch, from first: Int) throws(any Error) -> Int {
    switch backEnd {
    case .frames(let link): try link.transmit(batch, from: first)
    case .connections(let link, _): try link.transmit(batch, from: first)
    }
  }

  func receive(limit: Int, _ body: (Span<UInt8>, CapturedFrameInfo) -> Void) throws(any Error) {
    switch backEnd {
    case .frames(let link): try link.receive(limit: limit, body)
    case .connections(let link, _): try link.receive(limit: limit, body)
    }
  }

  func checkLink() throws(any Error) {
    switch backEnd {
    case .frames(let link): try link.checkLink()
    case .connections(let link, let watch):
      try link.checkLink()
      try watch.check()
    }
  }

  func ignoreOutgoing() {
    switch backEnd {
    case .frames(let link): link.ignoreOutgoing()
    case .connections(let link, _): link.ignoreOutgoing()
    }
  }

  func receiveDrops() -> Int {
    switch backEnd {
    case .frames(let link): link.receiveDrops()
    case .connections(let link, _): link.receiveDrops()
    }
  }

  /// Readable when something waits.
  var descriptors: [Int32] {
    switch backEnd {
    case .frames(let link): [link.descriptor]
    case .connections(let link, _): link.descriptors
    }
  }

  /// Frames that passed the capture filter; nil where nothing is captured.
  var capturedFrames: Int? {
    if case .frames(let link) = backEnd { return link.receivedFrames() }
    return nil
  }
}
