import Testing

@testable import HTTPExchange

@Suite("Proxies of the environment")
struct ProxyRulesTests {
  private func proxy(
    _ url: String, _ environment: [String: String], reach: HTTPRequest.Reach = .network
  ) throws -> Proxy? {
    let url = try #require(HTTPURL(parsing: url))
    return try ProxyRules(environment: environment).proxy(
      for: HTTPRequest(.get, url, reach: reach))
  }

  private let service = "https://management.azure.com/"

  @Test func `the more particular variable wins, and lower case before upper`() throws {
    let all = ["ALL_PROXY": "http://all:1", "HTTP_PROXY": "http://plain:2"]
    #expect(try proxy(service, [:]) == nil)
    #expect(try proxy(service, all)?.host == "all")
    let both = all.merging(["HTTPS_PROXY": "tls:3"]) { $1 }
    #expect(try proxy(service, both)?.description == "tls:3")
    #expect(try proxy(service, both.merging(["https_proxy": "low:4"]) { $1 })?.host == "low")
    #expect(try proxy(service, ["HTTPS_PROXY": ""]) == nil)
  }

  @Test func `kinds, ports and credentials are read`() throws {
    let tunnel = try proxy(service, ["HTTPS_PROXY": "http://a%3Ab:p%40%25@Proxy.example:3128/"])
    #expect(tunnel?.kind == .tunnel)
    #expect(tunnel?.host == "proxy.example")
    #expect(tunnel?.port == 3128)
    #expect(tunnel?.credentials == "a:b:p@%")
    let socks = try proxy(service, ["ALL_PROXY": "socks5h://proxy.example"])
    #expect(socks?.kind == .socks)
    #expect(socks?.port == 1080)
  }

  @Test(arguments: [
    "https://canary@proxy:1", "socks5://me:canary@proxy:1", "http://canary@",
    "http://a:canary%4@p:1",
    "http://me:canary@proxy:99999", "ftp://canary@proxy", "http://canary@proxy:1/path",
  ])
  func `T28 what can't be read is refused without showing it`(_ value: String) {
    do {
      _ = try ProxyRules(environment: ["HTTPS_PROXY": value])
      Issue.record("it was read")
    } catch {
      #expect(error.message.contains("HTTPS_PROXY"))
      #expect(!"\(error)".contains("canary"))
    }
  }

  @Test(arguments: [
    ("azure.com", true), (".azure.com", true), ("*.azure.com", true), ("*", true),
    ("management.azure.com:443", true), ("MANAGEMENT.azure.com", true), ("a.b, azure.com", true),
    ("zure.com", false), ("management.azure.com:8443", false), ("azure.com.example", false),
    ("", false), (",", false), (".", false),
  ])
  func `NO_PROXY names hosts and what is below them`(_ value: String, isDirect: Bool) throws {
    let environment = ["HTTPS_PROXY": "http://proxy:1", "NO_PROXY": value]
    #expect((try proxy(service, environment) == nil) == isDirect)
  }

  @Test func `T27 plain http, loopback and the machine's host go directly`() throws {
    let environment = ["ALL_PROXY": "http://proxy:1", "HTTP_PROXY": "http://proxy:1"]
    #expect(try proxy("http://169.254.169.254/", environment, reach: .host) == nil)
    #expect(try proxy("https://host.example/", environment, reach: .host) == nil)
    #expect(try proxy("https://localhost:1/", environment) == nil)
    #expect(try proxy("https://127.0.0.1:1/", environment) == nil)
    #expect(try proxy("https://[::1]:1/", environment) == nil)
    #expect(try proxy(service, environment)?.host == "proxy")
  }
}
