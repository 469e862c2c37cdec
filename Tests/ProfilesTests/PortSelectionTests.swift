import Testing

@testable import Profiles

struct PortSelectionTests {
  let lists: [PortList]
  let iot1000: [UInt16]

  init() throws {
    let store = try RuleSet.store()
    lists = store.portLists
    iot1000 = try store.portList(named: "iot1000").ports
  }

  private func parse(_ expression: String) throws(PortSelectionError) -> PortSelection {
    try PortSelection(parsing: expression, lists: lists)
  }

  @Test func `a list keeps its own order`() throws {
    let selection = try parse("iot1000")
    #expect(selection.ports == iot1000)
    #expect(selection.rest.isEmpty)
    #expect(selection.description == "iot1000")
    #expect(!selection.isFullRange)
  }

  @Test(arguments: ["1-65535", "all", "iot1000,1-65535", "1-32767, 32768-65535"])
  func `the full range starts with the list and has every port once`(expression: String) throws {
    let selection = try parse(expression)
    #expect(selection.isFullRange)
    #expect(selection.priority == iot1000)
    #expect(selection.rest.count == 64535)
    #expect(selection.rest == selection.rest.sorted())
    #expect(Set(selection.ports).count == 65535)
    #expect(selection.description == "1-65535")
  }

  @Test func `ports that are written out keep the order of writing and count once`() throws {
    let selection = try parse("443, 23,80,8000-8003,80,8002-8004")
    #expect(selection.ports == [443, 23, 80, 8000, 8001, 8002, 8003, 8004])
    #expect(selection.rest.isEmpty)
    #expect(selection.description == "443,23,80,8000-8004")
  }

  @Test func `more than the list is the list first and the others ascending`() throws {
    let selection = try parse("45003,45000-45001,iot1000")
    #expect(selection.priority == iot1000)
    #expect(selection.rest == [45000, 45001, 45003])
    #expect(selection.description == "iot1000,45000,45001,45003")
  }

  @Test(arguments: [
    "iot1000", "all", "443,23,80,8000-8004", "iot1000,45000-45009", "telnet-likely", "65535", "1-1024,ot",
  ])
  func `the description selects the same ports in the same order`(expression: String) throws {
    let selection = try parse(expression)
    #expect(try parse(selection.description) == selection)
  }

  @Test func `ports can be taken out without disturbing the others`() throws {
    let full = try parse("all")
    let without = full.removing([502, 102, 65535])
    #expect(without.count == 65532)
    #expect(!without.isFullRange)
    #expect(without.priority == iot1000.filter { $0 != 502 && $0 != 102 })
    #expect(without.description == "1-101,103-501,503-65534")
    #expect(full.removing([]) == full)
    #expect(try parse("23,80").removing([502]).description == "23,80")
  }

  @Test(arguments: [
    ("", "it is empty"), ("23,,80", "a part is empty"), ("23,", "a part is empty"),
    ("0", "0 is not a port"), ("65536", "65536 is not a port"), ("0-10", "0 is not a port"),
    ("1-65536", "65536 is not a port"), ("99999999999999999999", "is not a port"),
    ("100-50", "runs backwards; write 50-100"), ("1-2-3", "1-2-3 is not a range"), ("-5", "\"\" is not a port number"),
    ("5-", "\"\" is not a port number"), ("23a", "\"23a\" is not a port number"), ("top100", "no list named top100"),
    ("２３", "no list named"),
  ])
  func `a wrong expression is refused with the reason`(expression: String, problem: String) {
    let error = #expect(throws: PortSelectionError.self) { try parse(expression) }
    #expect(error?.expression == expression)
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
    #expect(error?.description.contains("write for example") == true)
  }
}
