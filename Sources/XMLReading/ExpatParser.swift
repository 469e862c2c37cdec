internal import CExpat

/// What expat reports, collected. The only file that calls it.
private final class ExpatCollector {
  let limits: XMLLimits
  var events: [XMLEvent] = []
  /// Of each event, its octets.
  var places: [Range<Int>] = []
  var refusal: XMLError?
  private var text = ""
  private var depth = 0
  private var elements = 0

  init(limits: XMLLimits) { self.limits = limits }

  /// False ends the reading.
  func start(_ name: XMLName, _ attributes: [XMLAttribute], line: Int, place: Range<Int>) -> Bool {
    flushText(until: place.lowerBound)
    depth += 1
    elements += 1
    if depth > limits.depth {
      refusal = XMLError(.tooDeep, line: line, problem: "elements inside elements beyond \(limits.depth)")
    } else if elements > limits.elements {
      refusal = XMLError(.tooManyElements, line: line, problem: "more than \(limits.elements) elements")
    } else if attributes.reduce(0, { $0 + $1.value.utf8.count }) > limits.attributeOctets {
      refusal = XMLError(
        .attributeTooLong, line: line, problem: "attributes longer than \(limits.attributeOctets) octets")
    } else {
      events.append(.start(name, attributes: attributes, line: line))
      places.append(place)
    }
    return refusal == nil
  }

  func append(_ piece: String) { text += piece }

  func end(_ name: XMLName, place: Range<Int>) {
    flushText(until: place.lowerBound)
    depth -= 1
    events.append(.end(name))
    places.append(place)
  }

  private func flushText(until next: Int) {
    guard !text.isEmpty else { return }
    events.append(.text(text))
    let start = places.last?.upperBound ?? 0
    places.append(start..<max(start, next))
    text = ""
  }
}

enum ExpatParser {
  /// Stands between namespace and name. No URI can hold it; expat refuses a document that tries.
  private static let separator: Character = "\n"

  /// - Returns: what is in the document, and the octets of each, counted from the first of the span.
  static func events(
    of octets: Span<UInt8>, limits: XMLLimits
  ) throws(XMLError) -> (events: [XMLEvent], places: [Range<Int>]) {
    guard let parser = unsafe XML_ParserCreateNS(nil, 0x0a) else {
      throw XMLError(.malformed, line: 0, problem: "no memory for the parser")
    }
    defer { unsafe XML_ParserFree(parser) }
    let collector = ExpatCollector(limits: limits)
    let status = withExtendedLifetime(collector) {
      // The parser itself is what handlers get, as they have to stop it; it knows the collector.
      unsafe XML_SetUserData(parser, Unmanaged.passUnretained(collector).toOpaque())
      unsafe XML_UseParserAsHandlerArg(parser)
      unsafe setHandlers(parser)
      // All at once: a token is never looked at twice (the cost of CVE-2023-52425).
      return unsafe octets.withUnsafeBufferPointer { buffer in
        unsafe buffer.withMemoryRebound(to: CChar.self) { characters in
          unsafe XML_Parse(parser, characters.baseAddress, Int32(characters.count), 1)
        }
      }
    }
    if let refusal = collector.refusal { throw refusal }
    guard status == XML_STATUS_OK else {
      let code = unsafe XML_GetErrorCode(parser)
      let foreign = code == XML_ERROR_UNKNOWN_ENCODING || code == XML_ERROR_INCORRECT_ENCODING
      throw XMLError(
        foreign ? .encoding : .malformed, line: Int(unsafe XML_GetCurrentLineNumber(parser)),
        problem: unsafe XML_ErrorString(code).map { unsafe String(cString: $0) } ?? "not well-formed")
    }
    return (collector.events, collector.places)
  }

  private static func setHandlers(_ parser: OpaquePointer) {
    unsafe XML_SetStartDoctypeDeclHandler(parser) { parser, _, _, _, _ in
      guard let parser = OpaquePointer(parser) else { return }
      unsafe ExpatParser.collector(of: parser).refusal = XMLError(
        .documentType, line: ExpatParser.line(of: parser), problem: "it declares a document type")
      unsafe XML_StopParser(parser, 0)
    }
    unsafe XML_SetElementHandler(
      parser,
      { parser, name, attributes in
        guard let parser = OpaquePointer(parser), let name = unsafe name, let attributes = unsafe attributes
        else { return }
        let goesOn = unsafe ExpatParser.collector(of: parser).start(
          ExpatParser.name(name), ExpatParser.attributes(attributes), line: ExpatParser.line(of: parser),
          place: ExpatParser.place(of: parser))
        if !goesOn { unsafe XML_StopParser(parser, 0) }
      },
      { parser, name in
        guard let parser = OpaquePointer(parser), let name = unsafe name else { return }
        unsafe ExpatParser.collector(of: parser).end(
          ExpatParser.name(name), place: ExpatParser.place(of: parser))
      })
    unsafe XML_SetCharacterDataHandler(parser) { parser, characters, count in
      guard let parser = OpaquePointer(parser), let characters = unsafe characters else { return }
      let piece = unsafe UnsafeBufferPointer(start: characters, count: Int(count))
      unsafe ExpatParser.collector(of: parser).append(
        String(decoding: piece.lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
  }

  private static func collector(of parser: OpaquePointer) -> ExpatCollector {
    // XML_GetUserData is a macro: the first word of the parser is the user data (expat.h).
    unsafe Unmanaged<ExpatCollector>.fromOpaque(UnsafePointer<UnsafeRawPointer>(parser).pointee).takeUnretainedValue()
  }

  private static func line(of parser: OpaquePointer) -> Int {
    Int(unsafe XML_GetCurrentLineNumber(parser))
  }

  /// Of the tag at hand; empty, behind it, for the end of an element that is its start too.
  private static func place(of parser: OpaquePointer) -> Range<Int> {
    let start = Int(unsafe XML_GetCurrentByteIndex(parser))
    return start..<start + Int(unsafe XML_GetCurrentByteCount(parser))
  }

  /// `namespace␊local`, or `local` alone.
  private static func name(_ characters: UnsafePointer<CChar>) -> XMLName {
    let text = unsafe String(cString: characters)
    guard let cut = text.firstIndex(of: separator) else { return XMLName(text) }
    return XMLName(String(text[text.index(after: cut)...]), namespace: String(text[..<cut]))
  }

  /// Names and values in turn, until a null.
  private static func attributes(_ list: UnsafeMutablePointer<UnsafePointer<CChar>?>) -> [XMLAttribute] {
    var result: [XMLAttribute] = []
    var position = 0
    while let key = unsafe list[position], let value = unsafe list[position + 1] {
      result.append(XMLAttribute(name: unsafe name(key), value: unsafe String(cString: value)))
      position += 2
    }
    return result
  }
}
