// swift-tools-version: 6.2
import PackageDescription

// Every target is held to the same strictness: no implicit `any`, imports that say what they
// leak, and no warning that survives a build.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

// A module of ours. `docs/architecture.md` says what each is for and which may import which.
func module(_ name: String, imports: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: imports, swiftSettings: strict)
}

/// - Parameter goldens: the folder of files that outputs are compared with; tests read it in place.
func tests(
  _ name: String, imports: [Target.Dependency] = [], goldens: [String] = [],
  packageAccess: Bool = true
) -> Target {
  .testTarget(
    name: name, dependencies: imports, exclude: goldens, packageAccess: packageAccess,
    swiftSettings: strict)
}

let package = Package(
  name: "berth",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "berth", targets: ["berth"]),
    // Everything but the command line, for programs that plan and apply by themselves.
    .library(
      name: "Berth",
      targets: [
        "Diagnostics", "ManifestSyntax", "TargetModel", "ComputeKinds", "Certificates",
        "Manifests", "Planning", "ApplyJournal", "BackendInterface", "Execution",
        "SimulatorBackend", "EmbeddedBackend",
        "Storage", "Reporting",
      ]),
  ],
  dependencies: [
    // Subcommands, flags and help. Imported by Commands and berth-proof only.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // SHA-256 digests and slow keyed fingerprints of secrets. Imported by Digests only.
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    // X.509 certificates and their keys. Imported by Certificates only.
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    // The PEM form of certificates. Imported by Certificates only.
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    // SQLite for the embedded workspace. Imported by EmbeddedBackend only.
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // The system's libyaml (libyaml-dev). Imported by ManifestSyntax only.
    .systemLibrary(
      name: "CLibYAML", pkgConfig: "yaml-0.1",
      providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    // Starting a program in a folder. Imported by Storage only.
    .systemLibrary(name: "CSpawn"),

    module("Diagnostics"),
    module(
      "Digests",
      imports: [
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ]),
    module("ManifestSyntax", imports: ["Diagnostics", "CLibYAML"]),
    module("TargetModel", imports: ["Diagnostics", "Digests"]),
    module("ComputeKinds", imports: ["TargetModel", "Diagnostics"]),
    module(
      "Certificates",
      imports: [
        "TargetModel", "Diagnostics",
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
      ]),
    module("Manifests", imports: ["ManifestSyntax", "TargetModel", "Diagnostics", "Digests"]),
    module("Planning", imports: ["TargetModel", "Diagnostics", "Digests"]),
    module("ApplyJournal", imports: ["Planning", "TargetModel", "Digests"]),
    module("BackendInterface", imports: ["TargetModel", "Diagnostics"]),
    module(
      "Execution",
      imports: ["Planning", "ApplyJournal", "BackendInterface", "TargetModel", "Diagnostics"]),
    module("SimulatorBackend", imports: ["BackendInterface", "TargetModel", "Diagnostics"]),
    module(
      "EmbeddedBackend",
      imports: [
        "SimulatorBackend", "BackendInterface", "TargetModel", "Diagnostics",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    module("Storage", imports: ["CSpawn", "ApplyJournal", "TargetModel", "Diagnostics"]),
    module(
      "Reporting",
      imports: ["Planning", "ApplyJournal", "TargetModel", "Diagnostics", "Digests"]),
    module(
      "Commands",
      imports: [
        "ApplyJournal", "BackendInterface", "Certificates", "ComputeKinds", "Diagnostics",
        "Digests", "EmbeddedBackend", "Execution", "ManifestSyntax", "Manifests", "Planning",
        "Reporting",
        "SimulatorBackend", "Storage", "TargetModel",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(name: "berth", dependencies: ["Commands"], swiftSettings: strict),

    // What tests share; neither is part of a product.
    module(
      "TestSupport",
      imports: ["Diagnostics", "ManifestSyntax", "TargetModel", "ComputeKinds", "Planning"]),
    module(
      "BackendConformance",
      imports: ["BackendInterface", "TestSupport", "TargetModel", "Diagnostics"]),

    // The proving ground: worlds in which everything goes wrong. For us, not for users.
    module(
      "ProvingGround",
      imports: [
        "ApplyJournal", "BackendInterface", "Diagnostics", "Execution", "Planning",
        "SimulatorBackend", "TargetModel", "TestSupport",
      ]),
    .executableTarget(
      name: "berth-proof",
      dependencies: [
        "ProvingGround", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),

    // What reads bytes of strangers, and the laws it keeps; `scripts/fuzz` hammers on it.
    module(
      "FuzzTargets",
      imports: [
        "ApplyJournal", "ComputeKinds", "Diagnostics", "Digests", "ManifestSyntax", "Manifests",
        "Planning", "Reporting", "TargetModel",
      ]),

    tests("DiagnosticsTests", imports: ["Diagnostics", "TestSupport"]),
    tests("ManifestSyntaxTests", imports: ["ManifestSyntax", "Diagnostics", "TestSupport"]),
    tests(
      "TargetModelTests",
      imports: ["TargetModel", "Digests", "Diagnostics", "ComputeKinds", "TestSupport"]),
    tests(
      "ComputeKindsTests",
      // Manifests binds the examples and the kinds' samples; the rest leads each kind through a life
      // in the simulated workspace.
      imports: [
        "ApplyJournal", "BackendInterface", "ComputeKinds", "Diagnostics", "Digests", "Execution",
        "Manifests", "Planning", "SimulatorBackend", "TargetModel", "TestSupport",
      ], goldens: ["Goldens"]),
    tests(
      "CertificatesTests",
      imports: [
        "Certificates", "ComputeKinds", "TargetModel", "Diagnostics", "TestSupport",
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    tests(
      "ManifestsTests",
      imports: [
        "Manifests", "ManifestSyntax", "ComputeKinds", "TargetModel", "Digests", "Diagnostics",
        "TestSupport",
      ]),
    tests(
      "PlanningTests",
      imports: ["Planning", "ComputeKinds", "TargetModel", "Diagnostics", "TestSupport"]),
    tests(
      "ApplyJournalTests", imports: ["ApplyJournal", "Planning", "TargetModel", "TestSupport"]),
    tests(
      "ExecutionTests",
      imports: [
        "Execution", "ApplyJournal", "Planning", "BackendInterface", "SimulatorBackend",
        "ComputeKinds", "TargetModel", "Diagnostics", "TestSupport",
      ]),
    tests(
      "SimulatorBackendTests",
      imports: [
        "SimulatorBackend", "BackendInterface", "BackendConformance", "ComputeKinds", "TargetModel",
        "Diagnostics", "TestSupport",
      ]),
    tests(
      "EmbeddedBackendTests",
      imports: [
        "EmbeddedBackend", "SimulatorBackend", "BackendInterface", "BackendConformance",
        "ComputeKinds", "TargetModel", "Diagnostics", "TestSupport",
      ]),
    tests(
      "StorageTests",
      imports: ["Storage", "ApplyJournal", "TargetModel", "Diagnostics", "TestSupport"]),
    tests(
      "ReportingTests",
      imports: [
        "Reporting", "Planning", "ApplyJournal", "ComputeKinds", "TargetModel", "Diagnostics",
        "TestSupport",
      ], goldens: ["Goldens"]),
    // Uses the product as a program elsewhere does: public declarations only.
    tests(
      "LibraryTests",
      imports: [
        "ApplyJournal", "BackendInterface", "ComputeKinds", "Diagnostics", "Execution", "Manifests",
        "Planning", "Reporting", "SimulatorBackend", "TargetModel",
      ], packageAccess: false),
    tests(
      "ProvingGroundTests", imports: ["ProvingGround", "TestSupport", "berth-proof"],
      goldens: ["Scenarios"]),
    tests("FuzzTargetsTests", imports: ["FuzzTargets"], goldens: ["Corpora", "Dictionaries"]),
    // Drives the built `berth` binary, as a user would.
    tests(
      "CommandsTests",
      imports: [
        "BackendInterface", "Commands", "ComputeKinds", "Diagnostics", "EmbeddedBackend",
        "ManifestSyntax", "Manifests",
        "Reporting", "TargetModel", "TestSupport", "berth",
      ], goldens: ["Documents", "Goldens"]),
  ],
  swiftLanguageModes: [.v6]
)

// libFuzzer brings a `main` of its own, so this program is there only where `scripts/fuzz` asks.
if Context.environment["BERTH_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "berth-fuzz", dependencies: ["FuzzTargets"], swiftSettings: strict))
}
