public import TargetModel

/// How the emulated service behaves, where that can be chosen.
public struct EmulatorConfiguration: Sendable {
  /// The kinds it knows.
  public var catalog: KindCatalog
  /// The workspaces there are; nil where each comes into being when it is first asked for.
  public var workspaces: [EmulatedWorkspace]?
  /// Workspaces that are there from the start, beside those that come into being.
  public var known: [EmulatedWorkspace] = []
  /// The region of workspaces that come into being by themselves.
  public var location = "westeurope"
  /// How long an operation takes, in milliseconds.
  public var operationMilliseconds: Int64 = 1_000
  /// How many computes are kept in memory, and how many bytes of their bodies, roughly.
  public var room = (computes: 50_000, bytes: 256 << 20)
  /// How many computes a page of a list has.
  public var pageSize = 100
  /// What a caller must show.
  public var access: Access = .bearer
  /// How many calls are allowed, and whether more are refused.
  public var limits = CallLimits()
  /// How long a token is good, in seconds.
  public var tokenSeconds: Int64 = 3_600

  /// What a caller must show.
  public enum Access: String, Sendable, CaseIterable {
    /// Any bearer token that has not expired, whoever issued it.
    case bearer
    /// A token that this emulator issued.
    case issued
    /// Nothing.
    case none
  }

  /// The usual behaviour.
  public init(catalog: KindCatalog) { self.catalog = catalog }
}

/// A workspace that is there from the beginning.
public struct EmulatedWorkspace: Hashable, Sendable {
  /// Who it is.
  public let identity: WorkspaceIdentity

  /// A workspace.
  public init(_ identity: WorkspaceIdentity) { self.identity = identity }
}

/// The calls that a subscription has: a bucket for each kind, which fills again.
public struct CallLimits: Hashable, Sendable {
  /// A bucket: how much it holds, and how much comes back in a second.
  public struct Bucket: Hashable, Sendable {
    /// What it holds when it is full.
    public var size: Int
    /// What comes back in a second.
    public var perSecond: Int

    /// A bucket.
    public init(size: Int, perSecond: Int) {
      self.size = size
      self.perSecond = perSecond
    }
  }

  /// Reads.
  public var reads = Bucket(size: 250, perSecond: 25)
  /// Writes.
  public var writes = Bucket(size: 200, perSecond: 10)
  /// Deletes.
  public var deletes = Bucket(size: 200, perSecond: 10)
  /// True if a call beyond them is refused with 429; else the headers alone tell.
  public var areEnforced = false

  /// What Azure Resource Manager allows a subscription.
  public init() {}
}
