/// How many vCPUs machines of a size have, by the size's name; nil where the name does not tell.
///
/// Azure's names carry the number behind the family's letters (`Standard_D16s_v3` has 16), and for
/// constrained sizes behind a hyphen (`Standard_E32-8s_v3` has 8). Only the first generations of A,
/// D and G count otherwise.
func coreCount(ofSize size: String) -> Int? {
  let parts = size.lowercased().split(separator: "_")
  guard parts.first == "standard", parts.count >= 2,
    let match = parts[1].wholeMatch(of: /([a-z]+)([0-9]{1,4})(?:-([0-9]{1,4}))?[a-z]*/),
    let number = Int(match.2)
  else { return nil }
  if let constrained = match.3 { return Int(constrained) }
  let generation = parts.dropFirst(2).first { $0.wholeMatch(of: /v[0-9]+/) != nil } ?? "v1"
  switch (match.1, generation) {
  case ("d", "v1"), ("d", "v2"), ("ds", "v1"), ("ds", "v2"): return earlyD[number]
  case ("a", "v1"): return earlyA[number]
  case ("g", _), ("gs", _): return earlyG[number]
  default: return number > 0 ? number : nil
  }
}

private let earlyD = [
  1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 11: 2, 12: 4, 13: 8, 14: 16, 15: 20,
]
private let earlyA = [
  0: 1, 1: 1, 2: 2, 3: 4, 4: 8, 5: 2, 6: 4, 7: 8, 8: 8, 9: 16, 10: 8, 11: 16,
]
private let earlyG = [1: 2, 2: 4, 3: 8, 4: 16, 5: 32]
