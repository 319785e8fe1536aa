import Emulator
import TargetModel
import Testing

/// The emulator's blobs, asked without a client that knows better; how Microsoft's finds them is told
/// by `SharedLockTests`.
struct BlobTests {
  private let emulation = Emulation()

  private static let blob = "/account/locks/prod.lock"
  private static let ids = ["a", "b"].map {
    "\(String(repeating: $0, count: 8))-0000-0000-0000-000000000000"
  }

  private func ask(
    _ method: String, _ target: String = blob, _ headers: MessageHeaders = [:], _ body: String = "",
    as signature: String? = "sig=x"
  ) async -> EmulatedResponse {
    var headers = headers
    headers["x-ms-version"] = "2021-12-02"
    let query = signature.map { target.contains("?") ? "&\($0)" : "?\($0)" } ?? ""
    return await emulation.service.answer(
      EmulatedRequest(
        method, target + query, headers: headers, body: Array(body.utf8),
        origin: "http://127.0.0.1:8440")
    ).response
  }

  private func put(_ body: String, _ headers: MessageHeaders = [:]) async -> EmulatedResponse {
    var headers = headers
    headers["x-ms-blob-type"] = "BlockBlob"
    return await ask("PUT", Self.blob, headers, body)
  }

  /// Asks for something to be done to the lease; its code, or nothing if it was.
  private func lease(_ action: String, _ headers: MessageHeaders = [:]) async -> String? {
    var headers = headers
    headers["x-ms-lease-action"] = action
    let answer = await ask("PUT", Self.blob + "?comp=lease", headers)
    return answer.status < 300 ? nil : answer.headers["x-ms-error-code"]
  }

  private func acquire(_ number: Int, seconds: Int = 15) async -> String? {
    await lease(
      "acquire",
      [
        "x-ms-lease-duration": String(seconds), "x-ms-proposed-lease-id": Self.ids[number],
      ])
  }

  private func state() async -> String? {
    await ask("HEAD").headers["x-ms-lease-state"]
  }

  @Test func `a lease lasts as long as it was asked for, and can be had again`() async {
    #expect(await acquire(0) == "BlobNotFound")
    #expect(await put("one").status == 201)
    #expect(await acquire(0) == nil)
    emulation.wait(14_999)
    #expect(await acquire(1) == "LeaseAlreadyPresent")
    emulation.wait(1)
    #expect(await state() == "expired")
    #expect(await lease("renew", ["x-ms-lease-id": Self.ids[0]]) == nil, "nobody had it since")
    #expect(await state() == "leased")
    emulation.wait(15_000)
    #expect(await acquire(1) == nil)
    let late = await lease("renew", ["x-ms-lease-id": Self.ids[0]])
    #expect(late == "LeaseIdMismatchWithLeaseOperation")
  }

  @Test func `who writes after a lease ran out ends it for good`() async {
    _ = await put("one")
    #expect(await acquire(0) == nil)
    emulation.wait(20_000)
    let held = await put("x", ["x-ms-lease-id": Self.ids[0]])
    #expect(held.status == 412 && held.headers["x-ms-error-code"] == "LeaseLost")
    #expect(await put("two").status == 201)
    #expect(
      await lease("renew", ["x-ms-lease-id": Self.ids[0]]) == "LeaseIdMismatchWithLeaseOperation")
  }

  @Test func `a broken lease keeps others out for the rest of its time`() async {
    _ = await put("one")
    #expect(await lease("break") == "LeaseNotPresentWithLeaseOperation")
    #expect(await acquire(0, seconds: 60) == nil)
    emulation.wait(50_000)
    let answer = await ask(
      "PUT", Self.blob + "?comp=lease", ["x-ms-lease-action": "break"])
    #expect(answer.status == 202 && answer.headers["x-ms-lease-time"] == "10")
    #expect(
      await lease("renew", ["x-ms-lease-id": Self.ids[0]]) == "LeaseIsBrokenAndCannotBeRenewed")
    #expect(await acquire(0) == "LeaseIsBreakingAndCannotBeAcquired")
    emulation.wait(10_000)
    #expect(await state() == "broken")
    #expect(await acquire(1) == nil)
  }

  @Test(
    arguments: [
      (["x-ms-lease-action": "acquire", "x-ms-lease-duration": "14"], "InvalidHeaderValue"),
      (["x-ms-lease-action": "acquire", "x-ms-lease-duration": "61"], "InvalidHeaderValue"),
      (["x-ms-lease-action": "acquire"], "InvalidHeaderValue"),
      (["x-ms-lease-action": "renew"], "MissingRequiredHeader"),
      (["x-ms-lease-action": "renew", "x-ms-lease-id": "mine"], "InvalidHeaderValue"),
      (["x-ms-lease-action": "break", "x-ms-lease-break-period": "61"], "InvalidHeaderValue"),
      (["x-ms-lease-action": "borrow"], "InvalidHeaderValue"), ([:], "MissingRequiredHeader"),
    ] as [([String: String], String)])
  func `nonsense is refused`(headers: [String: String], code: String) async {
    _ = await put("one")
    var lines = MessageHeaders()
    for (name, value) in headers { lines.add(name, value) }
    let answer = await ask("PUT", Self.blob + "?comp=lease", lines)
    #expect(answer.status == 400 && answer.headers["x-ms-error-code"] == code)
    #expect(String(decoding: answer.body, as: UTF8.self).contains("<Code>\(code)</Code>"))
  }

  @Test func `nobody comes in without a token, a signature or a key`() async {
    let refused = await ask("GET", as: nil)
    #expect(refused.status == 401)
    #expect(refused.headers["x-ms-error-code"] == "NoAuthenticationInformation")
    for header in ["Bearer any", "SharedKey account:x"] {
      #expect(await ask("GET", Self.blob, ["Authorization": header], as: nil).status == 404)
    }
    #expect(await ask("GET").status == 404)
  }

  @Test func `what does not fit is refused`() async {
    let large = String(repeating: "x", count: 4 << 20)
    var statuses: [Int] = []
    for number in 0..<18 {
      statuses.append(
        await ask(
          "PUT", "/account/locks/\(number)", ["x-ms-blob-type": "BlockBlob"], large
        ).status)
    }
    #expect(statuses.prefix(15).allSatisfy { $0 == 201 } && statuses.last == 409)
    #expect(await ask("DELETE", "/account/locks/0").status == 202)
    #expect(
      await ask("PUT", "/account/locks/1", ["x-ms-blob-type": "BlockBlob"], "small").status == 201)
  }
}
