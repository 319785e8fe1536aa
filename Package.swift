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
        "Manifests", "Planning", "ApplyJournal", "BackendInterface", "ComputeService", "Execution",
        "SimulatorBackend", "EmbeddedBackend", "AzureBackend", "AzureLeases", "AzureSignIn",
        "HTTPExchange", "Storage", "Reporting",
      ]),
  ],
  dependencies: [
    // Subcommands, flags and help. Imported by Commands and berth-proof only.
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    // SHA-256 digests and slow keyed fingerprints of secrets. Imported by Digests only.
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    // X.509 certificates and their keys. Imported by Certificates only.
    .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
    // The PEM form of certificates. Imported by Certificates only.
    .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
    // SQLite for the embedded workspace. Imported by EmbeddedBackend only.
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    // The HTTP client. Imported by HTTPExchange only.
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
    // TLS settings of the client and the emulator. Imported by HTTPExchange and Emulator only.
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    // The loop of the client, and byte buffers of the client and the emulator. Imported by HTTPExchange and Emulator only.
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    // What the client says of compressed answers. Imported by HTTPExchange only.
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    // Signed assertions for signing in with a certificate. Imported by AzureSignIn only.
    .package(url: "https://github.com/vapor/jwt-kit", exact: "5.7.1"),
    // Starting programs. Imported by Subprocesses only.
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    // Paths as swift-subprocess takes them. Imported by Subprocesses only.
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    // The emulator's HTTP server. Imported by Emulator only.
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    // Ends the server without breaking what it has begun. Imported by Emulator only.
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    // Levels and handlers of logs; the server's logger is silenced. Imported by Logs and Emulator only.
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
  ],
  targets: [
    // The system's libyaml (libyaml-dev). Imported by ManifestSyntax only.
    .systemLibrary(
      name: "CLibYAML", pkgConfig: "yaml-0.1",
      providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    // What Swift can't call of the C library by itself. Imported by Storage only.
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
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
      ]),
    module("Manifests", imports: ["ManifestSyntax", "TargetModel", "Diagnostics", "Digests"]),
    module("Planning", imports: ["TargetModel", "Diagnostics", "Digests"]),
    module("ApplyJournal", imports: ["Planning", "TargetModel", "Digests"]),
    module("BackendInterface", imports: ["TargetModel", "Diagnostics"]),
    module("ComputeService", imports: ["BackendInterface", "TargetModel"]),
    module(
      "Execution",
      imports: [
        "Planning", "ApplyJournal", "BackendInterface", "TargetModel", "Diagnostics", "Digests",
      ]),
    module(
      "SimulatorBackend",
      imports: ["ComputeService", "BackendInterface", "TargetModel", "Diagnostics"]),
    module(
      "EmbeddedBackend",
      imports: [
        "SimulatorBackend", "ComputeService", "BackendInterface", "TargetModel", "Diagnostics",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    module(
      "HTTPExchange",
      imports: [
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    // A transport that answers from a script; for tests, no part of a product.
    module("HTTPScripting", imports: ["HTTPExchange"]),
    module(
      "Subprocesses",
      imports: [
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(
          name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux])),
      ]),
    module(
      "AzureSignIn",
      imports: [
        "BackendInterface", "Certificates", "HTTPExchange", "Subprocesses", "TargetModel",
        "Diagnostics", "Digests",
        .product(name: "JWTKit", package: "jwt-kit"),
      ]),
    module(
      "AzureBackend",
      imports: [
        "AzureSignIn", "HTTPExchange", "ComputeService", "BackendInterface", "TargetModel",
        "Diagnostics",
      ]),
    module(
      "AzureLeases",
      imports: ["AzureSignIn", "HTTPExchange", "BackendInterface", "TargetModel", "Diagnostics"]),
    module(
      "Emulator",
      imports: [
        "SimulatorBackend", "EmbeddedBackend", "ComputeService", "BackendInterface",
        "ManifestSyntax", "TargetModel", "Diagnostics", "Digests",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    module(
      "Storage", imports: ["CSpawn", "Subprocesses", "ApplyJournal", "TargetModel", "Diagnostics"]),
    // What a run tells of its inner life: lines of facts that can't be secret.
    module(
      "Logs", imports: ["Diagnostics", .product(name: "Logging", package: "swift-log")]),
    module(
      "Reporting",
      imports: ["Planning", "ApplyJournal", "TargetModel", "Diagnostics", "Digests"]),
    module(
      "Commands",
      imports: [
        "ApplyJournal", "AzureBackend", "AzureLeases", "AzureSignIn", "BackendInterface",
        "Certificates", "ComputeKinds", "Diagnostics", "Digests", "EmbeddedBackend", "Emulator",
        "Execution", "HTTPExchange", "Logs", "ManifestSyntax", "Manifests", "Planning",
        "Reporting", "SimulatorBackend", "Storage", "Subprocesses", "TargetModel",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(name: "berth", dependencies: ["Commands"], swiftSettings: strict),

    // What tests share; neither is part of a product.
    module(
      "TestSupport",
      imports: [
        "BackendInterface", "Diagnostics", "ManifestSyntax", "TargetModel", "ComputeKinds",
        "Planning",
      ]),
    module(
      "BackendConformance",
      imports: ["BackendInterface", "TestSupport", "TargetModel", "Diagnostics"]),

    // The proving ground: worlds in which everything goes wrong. For us, not for users.
    module(
      "ProvingGround",
      imports: [
        "ApplyJournal", "BackendInterface", "ComputeService", "Diagnostics", "Execution",
        "Planning", "SimulatorBackend", "TargetModel", "TestSupport",
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
        "ApplyJournal", "BackendInterface", "ComputeKinds", "ComputeService", "Diagnostics",
        "Digests", "Execution", "Manifests", "Planning", "SimulatorBackend", "TargetModel",
        "TestSupport",
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
        "SimulatorBackend", "ComputeService", "BackendInterface", "BackendConformance",
        "ComputeKinds", "TargetModel", "Diagnostics", "TestSupport",
      ]),
    tests(
      "EmbeddedBackendTests",
      imports: [
        "EmbeddedBackend", "SimulatorBackend", "BackendInterface", "BackendConformance",
        "ComputeKinds", "TargetModel", "Diagnostics", "TestSupport",
      ]),
    tests(
      "AzureBackendTests",
      imports: [
        "AzureBackend", "HTTPExchange", "ComputeService", "SimulatorBackend", "BackendInterface",
        "BackendConformance", "Certificates", "Commands", "ComputeKinds", "Emulator",
        "TargetModel", "Diagnostics", "TestSupport",
      ]),
    tests(
      "HTTPExchangeTests",
      // A server on loopback, and certificates for it.
      imports: [
        "HTTPExchange", "HTTPScripting",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    tests("SubprocessesTests", imports: ["Subprocesses"]),
    tests(
      "AzureSignInTests",
      imports: [
        "AzureSignIn", "HTTPExchange", "HTTPScripting", "Subprocesses", "TargetModel",
        "Diagnostics", "TestSupport",
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ]),
    tests(
      "AzureLeasesTests",
      imports: [
        "AzureLeases", "AzureSignIn", "BackendConformance", "BackendInterface", "ComputeKinds",
        "Emulator", "Execution", "HTTPExchange", "TargetModel", "TestSupport",
      ]),
    tests(
      "EmulatorTests",
      imports: [
        "Emulator", "EmbeddedBackend", "SimulatorBackend", "ComputeService", "BackendInterface",
        "Certificates", "ComputeKinds", "TargetModel", "Diagnostics", "TestSupport",
      ]),
    tests("LogsTests", imports: ["Logs"]),
    tests(
      "StorageTests",
      imports: [
        "Storage", "ApplyJournal", "Planning", "TargetModel", "Diagnostics", "TestSupport",
      ]),
    tests(
      "ReportingTests",
      imports: [
        "Reporting", "Planning", "ApplyJournal", "ComputeKinds", "TargetModel", "Diagnostics",
        "Digests",
        "TestSupport",
      ], goldens: ["Goldens", "Terminal/Goldens"]),
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
        "ApplyJournal", "BackendInterface", "Commands", "ComputeKinds", "Diagnostics",
        "EmbeddedBackend",
        "ManifestSyntax", "Manifests", "Planning",
        "Reporting", "Storage", "TargetModel", "TestSupport", "berth",
      ], goldens: ["Documents", "FaultyDisk", "Goldens"]),
  ],
  swiftLanguageModes: [.v6]
)

// libFuzzer brings a `main` of its own, so this program is there only where `scripts/fuzz` asks.
if Context.environment["BERTH_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "berth-fuzz", dependencies: ["FuzzTargets"], swiftSettings: strict))
}

// What the dependencies bring along. A release holds all of it to what was reviewed
// (scripts/dependencies.txt); elsewhere whatever fits will do.
if Context.environment["BERTH_RELEASE"] != nil {
  package.dependencies += [
    .package(url: "https://github.com/apple/swift-algorithms", exact: "1.2.1"),
    .package(url: "https://github.com/apple/swift-async-algorithms", exact: "1.1.4"),
    .package(url: "https://github.com/apple/swift-atomics", exact: "1.3.0"),
    .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
    .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", exact: "1.7.3"),
    .package(url: "https://github.com/apple/swift-http-structured-headers", exact: "1.7.0"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio-http2", exact: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-transport-services", exact: "1.28.0"),
    .package(url: "https://github.com/apple/swift-numerics", exact: "1.1.1"),
    .package(url: "https://github.com/apple/swift-service-context", exact: "1.5.1"),
  ]
}
