internal import CLibFuzzer
internal import FuzzTargets
internal import Glibc

/// Drives one target by libFuzzer; Scripts/fuzz starts it.
///
///     tenken-fuzz                          names the targets
///     tenken-fuzz TARGET --seeds FOLDER    writes the target's seeds into a folder
///     tenken-fuzz TARGET --seconds N [libFuzzer's own arguments]
@main struct Fuzz {
  private static let target = CommandLine.arguments.dropFirst().first.flatMap(FuzzTarget.named)

  static func main() {
    let arguments = CommandLine.arguments
    guard let target else {
      print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
      exit(arguments.count > 1 ? 2 : 0)
    }
    if arguments.count == 4, arguments[2] == "--seeds" {
      writeSeeds(of: target, into: arguments[3])
    } else if arguments.count > 3, arguments[2] == "--seconds", let seconds = Int(arguments[3]) {
      run([arguments[0], "-max_len=\(target.longest)"] + arguments.dropFirst(4), for: seconds)
    } else {
      run([arguments[0], "-max_len=\(target.longest)"] + arguments.dropFirst(2), for: 0)
    }
  }

  private static func writeSeeds(of target: FuzzTarget, into folder: String) {
    for (number, seed) in target.seeds.enumerated() {
      guard let file = unsafe fopen("\(folder)/seed-\(number)", "w") else {
        print("tenken-fuzz: \(folder) cannot be written to")
        exit(1)
      }
      let written = unsafe fwrite(seed, 1, seed.count, file)
      guard unsafe fclose(file) == 0, written == seed.count else { exit(1) }
    }
  }

  private static func run(_ arguments: [String], for seconds: Int) -> Never {
    // What a target prepares once must not count as time of an input.
    call([])
    ProcessorTime.watch(for: seconds)
    var count = CInt(arguments.count)
    // libFuzzer keeps them until the program ends.
    var values = unsafe arguments.map { unsafe strdup($0) } + [nil]
    let status = unsafe values.withUnsafeMutableBufferPointer { buffer in
      var start = buffer.baseAddress
      return unsafe LLVMFuzzerRunDriver(&count, &start) { octets, count in
        Fuzz.call(unsafe [UInt8](UnsafeBufferPointer(start: octets, count: count)))
        return 0
      }
    }
    exit(status)
  }

  private static func call(_ octets: [UInt8]) {
    ProcessorTime.begin()
    do {
      try target?.run(octets)
    } catch {
      print("tenken-fuzz: \(error)")
      fflush(nil)
      abort()
    }
  }
}
