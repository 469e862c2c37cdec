// swift-tools-version: 6.2
import PackageDescription

/// One set of rules for every Swift target: unsafe code must say so, warnings stop the build.
let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// For the commands: they hand work to other targets and print what these say, and optimising them was half a
/// minute at the end of a clean release build, where nothing is left to build beside it.
let unoptimized: [SwiftSetting] = [.unsafeFlags(["-Onone"], .when(configuration: .release))]

let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

func pure(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// What reads octets and texts of strangers, and so has a place in the fuzz loop.
let fuzzed = [
  "Addressing", "Wire", "Records", "Authority", "Engine", "XMLReading", "Probes", "Documents", "Profiles",
  "Fingerprints",
  "ScopeFile", "Inventory", "Declarations", "Checklist", "Reports", "Evidence", "LegacyText", "SessionIO", "Audit",
  "LabSupport", "Credentials", "Certificates", "WiFi", "Sheets", "Traffic", "Sealing", "Redaction", "Workbooks",
  "RunComparison", "Schedules", "Notices",
]

/// Only Scripts/fuzz sets this: the fuzzer's runtime is linked into this one program, everything else does without.
let fuzzer: [Target] =
  Context.environment["TENKEN_FUZZ"] == nil
  ? []
  : [
    .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),
    .executableTarget(
      name: "tenken-fuzz", dependencies: ["FuzzTargets", "CLibFuzzer"], path: "Tests/Fuzz/Driver", swiftSettings: strict
    ),
  ]

let package = Package(
  name: "tenken",
  products: [
    .executable(name: "tenken", targets: ["tenken"]),
    .executable(name: "tenken-lab", targets: ["tenken-lab"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
  ],
  targets: [
    // C, and nothing else, behind named counters. The reason for each is in its header.
    .target(name: "CLinux"),
    .target(name: "CLab"),
    .target(name: "CHTTP", dependencies: ["CCurl"], linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .target(name: "CNotices", dependencies: ["CCurl"]),
    .target(name: "CSSH", dependencies: ["CLibSSH"]),
    .systemLibrary(name: "CLibSSH", pkgConfig: "libssh", providers: [.apt(["libssh-dev"])]),
    .target(name: "CNL80211", dependencies: ["CLibNL"]),
    .systemLibrary(name: "CLibNL", pkgConfig: "libnl-genl-3.0", providers: [.apt(["libnl-genl-3-dev"])]),
    .target(name: "CArchive", dependencies: ["CLibArchive"]),
    .systemLibrary(name: "CLibArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .target(name: "CPackage", dependencies: ["CLibZip"]),
    .systemLibrary(name: "CLibZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .target(name: "CWorkbook", dependencies: ["CXLSX"]),
    .systemLibrary(name: "CXLSX", pkgConfig: "xlsxwriter", providers: [.apt(["libxlsxwriter-dev"])]),
    .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
    .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),

    // Pure: bytes and decisions. No system call, no clock, no Foundation up to Checklist.
    pure("Addressing"),
    pure("Wire", ["Addressing"]),
    pure("WiFi", ["Addressing", "Wire"]),
    pure("Records", ["Addressing"]),
    pure("Authority", ["Addressing", "Wire", "Records"]),
    pure("Engine", ["Addressing", "Wire", "Records"]),
    pure("XMLReading", ["CExpat"]),
    .target(name: "CTLS", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
    pure("Cryptography", ["CCrypto", "CTLS"]),
    .target(name: "CSeal", linkerSettings: [.linkedLibrary("crypto")]),
    pure("Sealing", ["CSeal", "Cryptography"]),
    pure("Certificates", ["CTLS", "Addressing", "Records", "Wire"]),
    pure("Probes", ["Addressing", "Wire", "Records", "XMLReading", "Certificates", "Cryptography"]),
    pure("Documents", ["Records", yams]),
    pure("Redaction", ["Addressing", "Wire", "Records", "Documents", "Cryptography"]),
    pure("Profiles", ["Addressing", "Wire", "WiFi", "Records", "Documents"]),
    pure("Fingerprints", ["Records", "Documents", "Profiles", "XMLReading", "CPCRE2"]),
    pure(
      "Credentials",
      ["Addressing", "Wire", "Records", "Authority", "Probes", "Documents", "Profiles", "Cryptography"]),
    pure("ScopeFile", ["Addressing", "Records", "Authority", "Documents"]),
    pure("Inventory", ["Addressing", "Records", "Documents"]),
    pure("Declarations", ["Addressing", "Records", "Documents", "Inventory"]),
    pure("RunComparison", ["Addressing", "Records"]),
    pure(
      "Checklist", ["Addressing", "Records", "Documents", "Profiles", "Declarations", "Inventory", "RunComparison"]),
    pure("Traffic", ["Addressing", "Wire", "Records", "Certificates", "Checklist"]),
    pure("Schedules", ["Addressing", "Records", "Documents"]),
    pure("Notices", ["Addressing", "Records", "Documents", "RunComparison", "Schedules", "Cryptography", mustache]),
    pure("Reports", ["Addressing", "Records", "Profiles", "Inventory", "Declarations", "RunComparison", mustache]),

    pure("Workbooks", ["Records", "Documents", "XMLReading", "CWorkbook", "CPackage"]),
    pure("Exports", ["Addressing", "Records", "Reports", "Cryptography", "Workbooks"]),

    pure(
      "Sheets",
      ["Addressing", "Records", "Documents", "Profiles", "Inventory", "Checklist", "Reports", "RunComparison"]),

    pure(
      "WiFiAudit",
      ["Addressing", "Wire", "WiFi", "Records", "Authority", "Documents", "Profiles", "Reports"]),

    // Edges: the only targets that touch the kernel or the file system.
    pure("Evidence", ["Addressing", "Records", "Wire", "Authority", "CCrypto", "CArchive", "Sealing"]),
    pure("LegacyText"),
    pure("Printing", ["CLinux"]),
    pure("NoticeIO", ["Notices", "Records", "CNotices"]),
    pure("RadioIO", ["Wire", "Records", "CLinux", "CNL80211", "CPcap"]),
    pure("LinkIO", ["Addressing", "Wire", "Records", "Authority", "Engine", "CLinux", "CPcap"]),
    pure(
      "SessionIO",
      ["Addressing", "Wire", "Records", "Authority", "Engine", "Probes", "Credentials", "CLinux", "CHTTP", "CSSH"]),

    pure("History", ["Addressing", "Records", "RunComparison", grdb]),

    // Composition.
    pure(
      "Audit",
      [
        "Addressing", "Wire", "Records", "Authority", "Engine", "Probes", "Profiles", "Checklist", "Inventory",
        "Declarations", "Credentials", "Certificates", "RunComparison",
      ]),
    .executableTarget(
      name: "tenken",
      dependencies: [
        "Addressing", "Records", "Authority", "ScopeFile", "Engine", "Profiles", "Fingerprints", "Checklist",
        "Evidence", "Sealing", "Reports", "Exports", "LinkIO", "SessionIO", "Audit", "Wire", "Probes", "CLinux",
        "Documents", "Inventory", "Declarations", "LegacyText", "Credentials", "Certificates", "WiFi", "WiFiAudit",
        "RadioIO", "Sheets", "Traffic", "Redaction", "Workbooks", "Printing", "History",
        "RunComparison", "Schedules", "Notices", "NoticeIO", arguments,
      ],
      swiftSettings: strict + unoptimized),

    // The lab: a small site made of network namespaces.
    pure("LabSite", ["CLab"]),
    .executableTarget(name: "tenken-lab", dependencies: ["LabSite", arguments], swiftSettings: strict),

    // How fast probes are built; Scripts/bench reads what it prints.
    .executableTarget(
      name: "tenken-bench", dependencies: ["Addressing", "Wire", "Engine"], path: "Tests/Benchmarks/FrameBench",
      swiftSettings: strict, linkerSettings: [.linkedLibrary("m")]),

    .executableTarget(
      name: "tenken-fingerprint-bench", dependencies: ["Fingerprints"],
      path: "Tests/Benchmarks/FingerprintBench", swiftSettings: strict),

    .executableTarget(
      name: "tenken-wifi-bench", dependencies: ["Addressing", "Wire", "WiFi"], path: "Tests/Benchmarks/WiFiBench",
      swiftSettings: strict),

    .executableTarget(
      name: "tenken-verdict-bench", dependencies: ["Addressing", "Records", "Profiles", "Checklist", "Evidence"],
      path: "Tests/Benchmarks/VerdictBench", swiftSettings: strict),

    .executableTarget(
      name: "tenken-history-bench", dependencies: ["Addressing", "Records", "RunComparison", "History"],
      path: "Tests/Benchmarks/HistoryBench", swiftSettings: strict),

    tests("HistoryTests", ["History", "RunComparison", "Records", "Addressing", "LabSupport", grdb]),
    tests("RunComparisonTests", ["RunComparison", "Records", "Addressing", "LabSupport"]),
    tests("SchedulesTests", ["Schedules", "Documents", "Records", "Addressing", "LabSupport"]),
    tests(
      "NoticesTests", ["Notices", "Documents", "Schedules", "RunComparison", "Records", "Addressing", "LabSupport"]),
    tests("NoticeIOTests", ["NoticeIO", "Notices", "Records"]),
    tests("AddressingTests", ["Addressing"]),
    tests("RecordsTests", ["Records", "Addressing", "LabSupport"]),
    tests("AuthorityTests", ["Authority", "Addressing", "Records", "Wire", "LabSupport"]),
    tests("ScopeFileTests", ["ScopeFile", "Authority", "Documents", "Addressing", "Records", "LabSupport"]),
    tests("ProbesTests", ["Probes", "Certificates", "Profiles", "Addressing", "Wire", "Records", "LabSupport"]),
    tests(
      "ChecklistTests",
      [
        "Checklist", "Declarations", "Documents", "Inventory", "Profiles", "Addressing", "Records", "RunComparison",
        "LabSupport",
      ]),
    tests(
      "ProfilesTests",
      [
        "Profiles", "Documents", "Declarations", "Sheets", "Checklist", "WiFi", "Workbooks", "Addressing", "Wire",
        "Records",
      ]),
    tests("XMLReadingTests", ["XMLReading", "LabSupport"]),
    tests("FingerprintsTests", ["Fingerprints", "Documents", "Profiles", "Records", "LabSupport"]),
    tests("EvidenceTests", ["Evidence", "Sealing", "Authority", "Wire", "Addressing", "Records", "LabSupport"]),
    tests(
      "ReportsTests",
      [
        "Reports", "RunComparison", "Sheets", "Checklist", "Profiles", "Addressing", "Records", "Inventory",
        "Declarations", "LabSupport",
      ]),
    tests("ExportsTests", ["Exports", "Workbooks", "Reports", "Addressing", "Records", "LabSupport"]),
    tests("PrintingTests", ["Printing"]),
    tests("WorkbooksTests", ["Workbooks", "Documents"]),
    tests("InventoryTests", ["Inventory", "Addressing", "Records", "Documents", "LabSupport", "LegacyText"]),
    tests(
      "DeclarationsTests", ["Declarations", "Inventory", "Addressing", "Records", "Documents", "LabSupport"]),
    tests(
      "CredentialsTests",
      [
        "Credentials", "Cryptography", "Authority", "Probes", "Profiles", "Documents", "Addressing", "Records", "Wire",
        "LabSupport",
      ]),
    tests("CryptographyTests", ["Cryptography"]),
    tests("RedactionTests", ["Redaction", "Documents", "Records", "LabSupport", "Addressing", "Wire"]),
    tests("SealingTests", ["Sealing"]),
    tests(
      "WiFiAuditTests",
      [
        "WiFiAudit", "WiFi", "Wire", "Addressing", "Records", "Authority", "Documents", "Profiles", "Reports",
        "LabSupport",
      ]),
    tests(
      "SheetsTests",
      [
        "Sheets", "Checklist", "Documents", "Inventory", "Profiles", "Addressing", "Records", "RunComparison",
        "LabSupport",
      ]),
    tests("RadioIOTests", ["RadioIO", "Records", "Wire"]),
    tests("TrafficTests", ["Traffic", "Checklist", "Certificates", "Wire", "Addressing", "Records", "LabSupport"]),
    tests("WiFiTests", ["WiFi", "Wire", "Addressing"]),
    tests("CertificatesTests", ["Certificates", "Wire", "Records", "Addressing", "LabSupport"]),
    tests("LabSiteTests", ["LabSite"]),
    tests("ArchitectureTests", []),
    tests("SessionIOTests", ["SessionIO", "Probes", "Wire", "Records", "Addressing"]),
    tests(
      "KernelTests",
      [
        "LinkIO", "SessionIO", "Authority", "Certificates", "Credentials", "Engine", "Probes", "Wire", "Records",
        "Addressing", "LabSupport",
      ]),
    tests(
      "EndToEndTests",
      ["tenken", "tenken-lab", "Evidence", "Records", "Probes", "Profiles", "Wire", "Workbooks", "Addressing"]),
    tests("FuzzTests", ["FuzzTargets", "Probes", "Addressing", "Records", "LabSupport"]),
    tests("WireTests", ["Wire", "Addressing", "LabSupport"]),
    tests("EngineTests", ["Engine", "Wire", "Addressing", "Records", "LabSupport"]),
    tests(
      "AuditTests",
      [
        "Audit", "Engine", "Wire", "Addressing", "Records", "Authority", "Probes", "Profiles", "Checklist",
        "Fingerprints", "Documents", "Declarations", "Inventory", "Credentials", "LabSupport",
      ]),
    .target(
      name: "LabSupport", dependencies: ["Addressing", "Wire", "Records", "Engine", "Probes", "RunComparison"],
      path: "Tests/LabSupport", swiftSettings: strict),
    .target(
      name: "FuzzTargets", dependencies: fuzzed.map { .target(name: $0) }, path: "Tests/Fuzz/Targets",
      swiftSettings: strict),
  ] + fuzzer
)
