import Foundation
import TestSupport
import Testing

/// A mistake, and what the user reads of it.
struct Mistake: Sendable, CustomTestStringConvertible {
  let name: String
  let manifest: String
  var exitCode: Int32 = 1

  var testDescription: String { name }
}

private let cluster = "name: gpu\ntype: amlcompute\n"
private let otherCluster = "name: cpu\ntype: amlcompute\n"
private let aks =
  "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c"

private let mistakes: [Mistake] = [
  Mistake(name: "unknown-key", manifest: cluster + "max_instanses: 4\n"),
  Mistake(
    name: "unsupported-workload", manifest: cluster + "berth: {workloads: [realtime-inference]}\n"),
  Mistake(name: "unknown-type", manifest: "name: gpu\ntype: amlcomputer\n"),
  Mistake(name: "type-containerinstance", manifest: "name: scoring\ntype: containerinstance\n"),
  Mistake(name: "type-functions", manifest: "name: scoring\ntype: functions\n"),
  Mistake(name: "type-iotedge", manifest: "name: scoring\ntype: iotedge\n"),
  Mistake(
    name: "type-batchai",
    manifest: "name: gpu\ntype: batchai\nvm_size: Standard_NC6\ncluster_max_nodes: 4\n"),
  Mistake(name: "type-dsvm", manifest: "name: box\ntype: dsvm\nvm_size: Standard_D2_v2\n"),
  Mistake(
    name: "production-cores",
    manifest: "name: live\ntype: aks\nagent_count: 2\nagent_vm_size: Standard_D4s_v3\n"),
  Mistake(
    name: "created-only",
    manifest: "name: live\ntype: aks\nresource_id: \(aks)\nagent_count: 4\n"),
  Mistake(
    name: "network-range",
    manifest: """
      name: live
      type: aks
      network_settings:
        vnet_name: vn
        subnet: sn
        service_cidr: 10.0.0.0/16
        dns_service_ip: 10.1.0.10
        docker_bridge_cidr: 172.17.0.1/16

      """),
  Mistake(name: "local-name", manifest: "name: laptop\ntype: local\n"),
  Mistake(
    name: "access-token",
    manifest: """
      name: etl
      type: databricks
      resource_id: \(aks.replacing("ContainerService/managedClusters", with: "Databricks/workspaces"))
      access_token: "CANARY TOKEN"

      """),
  Mistake(name: "missing-name", manifest: "type: amlcompute\n"),
  Mistake(name: "wrong-type", manifest: cluster + "max_instances: many\n"),
  Mistake(name: "out-of-range", manifest: cluster + "max_instances: -1\n"),
  Mistake(name: "min-above-max", manifest: cluster + "min_instances: 5\nmax_instances: 2\n"),
  Mistake(name: "name-too-short", manifest: "name: ab\ntype: amlcompute\n"),
  Mistake(name: "name-ends-in-digits", manifest: "name: gpu-1\ntype: amlcompute\n"),
  Mistake(name: "name-first-digit", manifest: "name: 1gpu\ntype: amlcompute\n"),
  Mistake(name: "name-underscore", manifest: "name: gpu_cluster\ntype: amlcompute\n"),
  Mistake(
    name: "duplicate-name", manifest: cluster + "---\nname: GPU\ntype: computeinstance\n"),
  Mistake(
    name: "duplicate-resource",
    manifest: "name: one\ntype: aks\nresource_id: \(aks)\n---\nname: two\ntype: aks\n"
      + "resource_id: \(aks.uppercased().replacing("/SUBSCRIPTIONS", with: "/subscriptions"))/\n",
    exitCode: 3),
  Mistake(name: "malformed-id", manifest: "name: one\ntype: aks\nresource_id: /subscriptions/x\n"),
  Mistake(
    name: "password-and-key",
    manifest: """
      name: box
      type: virtualmachine
      resource_id: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v
      ssh_settings:
        admin_username: me
        admin_password: CANARY-PASSWORD
        ssh_private_key_file: key

      """),
  Mistake(
    name: "unset-variable",
    manifest: cluster
      + "ssh_settings: {admin_username: me, admin_password: \"${env:NOT_SET_ANYWHERE}\"}\n"),
  Mistake(
    name: "absent-file",
    manifest: cluster
      + "ssh_settings: {admin_username: me, admin_password: \"${file:nothing}\"}\n"),
  Mistake(
    name: "folder-as-file",
    manifest: cluster + "ssh_settings: {admin_username: me, admin_password: \"${file:folder}\"}\n"),
  Mistake(name: "control-characters", manifest: "name: \"g\\e[31mpu\"\ntype: amlcompute\n"),
  Mistake(
    name: "control-characters-in-values", manifest: cluster + "size: \"a\\r\\u202Eb\\x9b\"\n"),
  Mistake(name: "tab", manifest: "name: gpu\n\ttype: amlcompute\n"),
  Mistake(name: "duplicate-key", manifest: cluster + "size: a\nsize: b\n"),
  Mistake(
    name: "deep-nesting", manifest: cluster + "tags: " + String(repeating: "[", count: 10_000)),
  Mistake(
    name: "alias-bomb",
    manifest: "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
      + "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
      + "e: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"),
  Mistake(name: "binary", manifest: "\u{7F}ELF\u{1}\u{2}\u{0}"),
  Mistake(name: "protect-typo", manifest: cluster + "berth: {on_remove: delet}\n"),
]

@Suite("Bad input")
struct BadInputTests {
  @Test(arguments: mistakes)
  func `a mistake is told with its place, its rule and a way out`(mistake: Mistake) throws {
    let folder = try TemporaryFolder.stack(["compute.yml": mistake.manifest])
    try folder.write("CANARY-KEY", to: "key")
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("folder"), withIntermediateDirectories: true)
    let run = try folder.run("plan")
    #expect(run.status == mistake.exitCode)
    expectGolden(run.messages, "mistakes/\(mistake.name).txt")
    #expect(!run.messages.contains("CANARY") && !run.output.contains("CANARY"))
    #expect(!run.messages.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    let apply = try folder.run("apply", "--auto-approve")
    #expect(apply.status == mistake.exitCode)
    if !mistake.name.hasPrefix("unset") && !mistake.name.hasSuffix("file") {
      #expect(try folder.run("validate").status == mistake.exitCode)
    }
    #expect(try folder.run("list").output == "The workspace has no targets.\n")
  }

  @Test func `every problem of every file is told in one run`() throws {
    let folder = try TemporaryFolder.stack([
      "a.yml": "name: ab\ntype: amlcompute\nsiez: x\n---\nname: b-1\ntype: nonsense\n",
      "b.yml": "name: gpu\ntype: amlcompute\nmin_instances: many\ntier: cheap\n", "c.yml": "",
    ])
    let run = try folder.run("validate")
    #expect(run.status == 1)
    expectGolden(run.messages + run.output, "mistakes/many.txt")
    let json = try folder.run("validate", "--json")
    expectGolden(json.output, "mistakes/many.json")
  }

  @Test func `a wrong berth.yaml hides no mistake of the manifests`() throws {
    let folder = try TemporaryFolder.stack([
      "ml/a.yml": "name: gpu\ntype: amlcompute\nsiez: x\nlocation: northeurope\n",
      "notes/b.yml": "not: a target\n",
    ])
    let berth = try folder.read("berth.yaml")
    try folder.write(
      berth.replacing("name: workspace", with: "name: w") + "computes: [\"ml/*.yml\"]\n",
      to: "berth.yaml")
    let run = try folder.run("plan")
    #expect(run.status == 1)
    #expect(run.messages.contains("[invalid-configuration]"))
    #expect(run.messages.contains("[unknown-key]"))
    #expect(!run.messages.contains("b.yml"), "'computes' is heeded")
    #expect(!run.messages.contains("region"), "nothing is compared with an unknown workspace")
  }

  @Test(arguments: [
    ("berth: {depends_on: [amlcompute.gpu]}\n", "dependency-cycle", Int32(3)),
    ("berth: {depends_on: [amlcompute.gqu]}\n", "unknown-dependency", 3),
    ("berth: {ignore_changes: [max_instancs]}\n", "Did you mean \"max_instances\"? [", 1),
    ("ssh_settings: {admin_username: me, admin_password: \"${env:LATER_SET}\"}\n", "", 0),
  ])
  func `validate tells what the manifests alone tell`(line: String, hint: String, status: Int32)
    throws
  {
    let folder = try TemporaryFolder.stack(["gpu.yml": cluster + line])
    let run = try folder.run("validate")
    #expect(run.status == status, "\(run.messages)")
    #expect(hint.isEmpty || run.messages.contains(hint), "\(run.messages)")
  }

  @Test func `notices about targets are told, unless berth.yaml silences them`() throws {
    let group = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers"
    let folder = try TemporaryFolder.stack([
      "compute.yml": """
      name: jobs
      type: batch
      resource_id: \(group)/Microsoft.Batch/batchAccounts/b
      ---
      name: usql
      type: datalakeanalytics
      resource_id: \(group)/Microsoft.DataLakeAnalytics/accounts/a
      ---
      name: hdi
      type: hdinsight
      address: ml.azurehdinsight.net
      ssh_settings: {admin_username: me, ssh_private_key_file: key}
      ---
      name: inference-dev
      type: aks
      cluster_purpose: dev_test
      agent_vm_size: Standard_D1_v2

      """
    ])
    try folder.write("CANARY-KEY", to: "key")
    let told = try folder.run("validate")
    #expect(told.status == 0)
    expectGolden(told.messages, "mistakes/notices.txt")
    let configuration = try folder.read("berth.yaml")
    try folder.write(
      configuration + "silence: [sdk-ended, service-ended, hdinsight-address, few-cores]\n",
      to: "berth.yaml")
    #expect(try folder.run("validate").messages == "")
    try folder.write(configuration + "silence: [sdk-endet]\n", to: "berth.yaml")
    let misspelt = try folder.run("validate")
    #expect(misspelt.status == 1)
    expectGolden(misspelt.messages, "mistakes/silence.txt")
  }

  @Test func `T15 an empty set of manifests never means remove all`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": cluster])
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("gpu.yml"))
    let run = try folder.run("apply", "--auto-approve")
    #expect(run.status == 3)
    expectGolden(run.messages, "mistakes/empty-desired.txt")
    #expect(try folder.run("list").output.contains("amlcompute.gpu"))
    #expect(try folder.run("destroy", "--auto-approve").status == 0)
  }

  @Test func `T5 T12 a file of 100 MB, a pipe, a folder and a link are no manifests`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": cluster])
    let large = try folder.write("", to: "large.yml")
    let handle = try FileHandle(forWritingTo: large)
    try handle.truncate(atOffset: 100 << 20)
    try handle.close()
    #expect(mkfifo(folder.url.appendingPathComponent("pipe.yml").path, 0o600) == 0)
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("folder.yml"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: folder.url.appendingPathComponent("link.yml").path,
      withDestinationPath: "/etc/passwd")
    let run = try folder.run("validate")
    #expect(run.status == 1)
    expectGolden(run.messages, "mistakes/irregular-files.txt")
  }

  @Test(arguments: [("foreign", 68), ("later", 60)])
  func `T20: another program's database and a later version's are left as they are`(
    name: String, offset: Int
  ) throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": cluster])
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    let path = folder.url.appendingPathComponent(".berth/workspace.db")
    // A process that ends in a hurry leaves its log beside the database, and the next one takes it in.
    let log = path.path + "-wal"
    for _ in 0..<20 where FileManager.default.contents(atPath: log)?.isEmpty == false {
      #expect(try folder.run("workspace", "set", "amlcompute.gpu", "max_instances=2").status == 0)
    }
    // In the header of an SQLite file: application_id at 68, user_version at 60.
    var bytes = try Data(contentsOf: path)
    bytes.replaceSubrange(offset..<(offset + 4), with: [0x11, 0x22, 0x33, 0x44])
    try bytes.write(to: path)
    for command in ["plan", "apply"] {
      let run = try folder.run(command)
      #expect(run.status == 1, "\(name) \(command)")
      expectGolden(
        run.messages.replacing(folder.url.path, with: "STACK"), "mistakes/store-\(name).txt")
    }
    #expect(try Data(contentsOf: path) == bytes)
  }

  @Test func `T20: a damaged workspace is left as it is`() throws {
    for (name, bytes) in [
      ("corrupt", Data("this is no database at all, it is text".utf8)), ("folder", Data()),
    ] {
      let folder = try TemporaryFolder.stack(["gpu.yml": cluster])
      let path = folder.url.appendingPathComponent(".berth/workspace.db")
      if name == "folder" {
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
      } else {
        try folder.write(String(decoding: bytes, as: UTF8.self), to: ".berth/workspace.db")
      }
      for command in ["plan", "apply"] {
        let run = try folder.run(command)
        #expect(run.status == 1, "\(name) \(command)")
        expectGolden(
          run.messages.replacing(folder.url.path, with: "STACK"), "mistakes/store-\(name).txt")
      }
      if name == "corrupt" {
        #expect(try Data(contentsOf: path) == bytes)
      }
    }
  }

  @Test func `a plan that is refused does not say that all is well`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": cluster])
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    let berth = try folder.read("berth.yaml")
    try folder.write(berth.replacing("stack: test", with: "stack: other"), to: "berth.yaml")
    let run = try folder.run("plan", "--out", "plan.json")
    #expect(run.status == 3)
    #expect(run.messages.contains("[foreign-owner]"))
    #expect(!run.output.contains("matches the configuration"))
    #expect(!(try folder.run("show", "plan.json").output.contains("matches the configuration")))
  }

  @Test func `T17 a saved plan that can't be written, was edited or is another stack's is refused`()
    throws
  {
    let folder = try TemporaryFolder.stack(["gpu.yml": cluster])
    let unwritable = try folder.run("plan", "--out", "no/such/folder/plan.json")
    #expect(unwritable.status == 1)
    expectGolden(unwritable.messages, "mistakes/plan-unwritable.txt")

    #expect(try folder.run("plan", "--out", "plan.json").status == 0)
    let plan = try folder.read("plan.json")
    try folder.write(
      plan.replacing("\"amlcompute.gpu\"", with: "\"amlcompute.cpu\""), to: "edited.json")
    let edited = try folder.run("apply", "edited.json")
    #expect(edited.status == 5)
    expectGolden(edited.messages, "mistakes/plan-edited.txt")

    let other = try TemporaryFolder.stack(["gpu.yml": cluster], name: "other")
    try other.write(plan, to: "plan.json")
    let foreign = try other.run("apply", "plan.json")
    #expect(foreign.status == 5)
    expectGolden(foreign.messages, "mistakes/plan-foreign.txt")
    // The same stack, in another workspace.
    let berth = try folder.read("berth.yaml")
    try other.write(
      berth.replacing("name: workspace", with: "name: elsewhere"), to: "berth.yaml")
    let elsewhere = try other.run("apply", "plan.json")
    #expect(elsewhere.status == 5)
    #expect(elsewhere.messages.contains("the stack 'test' in the workspace 'workspace', and"))
    #expect(elsewhere.messages.contains("the stack 'test' in the workspace 'elsewhere'"))

    try folder.write("{\"format_version\": \"2.0\"}", to: "later.json")
    #expect(try folder.run("apply", "later.json").status == 5)
    try folder.write("{]", to: "broken.json")
    #expect(try folder.run("show", "broken.json").status == 1)

    let noTerminal = try folder.run("apply")
    #expect(noTerminal.status == 1)
    expectGolden(noTerminal.messages, "mistakes/not-approved.txt")
    #expect(try folder.run("list").output == "The workspace has no targets.\n")

    #expect(try folder.run("apply", "plan.json").status == 0)
    let twice = try folder.run("apply", "plan.json")
    #expect(twice.status == 5)
    expectGolden(twice.messages, "mistakes/plan-applied-twice.txt")
  }

  @Test func `T17 a plan whose manifests or targets moved is stale`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": cluster])
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    try folder.write(cluster + "max_instances: 9\n", to: "gpu.yml")
    #expect(try folder.run("plan", "--out", "plan.json").status == 0)
    #expect(try folder.run("workspace", "set", "amlcompute.gpu", "max_instances=7").status == 0)
    let moved = try folder.run("apply", "plan.json")
    #expect(moved.status == 5)
    expectGolden(moved.messages, "mistakes/plan-target-moved.txt")
    try folder.write(cluster + "max_instances: 8\n", to: "gpu.yml")
    #expect(try folder.run("apply", "plan.json").status == 5)
    let digest = try folder.run("apply", "--auto-approve", "--expect-digest", "sha256:00")
    #expect(digest.status == 5)
  }

  @Test func `a stack that can't be written plans and says why it does not apply`() throws {
    // Root may write everywhere, so as root somebody else tries it.
    let wrapper =
      getuid() == 0
      ? ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []
    let folder = try TemporaryFolder.stack(["gpu.yml": cluster])
    for (path, mode) in [("gpu.yml", 0o444), ("berth.yaml", 0o444), ("", 0o555)] {
      try FileManager.default.setAttributes(
        [.posixPermissions: mode], ofItemAtPath: folder.url.appendingPathComponent(path).path)
    }
    defer {
      try? FileManager.default.setAttributes(
        [.posixPermissions: 0o700], ofItemAtPath: folder.url.path)
    }
    guard
      let version = try? BerthBinary.run(["version"], in: folder.url, through: wrapper),
      version.status == 0
    else {
      print("SKIPPED: nobody but root can run the binary here, so no stack is read-only.")
      return
    }
    #expect(try BerthBinary.run(["plan"], in: folder.url, through: wrapper).status == 0)
    let run = try BerthBinary.run(["apply", "--auto-approve"], in: folder.url, through: wrapper)
    #expect(run.status == 1)
    expectGolden(
      run.messages.replacing(folder.url.path, with: "STACK"), "mistakes/stack-read-only.txt")
  }

  @Test func `F23 a full disk is told, and the next apply goes on where it stopped`() throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": cluster, "cpu.yml": otherCluster])
    var statuses: [Int32] = []
    // Blocks of 512 bytes: no file may become larger.
    for blocks in stride(from: 10, through: 400, by: 15) {
      let wrapper = ["/bin/sh", "-c", "ulimit -f \(blocks); exec \"$0\" \"$@\""]
      let run = try BerthBinary.run(
        ["apply", "--auto-approve"], in: folder.url, through: wrapper)
      statuses.append(run.status)
      #expect([0, 1, 6].contains(run.status), "\(blocks) blocks: \(run.status) \(run.messages)")
      if run.status != 0 { #expect(run.messages.contains("Error: "), "\(blocks) blocks") }
      if run.status == 0 { break }
    }
    #expect(statuses.first == 1)
    #expect(statuses.count > 2)
    #expect(try folder.run("apply", "--auto-approve").status == 0)
    #expect(try folder.run("plan", "--detailed-exitcode").status == 0)
  }

  @Test func `F24 results and events that could not be written are told`() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else {
      print("SKIPPED: there is no /dev/full here.")
      return
    }
    let folder = try TemporaryFolder.stack(["gpu.yml": cluster])
    let events = try folder.run("plan", "--json-into", "/dev/full")
    #expect(events.status == 1)
    #expect(events.output.contains("Plan: 1 to add"))
    expectGolden(events.messages, "mistakes/events-lost.txt")
    let output = try BerthBinary.run(
      ["plan"], in: folder.url,
      through: ["/bin/sh", "-c", "exec \"$0\" \"$@\" > /dev/full"])
    #expect(output.status == 1)
    expectGolden(output.messages, "mistakes/output-lost.txt")
  }

  @Test(arguments: [
    (["plan", "--nonsense"], "Unknown option"), (["paln"], "Did you mean \"plan\"?"),
    (["plan", "--fail-on", "delet"], "Did you mean \"delete\"?"),
    (["apply", "--parallelism", "0"], "from 1 to 1000"),
    (["plan", "--destroy", "--refresh-only"], "exclude each other"),
    (["workspace", "attach", "x", "kubernets", "/y"], "Did you mean \"kubernetes\"?"),
    (["workspace", "set", "amlcompute.nothing", "a=b"], "There is no target"),
  ])
  func `bad usage exits with 1 and says what was meant`(arguments: [String], hint: String) throws {
    let folder = try TemporaryFolder.stack(["gpu.yml": cluster])
    let run = try BerthBinary.run(arguments, in: folder.url)
    #expect(run.status == 1)
    #expect(run.messages.contains(hint), "\(run.messages)")
  }

  @Test func `without a stack every command says how to begin`() throws {
    let folder = try TemporaryFolder()
    for command in ["validate", "plan", "apply", "drift", "list", "destroy"] {
      let run = try folder.run(command)
      #expect(run.status == 1)
      #expect(run.messages.contains("berth init"))
    }
  }
}
