public import Diagnostics

/// Everything Berth knows of a kind of compute target.
///
/// A kind is one file that makes one of these, and a line in the catalog.
///
/// A class only so that ten thousand targets share one table; it never changes.
public final class KindDescriptor: Sendable {
  /// The `type` in manifests.
  public let name: KindName
  /// The service's word for it.
  public let computeType: String
  /// What people call it, in the singular: "compute cluster".
  public let title: String
  /// A sentence on what it is for.
  public let summary: String
  /// What else is so of the kind and no field or check tells: full sentences, for people.
  public let facts: [String]
  /// Where it comes from.
  public let origin: Origin
  /// Every attribute.
  ///
  /// A target's `Attributes` have one slot for each, in this order.
  public let fields: [Field]
  /// What an attachment of this kind holds; nil for kinds that are only created.
  public let resource: HeldResource?
  /// True if replacing or deleting a target loses data that is nowhere else (an instance's disk).
  public let losesData: Bool
  /// False for what jobs use without there being any target in the workspace: its documents are
  /// read and checked, others may depend on them, and nothing is planned.
  public let isInWorkspace: Bool
  /// True if a target can be switched on and off.
  public let hasPower: Bool
  /// True if the service can change tags, and with them Berth's marks, on a living target.
  public let updatesMarks: Bool
  /// What its targets can run; nil where nobody has said (domain.md section 11).
  public let workloads: Set<Workload>?
  /// Checks that need more than one field at once.
  public let checks: [CrossFieldCheck]
  /// The fields, or groups of fields, that only a target made by the service may set.
  public let createdOnly: [AttributePath]
  /// Which fields hold a certificate with its key; nil if none do.
  public let certificate: HeldCertificate?
  /// Brings fields that belong together into one, once each is known to be well formed: a network
  /// and a subnet name into a subnet's id; nil where nothing does.
  public let fold: @Sendable (KindDescriptor, Attributes, WorkspaceIdentity) -> Attributes?
  /// Takes away what the service still shows and no longer means: the host name of TLS that is off.
  public let pruneObserved: @Sendable (KindDescriptor, inout Attributes) -> Void
  /// What the body of a create or attach has besides the fields, derived from them.
  public let addsToBody: @Sendable (ComputeTarget) -> [(path: AttributePath, value: AttributeValue)]
  /// The smallest useful manifest.
  public let sample: String

  /// The slots of the fields in which a target as desired and as observed compare: those that people
  /// set and the service knows.
  package let comparedSlots: [Int]
  let wireLayout: WireLayout
  private let slotByPath: [AttributePath: Int]
  private let slotByName: NameTable

  /// Makes a kind descriptor of its parts.
  public init(
    name: KindName, computeType: String, title: String, summary: String, facts: [String] = [],
    origin: Origin,
    fields: [Field], resource: HeldResource? = nil, losesData: Bool = false,
    isInWorkspace: Bool = true, hasPower: Bool = false, updatesMarks: Bool = false,
    workloads: Set<Workload>? = nil, checks: [CrossFieldCheck] = [],
    createdOnly: [AttributePath] = [], certificate: HeldCertificate? = nil,
    fold: @escaping @Sendable (KindDescriptor, Attributes, WorkspaceIdentity) -> Attributes? = {
      _, _, _ in nil
    },
    pruneObserved: @escaping @Sendable (KindDescriptor, inout Attributes) -> Void = { _, _ in },
    addsToBody:
      @escaping @Sendable (ComputeTarget) -> [(
        path: AttributePath, value: AttributeValue
      )] = { _ in [] },
    sample: String
  ) {
    self.name = name
    self.computeType = computeType
    self.title = title
    self.summary = summary
    self.facts = facts
    self.origin = origin
    self.fields = fields
    comparedSlots = fields.indices.filter { fields[$0].setBy == .user && fields[$0].wire != nil }
    self.resource = resource
    self.losesData = losesData
    self.isInWorkspace = isInWorkspace
    self.hasPower = hasPower
    self.updatesMarks = updatesMarks
    self.workloads = workloads
    self.checks = checks
    self.createdOnly = createdOnly
    self.certificate = certificate
    self.fold = fold
    self.pruneObserved = pruneObserved
    self.addsToBody = addsToBody
    self.sample = sample
    self.wireLayout = WireLayout(fields)
    self.slotByPath = Dictionary(
      fields.enumerated().map { ($1.path, $0) }, uniquingKeysWith: { first, _ in first })
    self.slotByName = NameTable(fields.map(\.path.description))
  }

  /// True if only a target made by the service may set a field.
  public func isCreatedOnly(_ path: AttributePath) -> Bool {
    createdOnly.contains { path.segments.starts(with: $0.segments) }
  }

  /// The slot of the field at a path, or nil if the kind has no such field.
  public func slot(_ path: AttributePath) -> Int? {
    guard path.segments.count == 1 else { return slotByPath[path] }
    // Most are asked for by one key.
    return slotByName[path.segments[0]].flatMap {
      fields[$0].path.segments.count == 1 ? $0 : nil
    }
  }

  /// The slot of the field that people call `tls.key`, or nil if the kind has no such field.
  public func slot(named name: String) -> Int? { slotByName[name] }

  /// How a target of a kind comes to be.
  public enum Origin: Hashable, Sendable {
    /// The service makes it: create, delete.
    case created
    /// It exists elsewhere: attach, detach.
    case attached
    /// Attached where the manifest names a resource, created otherwise.
    case createdOrAttached
  }

  /// Which fields hold a certificate with its key.
  public struct HeldCertificate: Sendable {
    /// The field with the certificate and its chain, as PEM text.
    public let chainField: AttributePath
    /// The field with the private key, as PEM text.
    public let keyField: AttributePath
    /// The field with the host name that the certificate is for.
    public let hostField: AttributePath

    /// Names the three fields.
    public init(
      chainField: AttributePath, keyField: AttributePath, hostField: AttributePath
    ) {
      self.chainField = chainField
      self.keyField = keyField
      self.hostField = hostField
    }
  }

  /// Which fields say what an attachment holds.
  public struct HeldResource: Sendable {
    /// The field with the resource's id.
    public let idField: AttributePath
    /// The field with a host name or address, for kinds that may be reached by one.
    public let hostField: AttributePath?
    /// The field whose different values let attachments share one resource.
    public let shareField: AttributePath?

    /// Makes a held resource of its parts.
    public init(
      idField: AttributePath = "resource_id", hostField: AttributePath? = nil,
      shareField: AttributePath? = nil
    ) {
      self.idField = idField
      self.hostField = hostField
      self.shareField = shareField
    }
  }
}

/// A check that needs more than one field at once.
public struct CrossFieldCheck: Sendable {
  /// The rules its findings carry, for the documentation.
  public let rules: [Rule]
  /// Looks at a target whose fields are each well formed and reports what does not fit together.
  public let run: @Sendable (ComputeTarget, inout DiagnosticList) -> Void

  /// Makes a cross field check of its parts.
  public init(
    _ rules: Rule..., run: @escaping @Sendable (ComputeTarget, inout DiagnosticList) -> Void
  ) {
    self.rules = rules
    self.run = run
  }
}

/// The kinds a program knows.
///
/// Planning, backends and reports are handed one as a value.
public struct KindCatalog: Sendable {
  /// The kinds, by name.
  public let kinds: [KindDescriptor]
  private let names: NameTable
  private let computeTypes: NameTable

  /// Makes a kind catalog of its parts.
  public init(_ kinds: [KindDescriptor]) {
    let kinds = kinds.sorted { $0.name < $1.name }
    self.kinds = kinds
    names = NameTable(kinds.map(\.name.text))
    computeTypes = NameTable(kinds.map { $0.computeType.lowercased() })
  }

  /// The kind a manifest means; words compare without case.
  public subscript(name: KindName) -> KindDescriptor? {
    (names[name.text] ?? names[name.text.lowercased()]).map { kinds[$0] }
  }

  /// The kind the service means; words compare without case.
  public func kind(computeType: String) -> KindDescriptor? {
    computeTypes[computeType.lowercased()].map { kinds[$0] }
  }
}
