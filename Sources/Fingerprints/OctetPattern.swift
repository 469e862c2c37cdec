internal import CPCRE2

/// Why a regular expression cannot be used.
public struct PatternError: Error, Hashable, Sendable {
  public let problem: String
  /// Octets into the expression; nil when it is about the whole.
  public let offset: Int?
}

/// What a match came to.
enum PatternOutcome: Equatable {
  case none
  /// Element 0 is the whole match; nil for a group that took no part.
  case groups([Range<Int>?])
  /// More steps or memory than allowed: neither a match nor the absence of one.
  case gaveUp
}

/// A regular expression compiled by PCRE2, over octets or over the characters of valid UTF-8.
@safe
final class OctetPattern {
  /// Uses after which machine code pays for itself: it costs some twenty matches to make.
  private static let usesBeforeMachineCode = 8
  private static let mostGroups = Int(MatchWorkspace.pairs) - 1

  private let code: OpaquePointer
  private let characters: Bool
  private var uses = 0

  /// - Parameters:
  ///   - expression: in PCRE2's syntax; see `RubySyntax`.
  ///   - characters: only valid UTF-8 may be matched then.
  init(
    _ expression: [UInt8], ignoringCase: Bool = false, dotMatchesNewline: Bool = false, namedGroupsOnly: Bool = false,
    characters: Bool = false
  ) throws(PatternError) {
    self.characters = characters
    // Ruby: `^` and `$` are the ends of lines, always, and only LF ends a line.
    var options = PCRE2_MULTILINE | UInt32(PCRE2_NEVER_BACKSLASH_C) | (characters ? UInt32(PCRE2_UTF) : PCRE2_NEVER_UTF)
    if ignoringCase { options |= PCRE2_CASELESS }
    if dotMatchesNewline { options |= PCRE2_DOTALL }
    if namedGroupsOnly { options |= PCRE2_NO_AUTO_CAPTURE }
    guard let context = unsafe pcre2_compile_context_create_8(nil) else {
      throw PatternError(problem: "no memory for the expression", offset: nil)
    }
    defer { unsafe pcre2_compile_context_free_8(context) }
    unsafe pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_LF))
    var fault: Int32 = 0
    var offset = 0
    let made = unsafe expression.withUnsafeBufferPointer {
      unsafe pcre2_compile_8($0.baseAddress, $0.count, options, &fault, &offset, context)
    }
    guard let made = unsafe made else {
      throw PatternError(problem: Self.message(fault), offset: offset)
    }
    unsafe code = made
    guard groups <= Self.mostGroups else {
      throw PatternError(problem: "more than \(Self.mostGroups) groups", offset: nil)
    }
  }

  deinit { unsafe pcre2_code_free_8(code) }

  /// How many groups capture.
  var groups: Int {
    var count: UInt32 = 0
    unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_CAPTURECOUNT), &count)
    return Int(count)
  }

  func match(_ octets: [UInt8], in workspace: MatchWorkspace) -> PatternOutcome {
    uses += 1
    if uses == Self.usesBeforeMachineCode { unsafe pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE) }
    let checked = characters ? PCRE2_NO_UTF_CHECK : 0
    var found = run(octets, checked, workspace)
    // The interpreter keeps its stack on the heap, where the limits below hold.
    if found == PCRE2_ERROR_JIT_STACKLIMIT { found = run(octets, checked | PCRE2_NO_JIT, workspace) }
    if found == PCRE2_ERROR_NOMATCH { return .none }
    guard found > 0 else { return .gaveUp }
    return .groups(
      (0..<Int(found)).map { workspace.range($0) }
        + [Range<Int>?](repeating: nil, count: max(0, groups + 1 - Int(found))))
  }

  private func run(_ octets: [UInt8], _ options: UInt32, _ workspace: MatchWorkspace) -> Int32 {
    // PCRE2 wants an address even for nothing.
    let subject = octets.isEmpty ? [0] : octets
    return unsafe subject.withUnsafeBufferPointer {
      unsafe pcre2_match_8(code, $0.baseAddress, octets.count, 0, options, workspace.data, workspace.context)
    }
  }

  private static func message(_ code: Int32) -> String {
    var text = [UInt8](repeating: 0, count: 256)
    let length = unsafe text.withUnsafeMutableBufferPointer {
      unsafe pcre2_get_error_message_8(code, $0.baseAddress, $0.count)
    }
    return String(decoding: text.prefix(max(0, Int(length))), as: UTF8.self)
  }
}

/// Where matches are written down, and their limits; one serves all patterns in turn.
@safe
final class MatchWorkspace {
  static let pairs: UInt32 = 100
  /// Steps of one match. The hardest example of Recog's needs less than a tenth; all but one need less than a hundredth.
  static let steps: UInt32 = 200_000
  /// Backtracking points at once, and KiB for them.
  private static let depth: UInt32 = 50_000
  private static let kibibytes: UInt32 = 16_384

  fileprivate let data: OpaquePointer
  fileprivate let context: OpaquePointer

  init() {
    // These fail only when memory is at its end, where Swift's own allocations stop the program as well.
    guard let data = unsafe pcre2_match_data_create_8(Self.pairs, nil),
      let context = unsafe pcre2_match_context_create_8(nil)
    else { fatalError("PCRE2 has no memory") }
    unsafe pcre2_set_match_limit_8(context, Self.steps)
    unsafe pcre2_set_depth_limit_8(context, Self.depth)
    unsafe pcre2_set_heap_limit_8(context, Self.kibibytes)
    unsafe self.data = data
    unsafe self.context = context
  }

  deinit {
    unsafe pcre2_match_data_free_8(data)
    unsafe pcre2_match_context_free_8(context)
  }

  /// Octets of group `index` in the last match; nil when it took no part.
  fileprivate func range(_ index: Int) -> Range<Int>? {
    guard index < Int(Self.pairs), let pairs = unsafe pcre2_get_ovector_pointer_8(data) else { return nil }
    let (start, end) = unsafe (pairs[2 * index], pairs[2 * index + 1])
    // PCRE2_UNSET is the largest number; a lookbehind with \K can end before it starts.
    return start <= end && end != Int(bitPattern: UInt.max) ? start..<end : nil
  }
}
