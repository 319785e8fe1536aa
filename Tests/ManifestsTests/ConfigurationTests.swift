import Diagnostics
import Manifests
import TargetModel
import TestSupport
import Testing

private let workspace = """
  workspace:
    subscription_id: 00000000-0000-0000-0000-000000000000
    resource_group: ml-prod-rg
    name: ml-prod
    location: West Europe

  """

private func reading(_ text: String) -> (configuration: StackConfiguration?, findings: [Diagnostic])
{
  var findings = DiagnosticList()
  let configuration = readConfiguration(
    Array(text.utf8), file: "berth.yaml", reporting: &findings)
  return (configuration, findings.sorted)
}

@Suite("berth.yaml")
struct ConfigurationTests {
  @Test func `the least says who and where`() throws {
    let (configuration, findings) = reading("stack: ml-prod\n" + workspace)
    #expect(findings.isEmpty, "\(findings.map(\.detail))")
    let stack = try #require(configuration)
    #expect(stack.stack == "ml-prod")
    #expect(stack.workspace == StackConfiguration.sample.workspace)
    #expect(stack.backend == BackendConfiguration())
    #expect(stack.backend.operationMilliseconds == 200)
    #expect(stack.computes.isEmpty)
  }

  @Test func `everything that can be said is read and keeps its place`() throws {
    let text = MarkedText(
      "stack: 1️⃣a.b_c-1\n" + workspace
        + "backend: {type: local, store: 2️⃣../shared/w.db, operation_milliseconds: 3️⃣0}\n"
        + "computes: [4️⃣'compute/**/*.yml', 5️⃣x.yaml]\nsilence: [6️⃣sdk-ended]\n")
    let stack = try #require(reading(text.text).configuration)
    #expect(
      stack.backend == BackendConfiguration(store: "../shared/w.db", operationMilliseconds: 0))
    #expect(stack.computes == ["compute/**/*.yml", "x.yaml"])
    let keys = [
      "stack", "backend.store", "backend.operation_milliseconds", "computes.0", "computes.1",
      "silence.0",
    ]
    #expect(stack.silence == [Rule("sdk-ended")])
    #expect(keys.map { text.mark(at: stack.places[$0]) } == text.marks)
  }

  @Test func `deadlines are read by type, and half an hour is what nobody says otherwise`() throws {
    let text = MarkedText(
      "stack: a\n" + workspace + "deadlines: {default: 45m, 1️⃣AKS: 1h30m, 2️⃣amlcompute: 1s}\n")
    let stack = try #require(reading(text.text).configuration)
    #expect(
      stack.deadlines
        == StepDeadlines(
          standard: .seconds(2_700), byKind: ["aks": .seconds(5_400), "amlcompute": .seconds(1)]))
    #expect(
      ["deadlines.aks", "deadlines.amlcompute"].map { text.mark(at: stack.places[$0]) }
        == text.marks)
    #expect(stack.deadlines["aks"] == .seconds(5_400))
    #expect(stack.deadlines["kubernetes"] == .seconds(2_700))
    #expect(stack.deadlines.longest == .seconds(5_400))
    #expect(
      try #require(reading("stack: a\n" + workspace).configuration).deadlines == StepDeadlines())
    #expect(StepDeadlines().longest == .seconds(1_800))
  }

  @Test func `a deadline of a type that does not exist is refused where it stands`() throws {
    let text = MarkedText("stack: a\n" + workspace + "deadlines: {1️⃣amlcomputer: 1h}\n")
    let configuration = try #require(reading(text.text).configuration)
    var findings = DiagnosticList()
    _ = bindStack(
      [], of: configuration, rules: .azureML, secrets: UnresolvedSecrets(), reporting: &findings)
    let error = try #require(findings.findings.first { $0.severity == .error })
    #expect(error.rule.id == "invalid-configuration")
    #expect(text.mark(at: error.location) == "1️⃣")
    #expect(error.detail.contains("Did you mean \"amlcompute\"?"))
  }

  @Test func `a workspace in Azure is described with its places`() throws {
    let text = MarkedText(
      "stack: a\n" + workspace
        + """
        backend:
          type: azure
          cloud: 1️⃣AzureChinaCloud
          endpoint: 2️⃣https://management.chinacloudapi.cn
          api_version: 3️⃣2024-10-01
          auth: {type: 4️⃣workload_identity, tenant_id: 00000000-0000-0000-0000-000000000001}
          ca_file: 5️⃣ca.pem
          read_credentials: true

        """)
    let stack = try #require(reading(text.text).configuration)
    let azure = try #require(stack.backend.azure)
    #expect(azure.cloud == "AzureChinaCloud" && azure.apiVersion == "2024-10-01")
    #expect(azure.authType == "workload_identity" && azure.caFile == "ca.pem")
    #expect(azure.tenantID == "00000000-0000-0000-0000-000000000001" && azure.clientID == nil)
    #expect(azure.readsCredentials)
    let keys = ["cloud", "endpoint", "api_version", "auth.type", "ca_file"]
    #expect(keys.map { text.mark(at: stack.places["backend.\($0)"]) } == text.marks)
  }

  @Test(arguments: [
    ("stack: 1️⃣'a b'\nW", "1 to 64 letters"), ("stack: 1️⃣''\nW", "an empty text"),
    ("stack: 1️⃣\(String(repeating: "a", count: 65))\nW", "1 to 64"),
    ("stack: 1️⃣[a]\nW", "a list"), ("1️⃣backend: {type: local}\nW", "'stack' is missing"),
    ("stack: a\n1️⃣stak: b\nW", "\"stack\""), ("1️⃣stack: a\n", "'workspace' is missing"),
    ("stack: a\nworkspace: 1️⃣prod\n", "must be a mapping"),
    ("stack: a\nW  1️⃣nam: x\n", "\"name\""),
    ("stack: a\nWbackend: {type: azure, 1️⃣store: x}\n", "read_credentials"),
    ("stack: a\nWbackend: {type: azure, cloud: 1️⃣AzureGermanCloud}\n", "AzureUSGovernment"),
    (
      "stack: a\nWbackend: {type: azure, endpoint: 1️⃣'http://example.com'}\n", "address of a service"
    ),
    ("stack: a\nWbackend: {type: azure, endpoint: 1️⃣'https://a@b.example'}\n", "address of a"),
    ("stack: a\nWbackend: {type: azure, endpoint: 1️⃣'https://a.example/x'}\n", "address of a"),
    ("stack: a\nWbackend: {type: azure, api_version: 1️⃣latest}\n", "2025-12-01"),
    ("stack: a\nWbackend: {type: azure, auth: 1️⃣azure_cli}\n", "a mapping"),
    ("stack: a\nWbackend: {type: azure, auth: {type: 1️⃣password}}\n", "client_secret"),
    ("stack: a\nWbackend: {type: azure, auth: {type: 1️⃣none}}\n", "on this machine"),
    ("stack: a\nWbackend: {type: azure, auth: {type: azure_cli, 1️⃣secret: x}}\n", "client_id"),
    ("stack: a\nWbackend: {type: azure, read_credentials: 1️⃣perhaps}\n", "true or false"),
    ("stack: a\nWbackend: {type: 1️⃣gcp}\n", "no backend"),
    ("stack: a\nWlock: 1️⃣{type: blob}\n", "'lock.url' is missing"),
    ("stack: a\nWlock: {type: 1️⃣table, url: \(url)}\n", "must be blob"),
    ("stack: a\nWlock: {type: blob, 1️⃣uri: x, url: \(url)}\n", "\"url\""),
    ("stack: a\nWlock: {type: blob, url: 1️⃣'https://evil.example/c/b'}\n", "address of a blob"),
    ("stack: a\nWlock: {type: blob, url: 1️⃣'http://a.blob.core.windows.net/c/b'}\n", "of a blob"),
    (
      "stack: a\nWlock: {type: blob, url: 1️⃣'https://acct.blob.core.windows.net.evil.example/c/b'}\n",
      "of a blob"
    ),
    (
      "stack: a\nWlock: {type: blob, url: 1️⃣'https://acct.blob.core.windows.net/con/../b'}\n",
      "of a blob"
    ),
    ("stack: a\nWlock: {type: blob, url: 1️⃣'\(url)?sv=1&sig=Zq7canary'}\n", "is a secret"),
    ("stack: a\nWlock: {type: blob, url: \(url), sas: 1️⃣'sv=1&sig=Zq7canary'}\n", "written out"),
    (
      "stack: a\nWlock: {type: blob, url: \(url), sas: 1️⃣'${env:AZURE_CLIENT_SECRET}'}\n",
      "machine itself"
    ),
    (
      "stack: a\nWlock: {type: blob, url: \(url), sas: '${env:S}', auth: 1️⃣{type: azure_cli}}\n",
      "Remove one of them"
    ),
    ("stack: a\nWlock: {type: blob, url: \(url), auth: {type: 1️⃣none}}\n", "on this machine"),
    ("stack: a\nWsilence: 1️⃣{a: b}\n", "a list of rules"),
    ("stack: a\nWbackend: {1️⃣tpye: local}\n", "\"type\""),
    ("stack: a\nWbackend: {operation_milliseconds: 1️⃣60001}\n", "from 0 to 60000"),
    ("stack: a\nWcomputes: 1️⃣{a: b}\n", "a list of patterns"),
    ("stack: a\nWcomputes: [1️⃣/etc/*.yml]\n", "below the stack's folder"),
    ("stack: a\nWcomputes: [a.yml, 1️⃣'../x/*.yml']\n", "below the stack's folder"),
    ("stack: a\nWdeadlines: 1️⃣30m\n", "a mapping of types to times"),
    ("stack: a\nWdeadlines: {default: 1️⃣30}\n", "such as '30m' or '1h30m'"),
    ("stack: a\nWdeadlines: {aks: 1️⃣999ms}\n", "'deadlines.aks' must be a time from 1s to 168h"),
    ("stack: a\nWdeadlines: {aks: 1️⃣168h1s}\n", "from 1s to 168h"),
    ("stack: a\nWdeadlines: {aks: 1️⃣-5m}\n", "from 1s to 168h"),
    ("stack: a\nWdeadlines: {aks: 1️⃣[1h]}\n", "from 1s to 168h"),
    ("stack: a\nWdeadlines: {aks: 1️⃣}\n", "from 1s to 168h"),
    ("stack: a\nW1️⃣deadline: {}\n", "\"deadlines\""),
    ("stack: a\nW1️⃣---\nstack: b\n", "one document"), ("1️⃣", "'stack' and 'workspace'"),
  ])
  func `a mistake is found where it is`(marked: String, phrase: String) throws {
    let text = MarkedText(marked.replacing("W", with: workspace))
    let (configuration, findings) = reading(text.text)
    let error = try #require(findings.first)
    #expect(configuration == nil)
    #expect(findings.count == 1, "\(findings.map(\.detail))")
    #expect(text.mark(at: error.location) == "1️⃣")
    #expect(error.detail.contains(phrase), "\(error.detail)")
    #expect(!error.detail.contains("Zq7canary") && (!marked.contains("Zq7") || error.hidesSource))
  }

  private static let url = "https://acct.blob.core.windows.net/locks/prod.lock"

  @Test(arguments: [
    url, "https://acct.blob.core.usgovcloudapi.net/locks/a/b/c",
    "https://acct.blob.core.chinacloudapi.cn/loc-ks/a",
    "https://a1b.z07.blob.storage.azure.net/lo/a",
    "http://127.0.0.1:8440/account/locks/prod.lock", "https://localhost:1/account/locks/x",
    "http://[::1]:8440/account/locks/x",
  ])
  func `a lock is described with its places`(url: String) throws {
    let text = MarkedText(
      "stack: a\n" + workspace
        + "lock:\n  type: 1️⃣blob\n  url: 2️⃣'\(url)'\n  sas: 3️⃣'${env:BERTH_LOCK_SAS}'\n")
    let stack = try #require(reading(text.text).configuration)
    #expect(stack.lock?.url == url && stack.lock?.signature == "${env:BERTH_LOCK_SAS}")
    #expect(stack.lock?.signIn == nil)
    #expect(
      ["type", "url", "sas"].map { text.mark(at: stack.places["lock.\($0)"]) } == text.marks)
  }

  @Test(arguments: [
    ("subscription_id", "not-a-guid"), ("subscription_id", "00000000-0000-0000-0000-00000000000g"),
    ("subscription_id", "00000000-0000-0000-0000-000000000000/x"), ("resource_group", "a/b"),
    ("resource_group", "ends."), ("resource_group", "a%2Fb"), ("resource_group", ".."),
    ("resource_group", String(repeating: "a", count: 91)), ("name", "ab"), ("name", "-abc"),
    ("name", "ml prod"), ("name", "ml\u{FF0F}prod"), ("name", "\u{212A}ab1"),
    ("name", String(repeating: "a", count: 34)), ("name", "abc?x"), ("location", "west/europe"),
  ])
  func `T10 nothing becomes a part of a URL unchecked`(key: String, value: String) throws {
    let lines = workspace.split(separator: "\n").map { line in
      line.contains("  \(key):") ? "  \(key): \(value)" : String(line)
    }
    let (configuration, findings) = reading("stack: a\n" + lines.joined(separator: "\n") + "\n")
    #expect(configuration == nil)
    #expect(findings.map(\.rule.id) == ["invalid-configuration"])
    #expect(findings.first?.detail.hasPrefix("'workspace.\(key)' must be") == true)
  }

  @Test func `every missing part of the workspace is reported`() {
    let (_, findings) = reading("stack: a\nworkspace: {}\n")
    #expect(findings.count == 4)
  }
}
