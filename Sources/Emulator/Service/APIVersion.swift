/// A version of the service's interface, such as `2022-05-01` or `2023-08-01-preview`.
struct APIVersion: Hashable, Sendable, CustomStringConvertible {
  let description: String

  /// The version of a name; nil if there is none of it.
  init?(_ text: String) {
    let text = text.lowercased()
    guard Self.known.contains(text) else { return nil }
    description = text
  }

  /// What a URL of the emulator's own says where the client named no version.
  static let standard = APIVersion(known: "2025-12-01")

  private init(known text: String) { description = text }

  private var date: String { String(description.prefix(10)) }
  private var isPreview: Bool { description.hasSuffix("-preview") }

  /// True for this version and later ones; the day alone counts.
  func isFrom(_ day: String) -> Bool { date >= day }

  /// True if something is in this version that stable versions have from one day on (nil: none has
  /// it), and previews from another.
  func has(stableFrom: String?, previewFrom: String) -> Bool {
    isPreview ? isFrom(previewFrom) : stableFrom.map(isFrom) ?? false
  }

  /// Every version in which the service has had computes, the latest first (api.md section 2).
  ///
  /// `2020-02-02` is in no published description; the older SDK calls it.
  static let known: [String] = [
    "2026-05-15-preview", "2026-05-01", "2025-12-01", "2025-10-01-preview", "2025-09-01",
    "2025-07-01-preview", "2025-06-01", "2025-04-01-preview", "2025-04-01", "2025-01-01-preview",
    "2024-10-01-preview", "2024-10-01", "2024-07-01-preview", "2024-04-01-preview", "2024-04-01",
    "2024-01-01-preview", "2023-10-01", "2023-08-01-preview", "2023-06-01-preview",
    "2023-04-01-preview", "2023-04-01", "2023-02-01-preview", "2022-12-01-preview",
    "2022-10-01-preview", "2022-10-01", "2022-06-01-preview", "2022-05-01", "2022-02-01-preview",
    "2022-01-01-preview", "2021-07-01", "2021-04-01", "2021-03-01-preview", "2021-01-01",
    "2020-09-01-preview", "2020-08-01", "2020-06-01", "2020-05-15-preview", "2020-05-01-preview",
    "2020-04-01", "2020-03-01", "2020-02-18-preview", "2020-02-02", "2020-01-01", "2019-11-01",
    "2019-06-01", "2019-05-01", "2018-11-19", "2018-03-01-preview",
  ]
}

/// What differs between the versions (api.md section 2).
extension APIVersion {
  /// Whether an action answers as an operation that takes time (202) or at once (200).
  func takesTime(_ action: PowerAction) -> Bool {
    switch action {
    case .start, .stop: isFrom("2021-01-01")
    case .restart: isFrom("2021-01-01") && description != "2021-04-01"
    }
  }

  enum PowerAction: String, Sendable {
    case start, stop, restart
  }

  /// Whether the deletion of what is not there is answered with 204; before, 204 was no answer.
  var tellsAbsenceByNoContent: Bool { isFrom("2022-05-01") }

  /// Whether a DELETE says what becomes of the resource behind; before, it was deleted.
  var choosesUnderlyingAction: Bool { description != "2018-03-01-preview" }

  /// Whether a client may say where a compute is.
  var takesComputeLocation: Bool {
    description != "2022-05-01" && description != "2022-06-01-preview"
  }

  /// Whether a PATCH may have the scale settings right under `properties`.
  var patchesOuterProperties: Bool { !isFrom("2021-07-01") }

  /// What the mark of a list's next page is called.
  var pageParameter: String { isFrom("2021-01-01") ? "$skip" : "$skiptoken" }

  /// Whether a list of nodes says of what type of compute they are.
  var typesNodes: Bool { !isFrom("2021-07-01") }

  /// True for the version that the older SDK speaks.
  var isOfOlderSDK: Bool { description == "2020-02-02" }

  /// What the list of machine sizes is called.
  var sizesKey: String { isFrom("2021-07-01") ? "value" : "amlCompute" }
}
