/// The face of the Blob service, at the address of everything else.
extension EmulatedService {
  /// The answer to a request about blobs, with what goes wrong on purpose.
  func answer(_ request: EmulatedRequest, about address: BlobAddress) -> EmulatedAnswer {
    let decision = decide(
      BlobService.operation(request, address), name: address.blob.isEmpty ? nil : address.blob)
    if let fault = decision.answer {
      var answer = EmulatedAnswer(fault.response(at: now()))
      answer.delay = decision.delay
      return answer
    }
    var answer = EmulatedAnswer(EmulatedResponse(503))
    if decision.connection != .reset {
      answer = EmulatedAnswer(
        refusal(of: request)?.response
          ?? blobs.answer(request, address, at: now(), id: GUID.text(randomBytes(16))))
      answer.delay = decision.delay
    }
    answer.isLost = decision.connection != nil
    return answer
  }

  /// Whoever knows a signature or a key of the account may come in: the emulator has no keys to
  /// check them by.
  private func refusal(of request: EmulatedRequest) -> BlobError? {
    guard configuration.access != .none, request.parameter("sig") == nil,
      request.headers["Authorization"]?.hasPrefix("SharedKey ") != true
    else { return nil }
    do throws(ServiceError) {
      try BearerCheck(access: configuration.access, issuer: issuer).check(request, at: now())
      return nil
    } catch {
      var refusal = BlobError(
        401,
        request.headers["Authorization"] == nil
          ? "NoAuthenticationInformation" : "InvalidAuthenticationInfo", error.message)
      refusal.headers = error.headers
      return refusal
    }
  }
}
