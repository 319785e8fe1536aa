internal import Commands

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

@main
struct Berth {
  static func main() async {
    exit(await BerthProgram.run(Array(CommandLine.arguments.dropFirst())))
  }
}
