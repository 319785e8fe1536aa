/// Durations as ISO 8601 writes them: `PT120S`, `PT2M`, `PT1H30M`, `P1DT12H`.
public enum ISODuration {
  /// Writes whole seconds.
  public static func text(seconds: Int) -> String { "PT\(seconds)S" }

  /// Reads whole seconds; nil for anything else, months and years included, since nobody can say
  /// how long they are.
  public static func seconds(in text: String) -> Int? {
    let pattern =
      /[Pp](?:([0-9]{1,6})[Dd])?(?:[Tt](?=[0-9])(?:([0-9]{1,8})[Hh])?(?:([0-9]{1,9})[Mm])?(?:([0-9]{1,12})[Ss])?)?/
    guard let match = text.wholeMatch(of: pattern) else { return nil }
    let parts = [(match.1, 86_400), (match.2, 3_600), (match.3, 60), (match.4, 1)]
    guard parts.contains(where: { $0.0 != nil }) else { return nil }
    return parts.reduce(0) { total, part in
      total + (part.0.flatMap { Int($0) } ?? 0) * part.1
    }
  }
}
