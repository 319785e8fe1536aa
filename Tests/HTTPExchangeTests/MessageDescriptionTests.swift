import HTTPExchange
import Testing

@Suite("What is shown of messages")
struct MessageDescriptionTests {
  @Test func `T28 requests and answers are shown without secrets`() throws {
    let url = try #require(
      HTTPURL(parsing: "https://a.example/b?api-version=2025-12-01&sig=canary&canary"))
    let request = HTTPRequest(
      .put, url, headers: ["Authorization": "Bearer canary", "Accept": "a/b"],
      body: Array("canary".utf8))
    #expect(
      request.description
        == "PUT https://a.example/b?api-version=2025-12-01&sig=...&..., 6 bytes")
    let response = HTTPResponse(
      200, headers: ["Set-Cookie": "canary", "x-ms-request-id": "r-1"], body: Array("canary".utf8))
    #expect(response.description == "200, [Set-Cookie: ..., x-ms-request-id: r-1], 6 bytes")
    #expect(request.headers.description == "[Authorization: ..., Accept: a/b]")
    var dumped = ""
    dump(response, to: &dumped)
    dump(request.headers, to: &dumped)
    dump(request, to: &dumped)
    #expect(!dumped.contains("canary"))
  }
}
