/// GUIDs, as the services of Azure want names of requests and of leases.
package enum GUIDText {
  /// The GUID of 16 bytes.
  package static func text(_ bytes: [UInt8]) -> String {
    dashed(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
  }

  /// The GUID of 32 hexadecimal digits.
  package static func dashed(_ digits: String) -> String {
    var text = ""
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { text += "-" }
      text.append(digit)
    }
    return text
  }
}
