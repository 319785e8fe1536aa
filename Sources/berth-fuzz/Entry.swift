internal import FuzzTargets
internal import Glibc

/// The target that `BERTH_FUZZ` names.
private let target: FuzzTarget = {
  let name = getenv("BERTH_FUZZ").map { String(cString: $0) } ?? ""
  guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
    fatalError("BERTH_FUZZ is one of \(FuzzTarget.all)")
  }
  return target
}()

/// What libFuzzer calls with each input; it takes a trap for a crash, and keeps the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    try target.run(Array(UnsafeBufferPointer(start: start, count: count)))
  } catch {
    fatalError("\(error)")
  }
  return 0
}
