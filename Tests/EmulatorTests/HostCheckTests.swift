import Emulator
import Testing

struct ListenAddressTests {
  @Test(
    "addresses are read, and loopback told from others",
    arguments: [
      ("127.0.0.1:8440", "127.0.0.1", 8440, true), ("localhost:0", "localhost", 0, true),
      ("[::1]:80", "::1", 80, true), ("8440", "127.0.0.1", 8440, true),
      ("127.9.9.9:1", "127.9.9.9", 1, true), ("0.0.0.0:80", "0.0.0.0", 80, false),
      ("[::]:80", "::", 80, false),
      ("127.0.0.1.evil.example:1", "127.0.0.1.evil.example", 1, false),
      ("10.0.0.1:1", "10.0.0.1", 1, false), ("127.0.0.256:1", "127.0.0.256", 1, false),
    ])
  func addresses(text: String, host: String, port: Int, isLoopback: Bool) throws {
    let address = try #require(ListenAddress(text))
    #expect(address.host == host && address.port == port)
    #expect(address.isLoopback == isLoopback)
  }

  @Test(
    "what is no address is none", arguments: ["", ":", "a:b", "a:70000", "[::1]", ":80", "a:-1"])
  func refused(text: String) { #expect(ListenAddress(text) == nil) }
}
