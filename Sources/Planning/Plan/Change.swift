public import Diagnostics
public import TargetModel

/// One target that is to change.
public struct Change: Hashable, Sendable {
  /// The target concerned.
  public var address: TargetAddress
  /// The action.
  public var action: Action
  /// For people only; no code branches on it.
  public var reason: Reason
  /// The attributes that differ, in the order of the kind's fields.
  ///
  /// Of a target that is to be made they are put together each time, as is `after`.
  public var attributes: [AttributeChange] {
    get { details.attributes }
    set { details.value.attributes = newValue }
  }
  /// How many attributes are as they should be.
  public var unchangedAttributeCount: Int
  /// Where the manifest names the target; nil if no manifest does.
  public var source: SourceLocation?
  /// The underlying resource of an attachment, as it is written; for a re-attachment to another
  /// resource, the one that will be held.
  public var resource: String?
  /// Every known attribute as it is, nested as in manifests and without secrets; `.null` if the
  /// target is not there.
  public var before: AttributeValue
  /// Every attribute as it will be, likewise.
  public var after: AttributeValue {
    get { details.after }
    set { details.value.after = newValue }
  }
  /// The secret attributes that are set afterwards.
  public var sensitivePaths: [AttributePath] {
    get { details.sensitivePaths }
    set { details.value.sensitivePaths = newValue }
  }
  private var details: Details
  /// A fingerprint of the live target this change was made for (`ObservedTarget.fingerprint`); nil
  /// if there was none.
  ///
  /// If it moved, the change does not fit any more.
  public var precondition: String?
  /// True for a replacement that somebody asked for although nothing demands it.
  public var isRequested = false

  /// Makes a change of its parts.
  public init(
    address: TargetAddress, action: Action, reason: Reason, attributes: [AttributeChange] = [],
    unchangedAttributeCount: Int = 0, source: SourceLocation? = nil, resource: String? = nil,
    before: AttributeValue = .null, after: AttributeValue = .null,
    sensitivePaths: [AttributePath] = [], precondition: String? = nil
  ) {
    self.address = address
    self.action = action
    self.reason = reason
    self.unchangedAttributeCount = unchangedAttributeCount
    self.source = source
    self.resource = resource
    self.before = before
    self.details = .given(
      Details.Value(attributes: attributes, after: after, sensitivePaths: sensitivePaths))
    self.precondition = precondition
  }
}

extension Change {
  /// A change that makes a target as a manifest wants it.
  init(
    making target: ComputeTarget, by action: Action, because reason: Reason, resource: String?
  ) {
    self.init(
      address: target.address, action: action, reason: reason, source: target.location,
      resource: resource)
    details = .made(target)
  }

  /// What is told of the attributes.
  ///
  /// Of a target that is to be made it is put together when somebody asks: guards don't, and the text
  /// of a large plan asks for one target after the other.
  private enum Details: Hashable, Sendable {
    /// In a box of its own: most changes of a large plan make something, and have none.
    indirect case given(Value)
    case made(ComputeTarget)

    struct Value: Hashable, Sendable {
      var attributes: [AttributeChange]
      var after: AttributeValue
      var sensitivePaths: [AttributePath]
    }

    var attributes: [AttributeChange] {
      switch self {
      case .given(let value): value.attributes
      case .made(let target): target.attributesFromNothing
      }
    }

    var after: AttributeValue {
      switch self {
      case .given(let value): value.after
      case .made(let target): target.nestedWithDefaults
      }
    }

    var sensitivePaths: [AttributePath] {
      switch self {
      case .given(let value): value.sensitivePaths
      case .made(let target): target.setSecrets
      }
    }

    /// All of it.
    var value: Value {
      get { Value(attributes: attributes, after: after, sensitivePaths: sensitivePaths) }
      set { self = .given(newValue) }
    }

    static func == (left: Details, right: Details) -> Bool { left.value == right.value }

    func hash(into hasher: inout Hasher) { hasher.combine(value) }
  }
}
