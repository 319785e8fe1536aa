import Testing

@testable import ComputeKinds

@Suite struct CoreCountTests {
  @Test(arguments: [
    ("Standard_D3_v2", 4), ("STANDARD_DS3_V2", 4), ("Standard_DS3_v2_Promo", 4),
    ("Standard_D14", 16), ("Standard_D15_v2", 20), ("Standard_D2_v3", 2), ("Standard_D4s_v3", 4),
    ("Standard_D96ads_v5", 96), ("Standard_E32-8s_v3", 8), ("Standard_F16s_v2", 16),
    ("Standard_NC6", 6), ("Standard_NC24rs_v3", 24), ("Standard_ND96asr_v4", 96),
    ("Standard_A3", 4), ("Standard_A8_v2", 8), ("Standard_A2m_v2", 2), ("Standard_G5", 32),
    ("Standard_HB120rs_v2", 120), ("Standard_B2ms", 2),
  ])
  func `a size's name tells its cores`(size: String, cores: Int) {
    #expect(coreCount(ofSize: size) == cores)
  }

  @Test(arguments: [
    "", "Standard", "Custom", "Standard_", "Standard_X", "Basic_A1", "D3_v2", "Standard_D9_v2",
  ])
  func `a name that tells nothing has no cores`(size: String) {
    #expect(coreCount(ofSize: size) == nil)
  }
}
