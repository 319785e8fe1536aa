import Diagnostics
import Testing

@Suite("Sentences with a code")
struct CodedSentenceTests {
  @Test(arguments: ["It is gone", "It is gone."])
  func `a message becomes one sentence with its code, with a full stop or without`(text: String) {
    #expect(text.sentence(withCode: "NotFound") == "It is gone (NotFound).")
  }
}
