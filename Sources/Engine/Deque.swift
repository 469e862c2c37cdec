/// Elements that leave at the front in the order in which they came.
struct Deque<Element: Sendable>: Sendable {
  private var elements: [Element] = []
  private var front = 0

  init() {}

  var isEmpty: Bool { front == elements.count }
  var count: Int { elements.count - front }
  var first: Element? { isEmpty ? nil : elements[front] }

  func contains(where isWanted: (Element) -> Bool) -> Bool { elements[front...].contains(where: isWanted) }

  mutating func append(_ element: Element) { elements.append(element) }

  @discardableResult
  mutating func popFirst() -> Element? {
    guard front < elements.count else { return nil }
    let element = elements[front]
    front += 1
    if front == elements.count {
      elements.removeAll(keepingCapacity: true)
      front = 0
    } else if front >= 1024, front * 2 >= elements.count {
      elements.removeFirst(front)
      front = 0
    }
    return element
  }
}

extension Deque where Element: Equatable {
  func contains(_ element: Element) -> Bool { contains { $0 == element } }
}
