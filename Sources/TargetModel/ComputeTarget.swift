public import Diagnostics

/// A target as a manifest wants it.
public struct ComputeTarget: Sendable {
  /// Copies share it: a plan has each target several times.
  private var facts: Shared<Facts>

  private struct Facts: Sendable {
    var attributes: Attributes
    let name: String
    let kind: KindDescriptor
    var settings: TargetSettings
    let location: SourceLocation
    let fieldLocations: FieldLocations
    var secretFingerprints: [AttributePath: String]
  }

  /// Makes a compute target of its parts.
  public init(
    name: String, kind: KindDescriptor, attributes: Attributes,
    settings: TargetSettings = TargetSettings(), location: SourceLocation,
    fieldLocations: FieldLocations = FieldLocations(),
    secretFingerprints: [AttributePath: String] = [:]
  ) {
    facts = Shared(
      Facts(
        attributes: attributes, name: name, kind: kind, settings: settings, location: location,
        fieldLocations: fieldLocations, secretFingerprints: secretFingerprints))
  }

  /// The values of its fields.
  public var attributes: Attributes {
    get { facts.value.attributes }
    set { facts.value.attributes = newValue }
  }

  /// The target's name.
  public var name: String { facts.value.name }

  /// The kind.
  public var kind: KindDescriptor { facts.value.kind }

  /// What the manifest says under `berth:`.
  public var settings: TargetSettings {
    get { facts.value.settings }
    set { facts.value.settings = newValue }
  }

  /// Where the manifest names it.
  public var location: SourceLocation { facts.value.location }

  /// Where the manifest gives a field its value, by slot.
  public var fieldLocations: FieldLocations { facts.value.fieldLocations }

  /// A keyed fingerprint of each secret that is set, by path, so that a rotation shows although
  /// the service never tells the value.
  public var secretFingerprints: [AttributePath: String] {
    get { facts.value.secretFingerprints }
    set { facts.value.secretFingerprints = newValue }
  }

  /// The target concerned.
  public var address: TargetAddress { TargetAddress(kind: kind.name, name: name) }

  /// The name as the service compares it.
  public var nameKey: String { name.inLowerCase }

  /// The value the manifest gives, or nil.
  public subscript(path: AttributePath) -> AttributeValue? {
    get { kind.value(path, in: attributes) }
    set {
      guard let slot = kind.slot(path) else { return }
      attributes[slot] = newValue
    }
  }

  /// The value the manifest gives to a field that is named as people name it, `tls.key`, or nil.
  ///
  /// Checks ask for many fields of every target, so no path is made for it.
  public subscript(name: String) -> AttributeValue? {
    kind.slot(named: name).flatMap { attributes[$0] }
  }

  /// The place of a field in the manifest, or of the target where the field is absent.
  public func location(of path: AttributePath) -> SourceLocation {
    kind.slot(path).flatMap { fieldLocations[$0] } ?? location
  }

  /// True if the target is brought from elsewhere rather than made by the service.
  public var isAttached: Bool {
    switch kind.origin {
    case .created: false
    case .attached: true
    case .createdOrAttached: heldResource != nil
    }
  }

  /// What the target will hold once attached; nil for a created one.
  public var heldResource: ResourceIdentity? { kind.heldResource(of: attributes) }

  /// What happens to the live target when its document goes away.
  public var removal: RemovalPolicy { settings.onRemove ?? (isAttached ? .detach : .delete) }
}

extension ComputeTarget: CustomStringConvertible {
  /// The text that people read: its address, and nothing of what it holds.
  public var description: String { address.description }
}

extension KindDescriptor {
  /// The underlying resource that these attributes name; nil if they name none.
  public func heldResource(of attributes: Attributes) -> ResourceIdentity? {
    guard let resource else { return nil }
    if let text = value(resource.idField, in: attributes)?.text,
      let id = try? ARMResourceID(parsing: text)
    {
      // An absent share means the service's default share, not "the whole of it".
      let share = resource.shareField.flatMap { path in
        (value(path, in: attributes) ?? slot(path).flatMap { fields[$0].defaultValue })?.text
      }
      return ResourceIdentity(id, share: share)
    }
    if let hostField = resource.hostField, let host = value(hostField, in: attributes)?.text {
      return ResourceIdentity(host: host)
    }
    return nil
  }
}

/// What a manifest says under `berth:`, apart from what other tools read.
public struct TargetSettings: Hashable, Sendable {
  /// Never detached, deleted or replaced while this stands.
  public var protect = false
  /// Says `protect: false` in so many words; that alone lifts the protection which a mark on the
  /// live target keeps.
  public var liftsProtection = false
  /// What happens when the document goes away; nil for the kind's own way.
  public var onRemove: RemovalPolicy?
  /// Allows a replacement that loses data.
  public var allowReplace = false
  /// What the manifest lets others change, and what it says of that.
  public var ignoredChanges: [IgnoredChange] = []
  /// Targets that must stand before this one.
  public var dependsOn: [TargetAddress] = []
  /// Takes over a live target that nobody owns.
  public var adopt = false
  /// Changes TLS on a living attachment by an ordinary write instead of a re-attachment.
  public var updatesTLSInPlace = false
  /// Whether a compute instance should be running; nil leaves it as it is.
  public var power: PowerState?
  /// What the target is meant to run.
  ///
  /// It says nothing to the service.
  public var workloads: Set<Workload> = []

  /// An empty one.
  public init() {}

  /// Fields that others may change.
  public var ignoreChanges: [AttributePath] {
    get { ignoredChanges.map(\.path) }
    set { ignoredChanges = newValue.map { IgnoredChange($0) } }
  }
}

/// A field, or a group of fields, that others may change.
public struct IgnoredChange: Hashable, Sendable {
  /// The field or group.
  public var path: AttributePath
  /// Who asked for it.
  public var owner: String?
  /// Why.
  public var reason: String?
  /// The last day on which it counts, as `2027-03-31`; nil for good.
  public var until: String?
  /// Where the manifest says so; no part of what it says.
  public var location: SourceLocation?

  /// Makes an ignored change of its parts.
  public init(
    _ path: AttributePath, owner: String? = nil, reason: String? = nil, until: String? = nil,
    location: SourceLocation? = nil
  ) {
    self.path = path
    self.owner = owner
    self.reason = reason
    self.until = until
    self.location = location
  }
}

extension IgnoredChange {
  /// True if both allow the same, wherever they stand.
  public static func == (left: IgnoredChange, right: IgnoredChange) -> Bool {
    left.path == right.path && left.owner == right.owner && left.reason == right.reason
      && left.until == right.until
  }

  /// Fits `==`.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(path)
    hasher.combine(until)
  }
}

/// What happens to a live target when its document goes away.
public enum RemovalPolicy: String, Hashable, Sendable, CaseIterable {
  case detach
  case delete
  /// It stays; Berth only gives up owning it.
  case retain
}

/// Whether a machine is on.
public enum PowerState: String, Hashable, Sendable, CaseIterable {
  case running
  case stopped
}
