/// One attribute of a kind, declared rather than coded.
///
/// From this one row come validation, the JSON Schema, the reference page, the diff, the request
/// body and the simulator's behaviour. If a kind seems to need code in a comparison, look for the
/// missing word in `Comparison` first: once comparing is arbitrary code, nobody can say what a
/// plan means.
///
/// A class only so that handing a row around copies nothing; it never changes.
public final class Field: Sendable {
  /// Where the manifest has it.
  public let path: AttributePath
  /// The type.
  public let type: FieldType
  /// One line for people, without a full stop.
  public let summary: String
  /// Names that older clients used, understood with a warning.
  public let olderNames: [AttributePath]
  /// Names under which older clients gave the value in another form, understood with a warning.
  public let olderForms: [OlderForm]
  /// True if it must be given.
  public let isRequired: Bool
  /// What absence means: the service's or the official client's default.
  ///
  /// `.null` means "none at all"; nil means that an absent field is nobody's wish, and whatever is
  /// live stays.
  public let defaultValue: AttributeValue?
  /// Who gives the field its value.
  public let setBy: Setter
  /// True for a secret.
  public let isSecret: Bool
  /// True for what the service takes and never tells.
  ///
  /// Like a secret it is compared by fingerprint, and unlike one it may be shown.
  public let isWriteOnly: Bool
  /// True for what only preview versions of the service's interface have (api.md section 2).
  ///
  /// A stable version takes it and drops it without a word: the target would never show what was
  /// asked for, and every plan would replace it.
  public let isPreviewOnly: Bool
  /// What a change costs.
  public let onChange: ChangeEffect
  /// What it costs where the service made the target, if that is not the same: TLS of an inference
  /// cluster, whose re-creation would take its services down.
  public let onChangeIfCreated: ChangeEffect?
  /// How grave it is when somebody changes the live value behind our back.
  public let driftSeverity: DriftSeverity
  /// How two values compare.
  public let comparison: Comparison
  /// Where the service's JSON has it, from the top of the body; nil where it never travels by
  /// itself.
  public let wire: AttributePath?
  /// How the value looks there, where `type` alone can't say.
  public let shape: WireShape?
  /// Where the fact stands: title and section of the service's description.
  public let source: String

  /// Makes a field of its parts.
  public init(
    _ path: AttributePath, _ type: FieldType, _ summary: String,
    olderNames: [AttributePath] = [], olderForms: [OlderForm] = [], isRequired: Bool = false,
    default defaultValue: AttributeValue? = nil, setBy: Setter = .user, isSecret: Bool = false,
    isWriteOnly: Bool = false, isPreviewOnly: Bool = false, onChange: ChangeEffect,
    onChangeIfCreated: ChangeEffect? = nil, ifDrifted driftSeverity: DriftSeverity? = nil,
    comparison: Comparison = .exact, wire: AttributePath?, shape: WireShape? = nil,
    source: String = ""
  ) {
    self.path = path
    self.type = type
    self.summary = summary
    self.olderNames = olderNames
    self.olderForms = olderForms
    self.isRequired = isRequired
    self.defaultValue = defaultValue
    self.setBy = setBy
    self.isSecret = isSecret
    self.isWriteOnly = isWriteOnly || isSecret
    self.isPreviewOnly = isPreviewOnly
    self.onChange = onChange
    self.onChangeIfCreated = onChangeIfCreated
    self.driftSeverity = driftSeverity ?? DriftSeverity(of: path, onChange)
    self.comparison = comparison
    self.wire = wire
    self.shape = shape
    self.source = source
  }
}

extension Field {
  /// True if asking for this value is asking for no more than what is there without the field.
  public func isDefault(_ value: AttributeValue) -> Bool {
    value == .null || value == defaultValue
  }

  /// All names that older clients used.
  public var everyOlderName: [AttributePath] { olderNames + olderForms.map(\.path) }
}

/// A name under which older clients gave a field's value in another form.
public struct OlderForm: Hashable, Sendable {
  /// Where they had it.
  public let path: AttributePath
  /// How the value looked there.
  public let shape: Shape

  /// Makes an older form of its parts.
  public init(_ path: AttributePath, _ shape: Shape) {
    self.path = path
    self.shape = shape
  }

  /// How a value looked.
  public enum Shape: Hashable, Sendable {
    /// The path of a file with the value, of a secret text.
    case fileName
    /// Of a list of objects with one field: that field's texts.
    case texts
  }
}

/// Who gives a field its value.
public enum Setter: Hashable, Sendable {
  /// The manifest.
  case user
  /// The service; a manifest can't.
  case server
}

/// What a change of a field costs.
public enum ChangeEffect: Hashable, Sendable {
  /// Changed on the living target by an ordinary write.
  case inPlace
  /// Changed on the living target by an action of the service with this name.
  case inPlaceBy(action: String)
  /// An attached target is detached and attached again; a created one is deleted and created.
  case recreate
}

/// How grave it is that reality moved although no manifest did.
public enum DriftSeverity: String, Hashable, Sendable, Comparable, CaseIterable {
  /// Nothing that runs is concerned: tags, descriptions.
  case low
  /// Capacity, cost or behaviour is another: what an ordinary write sets back.
  case medium
  /// What the target is, who may use it or what it may reach is another, or it is gone or broken.
  case high

  /// The mildest comes first.
  public static func < (left: DriftSeverity, right: DriftSeverity) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int {
    switch self {
    case .low: 0
    case .medium: 1
    case .high: 2
    }
  }

  /// What holds where a field's row does not say: words are mild, what can't be set back on a living
  /// target is grave.
  init(of path: AttributePath, _ onChange: ChangeEffect) {
    switch (path.segments.first, onChange) {
    case ("tags", _), ("description", _): self = .low
    case (_, .recreate): self = .high
    case (_, .inPlace), (_, .inPlaceBy): self = .medium
    }
  }
}

/// How two values of a field are compared.
///
/// Both sides are brought into this form first (`Field.normalised`), so a service's spelling is
/// never a change.
public enum Comparison: Hashable, Sendable {
  case exact
  case ignoringCase
  /// As resource ids: segment by segment, ignoring case.
  case resourceID
  /// As regions: `West Europe` is `westeurope`.
  case region
  /// As sets: order and repetition mean nothing.
  case set
  /// As lists whose elements are found by this key; order means nothing.
  case listByKey(String)
}

/// What a field may hold, and how a value travels.
public indirect enum FieldType: Sendable {
  /// Any text, or one that matches the whole of a regular expression.
  case text(pattern: String? = nil)
  case boolean
  /// A truth value that travels as one of two words.
  case toggle(on: String, off: String)
  case integer(ClosedRange<Int>)
  /// A span of time: a whole number of this unit in the manifest, an ISO 8601 duration on the wire.
  case duration(TimeUnit, ClosedRange<Int>)
  /// One word of a few.
  case choice([Choice])
  /// The id of a resource of one of these types (`Microsoft.Compute/virtualMachines`); empty for
  /// any type.
  case resourceID([String])
  case region
  /// A file whose content is the value; the manifest names it by path. Always a secret.
  case secretFile
  /// A list of values; at most so many where there is a limit.
  case list(of: FieldType, atMost: Int? = nil)
  /// A map with these entries; their paths, wire paths included, count from here.
  case object([Field])
  /// A map from any key to values of one type.
  case map(of: FieldType)
  /// Whatever YAML can say.
  case anything

  /// One of the words of a choice.
  public struct Choice: Hashable, Sendable {
    /// The word in manifests.
    public let name: String
    /// The word on the wire.
    public let wire: String
    /// Words that older clients used, understood with a warning.
    public let olderNames: [String]
    /// True where `az ml` takes the wire's word in manifests as well, so that files have it.
    public let takesWire: Bool

    /// Makes a choice of its parts.
    public init(
      _ name: String, wire: String, olderNames: [String] = [], takesWire: Bool = false
    ) {
      self.name = name
      self.wire = wire
      self.olderNames = olderNames
      self.takesWire = takesWire
    }

    /// True if a manifest's word means this choice, by its name or an older one; case aside.
    public func isMeant(by word: String) -> Bool {
      if word == name { return true }
      let key = word.lowercased()
      return name.lowercased() == key || olderNames.contains { $0.lowercased() == key }
    }
  }

  /// The unit in which a manifest counts time.
  public enum TimeUnit: Int, Hashable, Sendable {
    case seconds = 1
    case minutes = 60
  }
}

/// The way of a value onto the wire and back, for what a table can't say.
public struct WireShape: Sendable {
  /// The encode.
  public let encode: @Sendable (AttributeValue) -> AttributeValue
  /// The decode.
  public let decode: @Sendable (AttributeValue) -> AttributeValue

  /// Makes a wire shape of its parts.
  public init(
    encode: @escaping @Sendable (AttributeValue) -> AttributeValue,
    decode: @escaping @Sendable (AttributeValue) -> AttributeValue
  ) {
    self.encode = encode
    self.decode = decode
  }
}
