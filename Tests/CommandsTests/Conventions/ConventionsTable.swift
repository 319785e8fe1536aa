/// What the conventions of commands and outputs promise, clause by clause in words of our own, and the
/// tests that hold it.
///
/// `ConventionsTableTests` fails for a row whose test does not exist.
enum ConventionsTable {
  struct Row: Sendable {
    /// The section, and the clause's place in it.
    let clause: String
    let promise: String
    let tests: [String]

    init(_ clause: String, _ promise: String, _ tests: [String]) {
      (self.clause, self.promise, self.tests) = (clause, promise, tests)
    }
  }

  static let rows =
    subcommands + flags + exitCodes + planText + messages + terminal + approval
    + planFile + events + locks + reports + help

  // MARK: 1. Subcommands

  private static let subcommands = [
    Row("1.1", "validate reads manifests only", ["validate tells what the manifests alone tell"]),
    Row(
      "1.2", "fmt writes canonical YAML with its comments, checks, shows differences, takes paths",
      [
        "it writes what is not canonical, keeps permissions, and tells the names",
        "a difference is shown and nothing written",
        "a folder stands for the files below it, and a link stays a link",
      ]),
    Row(
      "1.3", "plan is also preview and diff, and changes nothing",
      ["commands have the names of the conventions"]),
    Row(
      "1.4", "apply plans, asks and does; with a file it does that plan",
      [
        "what others made is written down, and planning it leaves nothing to do",
        "T17 a plan is applied once, also if the workspace is again what it was",
      ]),
    Row("1.5", "drift is plan --refresh-only", ["drift says what plan --refresh-only says"]),
    Row(
      "1.6", "show prints a plan, as JSON or Markdown, and stale ones too",
      [
        "a stale plan is shown all the same", "a saved plan is shown as Markdown",
        "what is shown is the plan, with the version that such tools ask for",
      ]),
    Row(
      "1.7", "import and generate adopt live targets and write their manifests",
      [
        "what others made is written down, and planning it leaves nothing to do",
        "commands have the names of the conventions",
      ]),
    Row(
      "1.8", "explain documents kinds and fields, and gives the reason of a planned step",
      [
        "every kind and each of its fields is explained",
        "a planned target is told with its reason, its fields and its waits",
      ]),
    Row(
      "1.9", "lock list, lock show and force-unlock, with JSON",
      [
        "F16 two applies of one stack exclude each other, and the holder is named",
        "T22 a lock that is removed by force stops its run before the next write",
      ]),
    Row(
      "1.10", "workspace show, set, attach and remove, for the embedded workspace",
      [
        "every command of a page does what the page says",
        "another client changes a stack's workspace behind its back",
      ]),
    Row("1.11", "version tells the formats", ["the version says its formats to programs"]),
    Row(
      "1.12", "addresses are KIND.NAME, without a character that a shell treats specially",
      ["addresses need no quotes"]),
  ]

  // MARK: 2. Flags

  private static let flags = [
    Row(
      "2.1", "two dashes are documented, one dash is understood for every flag",
      [
        "help fits 80 columns and gives an example and the exit codes",
        "Terraform's single dash is understood for known options",
      ]),
    Row(
      "2.2", "--chdir before or after the subcommand",
      [
        "options may stand before the subcommand",
        "options of every command may stand before a command of two words",
      ]),
    Row(
      "2.3", "each flag of the table is a flag of its commands",
      ["every flag of the conventions is in the help of its commands"]),
    Row(
      "2.4", "--out saves the plan",
      ["a plan tells what its selection left out", "T17 a plan tells the field that moved since"]),
    Row(
      "2.5", "--fail-on refuses classes of change with 3",
      ["--fail-on knows each class of the conventions"]),
    Row(
      "2.6", "--target and --exclude, with patterns and files, not together",
      [
        "a part is planned, applied and destroyed", "addresses stand in files, one a line",
        "what excludes each other is bad usage",
      ]),
    Row(
      "2.7", "--replace forces a replacement",
      ["a replacement is done when it is asked for, and only then"]),
    Row(
      "2.8", "--destroy and --refresh-only exclude each other",
      ["what excludes each other is bad usage", "apply --refresh-only looks and does nothing"]),
    Row(
      "2.9", "--refresh=false warns and is never applied",
      ["a plan that did not read the workspace is never applied"]),
    Row(
      "2.10", "--parallelism is 10 if nothing is said",
      ["--parallelism is a number, and 10 by itself"]),
    Row(
      "2.11", "--lock=false, --lock-timeout; fail at once by itself",
      [
        "an apply without a lock says nothing of one",
        "F16 an apply that waits goes on when the other one is done, and both are right",
        "F16 two applies of one stack exclude each other, and the holder is named",
      ]),
    Row(
      "2.12", "--auto-approve asks nothing, --input=false never asks",
      ["nobody is asked where nobody can answer"]),
    Row(
      "2.13", "--expect-digest goes on with that plan only",
      [
        "--expect-digest wants exactly that plan",
        "the digest of all plans is what a review approves",
      ]),
    Row(
      "2.14", "--generate-config-out writes manifests into a file that must not exist",
      ["a plan writes manifests for live targets that have none"]),
    Row(
      "2.15", "--json is the event stream, --json-into a file beside the text",
      [
        "events say which stack they are about",
        "F24 results and events that could not be written are told",
      ]),
    Row(
      "2.16", "--report, repeatable", ["every command writes all of them, whatever its exit code"]),
    Row(
      "2.17", "--concise and --compact-warnings",
      [
        "concise is without progress, and what happened is all there",
        "a compact warning takes one line, and an error keeps its own",
      ]),
    Row(
      "2.18", "what lifts a safety rule begins with --dangerous-",
      [
        "T15 a large removal needs leave for exactly that plan",
        "every flag that lifts a safety rule says that it is dangerous",
      ]),
    Row("2.19", "BERTH_INPUT=0", ["nobody is asked where nobody can answer"]),
    Row("2.20", "BERTH_IN_AUTOMATION drops hints", ["hints about the next command are for people"]),
    Row(
      "2.21", "BERTH_CLI_ARGS and those of a command; the command line wins",
      ["arguments from the environment come first so that the command line wins"]),
    Row(
      "2.22", "BERTH_LOG and BERTH_LOG_PATH",
      [
        "a level that does not exist is refused with those that do",
        "a log goes to stderr, or behind what stands in a file that is its owner's",
      ]),
    Row(
      "2.23", "results on stdout; logs and prompts on stderr",
      ["results and messages have a stream each"]),
  ]

  // MARK: 3. Exit codes

  private static let exitCodes = [
    Row(
      "3.0", "0 done, also with changes; with --detailed-exitcode 0 only without",
      ["exit codes are those of the conventions"]),
    Row("3.1", "1 error, bad usage too", ["bad usage exits with 1 and says what was meant"]),
    Row(
      "3.2", "2 changes with --detailed-exitcode and never otherwise",
      ["exit codes are those of the conventions"]),
    Row(
      "3.3", "3 refused by a rule or --fail-on, and wins over 2",
      [
        "exit codes are those of the conventions",
        "a guard shows the plan and says no with numbers and a way out",
      ]),
    Row(
      "3.4", "4 lock not obtained",
      ["F16 two applies of one stack exclude each other, and the holder is named"]),
    Row("3.5", "5 stale plan", ["T17 a plan whose manifests or targets moved is stale"]),
    Row(
      "3.6", "6 applied in part", ["what stands detached is told, and the next apply puts it back"]),
    Row(
      "3.7", "130 and 143",
      [
        "F25 an apply that is interrupted finishes what runs and leaves nothing detached",
        "a run that is interrupted reports what it did",
      ]),
    Row(
      "3.8", "--destroy --detailed-exitcode with nothing to destroy is 0",
      ["exit codes are those of the conventions"]),
    Row(
      "3.9", "reports for every exit code",
      ["every command writes all of them, whatever its exit code"]),
    Row(
      "3.10", "of many stacks the worst", ["the worst exit code of a stack is that of the command"]),
  ]

  // MARK: 4. Human plan

  private static let planText = [
    Row(
      "4.1", "symbols in the first three columns",
      ["a bit of everything", "each action has its symbol and its phrase, which ends the line"]),
    Row(
      "4.2", "fixed phrases; Terraform's four end their line",
      ["each action has its symbol and its phrase, which ends the line", "drift alone"]),
    Row(
      "4.3", "a re-attachment says that the cluster is kept",
      ["of a cluster people read that the cluster is kept"]),
    Row(
      "4.4", "hidden attributes are counted, reasons shown",
      ["one hidden attribute is one", "a reason stands where the differences do not tell it"]),
    Row(
      "4.5", "the three counts first; replacements in add and destroy; the rest in parentheses",
      [
        "counts of mixtures",
        "whatever is taken away counts among the destroyed, and the order means nothing",
      ]),
    Row(
      "4.6", "nothing to do is one sentence", ["nothing to do is good news unless a guard said no"]),
    Row(
      "4.7", "known after apply, sensitive, -> null",
      [
        "what comes, what goes, and what becomes null",
        "T34 no secret is ever shown, in no style and no plan",
      ]),
    Row(
      "4.8", "same input, same bytes, in the order of execution",
      ["the same plan gives the same bytes, in whatever order its targets are named"]),
  ]

  private static let messages = [
    Row(
      "4.9", "messages in a box with place, source line and rule id",
      ["a terminal shows the box of the conventions and a link"]),
    Row(
      "4.10", "no box without a terminal or without UTF-8",
      [
        "elsewhere there is no box and nothing is wrapped",
        "a terminal without UTF-8 wraps and has no box",
      ]),
    Row(
      "4.11", "errors red, warnings yellow",
      ["errors are red and warnings yellow, and only where colours are shown"]),
    Row(
      "4.12", "progress lines, every ten seconds, and an end",
      [
        "each act has its verb and its noun", "times in hours, minutes and seconds",
        "a step on its way",
      ]),
    Row(
      "4.13", "the last sentence of an apply",
      [
        "all is done",
        "each action is counted once all of its steps are done, and never before any is",
      ]),
  ]

  // MARK: 5. Colour and terminal

  private static let terminal = [
    Row(
      "5.1", "flags, NO_COLOR, CLICOLOR_FORCE and FORCE_COLOR, the terminal, in that order",
      ["flags, then NO_COLOR, then what forces, then the terminal", "wrong colour is bad usage"]),
    Row(
      "5.2", "each symbol its colour; every meaning in text too",
      ["colours add to the text and take nothing", "a coloured block"]),
    Row(
      "5.3", "no cursor movement unless stdout is a terminal",
      [
        "where the results go elsewhere, what is left on the terminal is plain",
        "an apply on a terminal leaves what a pipe gets, but for the lines of progress",
      ]),
    Row(
      "5.4", "wrapping on terminals only",
      ["prose is wrapped on a terminal, at its width, and nowhere else"]),
    Row(
      "5.5", "the live region, and a resize",
      [
        "running steps stand at the foot, and what is done goes past above",
        "rows fit a terminal that is resized meanwhile",
      ]),
    Row(
      "5.6", "nothing of a stranger's acts on a terminal",
      [
        "nothing of a stranger's acts on a terminal or a runner",
        "whatever a terminal acts on is spelled out (T31)",
      ]),
  ]

  // MARK: 6. Approval

  private static let approval = [
    Row(
      "6.1", "the question, word for word; only yes; anything else is cancelled with 1",
      ["the question is that of the conventions, and only yes goes on"]),
    Row(
      "6.2", "the question before everything is destroyed",
      ["the question is that of the conventions, and only yes goes on"]),
    Row(
      "6.3", "no terminal and no --auto-approve is an error",
      ["nobody is asked where nobody can answer"]),
    Row(
      "6.4", "a saved plan asks nothing and takes no planning flags",
      [
        "no planning flag goes with a saved plan",
        "T17 a plan is applied once, also if the workspace is again what it was",
      ]),
    Row(
      "6.5", "the first Ctrl-C finishes or records what runs",
      ["Ctrl-C once says what it waits for and finishes that"]),
    Row(
      "6.6", "the second leaves at once",
      ["Ctrl-C twice leaves at once, and reports"]),
  ]

  // MARK: 7. Plan file

  private static let planFile = [
    Row(
      "7.1", "JSON, keys sorted, no secrets, with the keys of the top",
      ["the whole file of a re-attachment", "T34 no secret is in a file"]),
    Row(
      "7.2", "changes, drift, outcome and steps where Terraform's readers look",
      ["the whole file of a re-attachment", "checkov judges it by checks of our own"]),
    Row(
      "7.3", "actions of Terraform only; delete for all losses",
      [
        "what loses something says delete, and what can't be undone says so",
        "a rule counts what would be lost, as conftest and opa would",
      ]),
    Row(
      "7.4", "minor versions add keys, another major is refused",
      [
        "a minor version is read, and keys that nobody knows are ignored",
        "T18 another major version is refused",
      ]),
    Row(
      "7.5", "the digest is over what is done, without time, version and machine",
      [
        "the digest is over what an apply does, and over no fact about the file",
        "a saved plan says which commit it is of, and its digest does not",
      ]),
    Row(
      "7.6", "only touched targets are read again; a failed precondition names the field, exit 5",
      [
        "T17 targets that a plan does not touch may move",
        "T17 a plan tells the field that moved since",
      ]),
    Row(
      "7.7", "applied once; never if errored or not refreshed",
      [
        "T17 a plan is applied once, also if the workspace is again what it was",
        "only a plan without errors and with steps can be applied",
        "a plan that did not read the workspace is never applied",
      ]),
  ]

  // MARK: 8. Event stream

  private static let events = [
    Row(
      "8.1", "one object a line, the version first, common keys",
      ["the first line", "every event of every plan is one line of JSON with the common keys"]),
    Row(
      "8.2", "planned changes with all seven keys of a resource, and a summary",
      ["a plan is its drift, its changes and their summary"]),
    Row("8.3", "start, progress, completion", ["a step on its way"]),
    Row(
      "8.4", "an error is one diagnostic and one apply_errored",
      ["an error is one diagnostic and one apply_errored"]),
    Row("8.5", "a diagnostic has its range and snippet", ["a finding with its range and its line"]),
    Row(
      "8.6", "locks and refreshes",
      ["locks and refreshes", "events tell of the lock and of what is read"]),
    Row(
      "8.7", "validate --json is one object",
      ["validation is one object", "validate tells everything in one JSON object"]),
  ]

  // MARK: 9. Locks

  private static let locks = [
    Row(
      "9.1", "the holder is told in seven lines",
      ["F16 two applies of one stack exclude each other, and the holder is named"]),
    Row(
      "9.2", "the first line only after 400 ms",
      ["a wait is told after 400 ms, once, and ends with the timeout"]),
    Row(
      "9.3", "leases have a heartbeat and expire",
      [
        "a lease is renewed while the work goes on, and given back",
        "F17 a holder that stands still is taken over after its lease and the grace",
      ]),
  ]

  // MARK: 10. Reports

  private static let reports = [
    Row(
      "10.1", "annotations, escaped, ten of a kind, the worst first",
      [
        "the form of the conventions", "the percent sign goes first",
        "at most ten of a kind, and the last one says how many more",
      ]),
    Row(
      "10.2", "step summary and outputs",
      ["on GitHub the runner, the summary and later steps are told"]),
    Row(
      "10.3", "Markdown of 65 000 with a mark, losses first, cuts said",
      [
        "the beginning is the one that bots look for", "losses stand first and are cut last",
        "it keeps its limit, and accounts for every change",
        "T33 Markdown stays in its cells, fences and comments",
      ]),
    Row(
      "10.4", "SARIF 2.1.0, JUnit and OpenMetrics",
      [
        "SARIF fits the official schema, and parsers read JUnit and OpenMetrics",
        "the report is the one in its file",
      ]),
    Row(
      "10.5", "paths of the repository, lines of the manifest",
      ["paths are those of the repository"]),
    Row(
      "10.6", "metrics keep the last success",
      [
        "a run that fails keeps the time of the last one that went well",
        "a metrics file keeps when each stack last went well",
      ]),
  ]

  // MARK: 11. Help, completion, manual

  private static let help = [
    Row(
      "11.1", "help fits 80 columns, with an example and exit codes",
      ["help fits 80 columns and gives an example and the exit codes"]),
    Row(
      "11.2", "completion for three shells, addresses from the manifests, no network",
      [
        "what may stand at the cursor is offered, and nothing else", "a real shell completes by it",
      ]),
    Row(
      "11.3", "a manual page for each command from the help's source",
      [
        "every command has a page, and every page a command",
        "a page shows each option, example and exit code of the help",
      ]),
    Row(
      "11.4", "slips get a suggestion",
      [
        "a slip finds what was meant", "bad usage exits with 1 and says what was meant",
        "an address that names nothing suggests one",
      ]),
  ]
}
