internal import BackendInterface
internal import ComputeService
internal import GRDB
internal import Synchronization

/// The requests that wait for an embedded workspace's database.
///
/// Those that wait at the same time are carried out one after the other in one transaction: the disk
/// is waited for once for all of them. None is answered before the transaction is on the disk.
final class RequestQueue: Sendable {
  private let database: DatabaseQueue
  private let waiting = Mutex<[Waiting]>([])

  init(for database: DatabaseQueue) { self.database = database }

  /// What is to be done within a transaction; perhaps more than once, if one fails.
  struct Request: Sendable {
    /// Answers from what is there, or says with nil that something has to be written; nil for a
    /// request that writes in any case.
    let read: (@Sendable (Database) throws -> ServiceResponse?)?
    /// Answers, and writes.
    ///
    /// What throws a `BackendFailure` has written nothing.
    let write: @Sendable (Database) throws -> ServiceResponse

    init(
      read: (@Sendable (Database) throws -> ServiceResponse?)? = nil,
      write: @escaping @Sendable (Database) throws -> ServiceResponse
    ) {
      self.read = read
      self.write = write
    }
  }

  private typealias Answer = Result<ServiceResponse, any Error>

  private struct Waiting: Sendable {
    let request: Request
    let answer: CheckedContinuation<Answer, Never>
  }

  /// Carries out a request, together with those that wait when it is its turn.
  ///
  /// A cancelled task still gets its answer: a re-attachment that has begun must be able to end.
  func answer(_ request: Request) async throws -> ServiceResponse {
    let answer: Answer = await withCheckedContinuation { continuation in
      let isFirst = waiting.withLock { waiting in
        waiting.append(Waiting(request: request, answer: continuation))
        return waiting.count == 1
      }
      guard isFirst else { return }
      database.asyncWriteWithoutTransaction { [self] connection in
        answerWaiting(connection)
      }
    }
    return try answer.get()
  }

  private func answerWaiting(_ connection: Database) {
    let all = waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
    let answers = answers(to: all.map(\.request), connection)
    for (one, answer) in zip(all, answers) { one.answer.resume(returning: answer) }
  }

  private func answers(to requests: [Request], _ connection: Database) -> [Answer] {
    do {
      if let answers = try answersFromRead(to: requests, connection) { return answers }
      return try answersFromWriting(to: requests, connection)
    } catch {
      // A failed sync is never retried into success.
      let isOver = (error as? DatabaseError)?.resultCode == .SQLITE_IOERR
      guard requests.count > 1, !isOver else { return requests.map { _ in .failure(error) } }
      // What fails for one need not fail for the others.
      return requests.flatMap { answers(to: [$0], connection) }
    }
  }

  /// The answers if none of the requests takes any writing: all of them from one state of the file.
  private func answersFromRead(
    to requests: [Request], _ connection: Database
  ) throws -> [Answer]? {
    let reads = requests.compactMap(\.read)
    guard reads.count == requests.count else { return nil }
    var answers: [Answer]? = []
    try connection.inTransaction(.deferred) {
      for read in reads {
        guard let response = try read(connection) else {
          answers = nil
          break
        }
        answers?.append(.success(response))
      }
      return .commit
    }
    return answers
  }

  private func answersFromWriting(
    to requests: [Request], _ connection: Database
  ) throws -> [Answer] {
    var answers: [Answer] = []
    try connection.inTransaction(.immediate) {
      for request in requests {
        do {
          answers.append(.success(try request.write(connection)))
        } catch let failure as BackendFailure {
          answers.append(.failure(failure))
        }
      }
      return .commit
    }
    return answers
  }
}
