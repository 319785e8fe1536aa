internal import ComputeKinds
internal import Diagnostics
internal import Emulator
internal import Storage
internal import Synchronization
internal import TargetModel

/// What an emulator writes beside its workspaces, and only once it listens: one that can't start
/// must not spoil another's certificate, nor a recording.
struct EmulatorFiles: Sendable {
  /// The certificate that clients are to trust, and the folder for it.
  var certificate: (text: String, folder: String)?
  var recording: EmulatorRecording?

  private static let certificateName = "emulator.pem"

  var trustPath: String? { certificate.map { $0.folder + "/" + Self.certificateName } }

  /// Makes the files; why that failed, if it did.
  func make() -> Diagnostic? {
    if let certificate, let trustPath {
      do throws(FileFailure) {
        try AtomicFile.makeFolders(certificate.folder)
        try AtomicFile.write(Array(certificate.text.utf8), to: trustPath)
      } catch {
        return .unwritable(
          StackFolder.ownFolderName + "/" + Self.certificateName, error.reason)
      }
    }
    return recording?.begin()
  }
}

/// A recording of the traffic, in a file of its own.
final class EmulatorRecording: Sendable {
  private let path: String
  private let shown: String
  private let context: CommandContext
  private let recorder = Mutex<Recorder?>(nil)
  private let console = Mutex<Console?>(nil)

  init(at path: String, shown: String, _ context: CommandContext) {
    self.path = path
    self.shown = shown
    self.context = context
  }

  /// Makes the file; why that failed, if it did.
  func begin() -> Diagnostic? {
    let file: LineFile
    do throws(FileFailure) {
      file = try LineFile(at: path, ifPresent: .refusedUnlessEmpty)
    } catch {
      return .unwritable(shown, error.reason)
    }
    let (messages, name) = (context.messages, shown)
    let console = Console { text in
      let failure = file.write(text)
      // Whoever reproduces something for an hour wants to know at once.
      if let failure, !failure.isGoneReader {
        messages.writeLine("The recording stops here: '\(name.visible)' \(failure.reason).")
      }
      return failure
    }
    let recorder = Recorder(catalog: .azureML, now: context.now) { console.write($0) }
    self.console.withLock { $0 = console }
    self.recorder.withLock { $0 = recorder }
    return nil
  }

  func record(_ request: EmulatedRequest, _ answer: EmulatedAnswer) {
    recorder.withLock { $0 }?.record(request, answer)
  }

  /// Why it is not whole, if it is not.
  var lostReason: String? { console.withLock { $0 }?.lostReason }
}
