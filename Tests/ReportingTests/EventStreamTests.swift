import ApplyJournal
import Diagnostics
import Planning
import Reporting
import TargetModel
import TestSupport
import Testing

/// The event stream, line by line (conventions: event stream).
struct EventStreamTests {
  private let stream = EventStream(sources: SourceTexts()) { "2026-01-05T09:00:00.000000Z" }

  private let step = Step(
    id: StepID(1), address: TargetAddress(kind: "amlcompute", name: "gpu-a100"), act: .update)

  private let resource = #"""
    "resource":{"addr":"amlcompute.gpu-a100","module":"","resource":"amlcompute.gpu-a100","implied_provider":"azureml","resource_type":"amlcompute","resource_name":"gpu-a100","resource_key":null}
    """#

  private func head(_ message: String, _ level: String = "info") -> String {
    #"{"@level":"\#(level)","@message":"\#(message)","@module":"berth.ui","@timestamp":"2026-01-05T09:00:00.000000Z""#
  }

  @Test func `the first line`() {
    #expect(
      stream.version("0.4.0")
        == head("Berth 0.4.0") + #","name":"0.4.0","type":"version","ui":"1.0"}"# + "\n")
  }

  @Test func `a plan is its drift, its changes and their summary`() {
    var plan = plan([change(.update), change(.detachThenAttach)])
    plan.changes[0].address = step.address
    plan.drift = [
      DriftedTarget(address: step.address, attributes: []),
      DriftedTarget(address: step.address, attributes: [], isMissing: true),
    ]
    let lines = stream.plan(plan)
    #expect(
      lines == [
        head("amlcompute.gpu-a100: Drift detected (update)")
          + #","change":{\#(resource),"action":"update"},"severity":"medium","#
          + #""type":"resource_drift","unclear":false}"# + "\n",
        head("amlcompute.gpu-a100: Drift detected (delete)")
          + #","change":{\#(resource),"action":"delete"},"severity":"high","#
          + #""type":"resource_drift","unclear":false}"# + "\n",
        head("amlcompute.gpu-a100: Plan to update")
          + #","change":{\#(resource),"action":"update"},"type":"planned_change"}"# + "\n",
        head("pool.a: Plan to reattach")
          + #","change":{"resource":{"addr":"pool.a","module":"","resource":"pool.a","#
          + #""implied_provider":"azureml","resource_type":"pool","resource_name":"a","#
          + #""resource_key":null},"action":"reattach"},"type":"planned_change"}"# + "\n",
        head("Plan: 1 to add, 1 to change, 1 to destroy. (1 to re-attach)")
          + #","changes":{"add":1,"change":1,"import":0,"remove":1,"forget":0,"attach":0,"#
          + #""detach":0,"reattach":1,"operation":"plan"},"type":"change_summary"}"# + "\n",
      ])
  }

  @Test func `a step on its way`() {
    #expect(
      stream.event(.stepStarted(step)) == [
        head("amlcompute.gpu-a100: Modifying...")
          + #","hook":{\#(resource),"action":"update"},"type":"apply_start"}"# + "\n"
      ])
    #expect(
      stream.event(.stepProgressed(step, elapsed: .seconds(30))) == [
        head("amlcompute.gpu-a100: Still modifying... [30s elapsed]")
          + #","hook":{\#(resource),"action":"update","elapsed_seconds":30},"type":"apply_progress"}"#
          + "\n"
      ])
    #expect(
      stream.event(.stepCompleted(step, elapsed: .milliseconds(41_900))) == [
        head("amlcompute.gpu-a100: Modifications complete after 41s")
          + #","hook":{\#(resource),"action":"update","elapsed_seconds":41},"type":"apply_complete"}"#
          + "\n"
      ])
    #expect(
      stream.event(.stepSkipped(step, because: .waitsFor(StepID(3)))) == [
        head("amlcompute.gpu-a100: Modifications not started (waits for s3)", "warn")
          + #",\#(resource),"type":"log"}"# + "\n"
      ])
    #expect(stream.event(.noted("So it is.")) == [head("So it is.") + #","type":"log"}"# + "\n"])
  }

  @Test func `an error is one diagnostic and one apply_errored`() throws {
    let failure = StepFailure(code: "Full", message: "No room.", requestID: "r-1")
    let lines = stream.event(.stepFailed(step, elapsed: .seconds(2), failure))
    #expect(
      lines.first
        == head("amlcompute.gpu-a100: Modifications failed after 2s", "error")
        + #","hook":{\#(resource),"action":"update","elapsed_seconds":2},"type":"apply_errored"}"#
        + "\n")
    #expect(lines.count == 2)
    let diagnostic = try AttributeValue(json: try #require(lines.last))
    #expect(diagnostic["type"] == "diagnostic")
    #expect(diagnostic["diagnostic.rule"] == "step-failed")
    #expect(diagnostic["diagnostic.address"] == "amlcompute.gpu-a100")
    #expect(diagnostic["diagnostic.severity"] == "error")
    #expect(diagnostic["diagnostic.detail"]?.text?.contains("r-1") == true)
  }

  @Test func `a finding with its range and its line`() {
    let text = "name: gpu\nsiez: small\n"
    var sources = SourceTexts()
    sources.add("ml/compute.yml", Array(text.utf8))
    let place = SourceLocation(
      file: "ml/compute.yml", start: SourcePosition(line: 2, column: 1, offset: 10),
      end: SourcePosition(line: 2, column: 5, offset: 14))
    let stream = EventStream(sources: sources) { "2026-01-05T09:00:00.000000Z" }
    let finding = Diagnostic(
      .warning, Rule("unknown-key"), "Unknown key", detail: "Did you mean \"size\"?",
      address: "pool.gpu", at: place)
    #expect(
      stream.diagnostic(finding)
        == head("Warning: Unknown key", "warn")
        + #","diagnostic":{"address":"pool.gpu","detail":"Did you mean \"size\"?","#
        + #""range":{"end":{"byte":14,"column":5,"line":2},"filename":"ml/compute.yml","#
        + #""start":{"byte":10,"column":1,"line":2}},"rule":"unknown-key","severity":"warning","#
        + #""snippet":{"code":"siez: small","start_line":2},"summary":"Unknown key"},"#
        + #""type":"diagnostic"}"# + "\n")
  }

  @Test func `a line that may hold a secret is not shown`() throws {
    var sources = SourceTexts()
    sources.add("compute.yml", Array("password: hunter2\n".utf8))
    var finding = Diagnostic(
      .error, Rule("x"), "X", detail: "Y.", at: testLocation(line: 1))
    finding.location = SourceLocation(
      file: "compute.yml", start: SourcePosition(line: 1, column: 1, offset: 0),
      end: SourcePosition(line: 1, column: 9, offset: 8))
    finding.hidesSource = true
    let stream = EventStream(sources: sources) { "now" }
    let event = try AttributeValue(json: stream.diagnostic(finding))
    #expect(event["diagnostic.range.start.line"] == 1)
    #expect(event["diagnostic.snippet"] == nil)
    finding.hidesSource = false
    let open = try AttributeValue(json: stream.diagnostic(finding))
    #expect(open["diagnostic.snippet.code"] == "password: hunter2")
  }

  @Test func `a log line has its own keys among the common ones`() {
    #expect(
      stream.log("debug", "Read", ["request_id": "r", "attempt": 2])
        == head("Read", "debug") + #","attempt":2,"request_id":"r","type":"log"}"# + "\n")
  }

  @Test func `locks and refreshes`() {
    #expect(
      stream.stateLockAcquire()
        == head("Acquiring lock. This may take a few moments...")
        + #","type":"state_lock_acquire"}"# + "\n")
    #expect(
      stream.stateLockRelease() == head("Releasing lock") + #","type":"state_lock_release"}"# + "\n"
    )
    #expect(
      stream.refreshStart(step.address)
        == head("amlcompute.gpu-a100: Refreshing...")
        + #","hook":{\#(resource),"action":"read"},"type":"refresh_start"}"# + "\n")
    #expect(
      stream.refreshComplete(step.address)
        == head("amlcompute.gpu-a100: Refresh complete")
        + #","hook":{\#(resource),"action":"read"},"type":"refresh_complete"}"# + "\n")
  }

  @Test func `every event of every plan is one line of JSON with the common keys`() throws {
    for seed in UInt64(1)...100 {
      var random = SeededRandom(seed: seed)
      let plan = RandomPlan.plan(&random)
      let failure = StepFailure(code: "a\nb", message: "c\u{1B}\n", outcomeIsUnknown: true)
      var lines = stream.plan(plan)
      for step in plan.steps {
        lines += stream.event(.stepStarted(step))
        lines += stream.event(.stepProgressed(step, elapsed: .seconds(10)))
        lines += stream.event(.stepCompleted(step, elapsed: .seconds(10)))
        lines += stream.event(.stepFailed(step, elapsed: .seconds(10), failure))
        lines += stream.event(.stepSkipped(step, because: .interrupted))
      }
      for line in lines {
        #expect(line.utf8.count { $0 == 0x0A } == 1 && line.hasSuffix("\n"), "seed \(seed)")
        let event = try AttributeValue(json: line)
        for key in ["@level", "@message", "@module", "@timestamp", "type"] {
          #expect(event[key: key]?.text != nil, "seed \(seed): \(line)")
        }
        #expect(line.hasPrefix(#"{"@level":""#), "seed \(seed)")
      }
    }
  }

  @Test func `no secret is in the stream`() {
    #expect(!stream.plan(Everyday.plan).joined().contains("hunter2"))
  }

  @Test func `validation is one object`() {
    var findings = DiagnosticList()
    findings.append(Diagnostic(.error, Rule("missing"), "Missing", detail: "A name is due."))
    #expect(
      EventStream.validation(findings, sources: SourceTexts()) == """
        {
          "diagnostics": [
            {
              "detail": "A name is due.",
              "rule": "missing",
              "severity": "error",
              "summary": "Missing"
            }
          ],
          "error_count": 1,
          "format_version": "1.0",
          "valid": false,
          "warning_count": 0
        }

        """)
    #expect(
      EventStream.validation(DiagnosticList(), sources: SourceTexts()) == """
        {
          "diagnostics": [],
          "error_count": 0,
          "format_version": "1.0",
          "valid": true,
          "warning_count": 0
        }

        """)
  }
}
