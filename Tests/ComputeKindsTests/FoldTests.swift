import ComputeKinds
import TargetModel
import Testing

@Suite struct FoldTests {
  @Test func `two names become an id in the workspace's own group`() {
    let kind = KindDescriptor.amlCompute
    var target = target(
      kind, ["network_settings.vnet_name": "vn", "network_settings.subnet": "sn"])
    target.attributes = kind.fold(kind, target.attributes, workspace) ?? target.attributes
    #expect(target["network_settings.subnet"] == .subnetID)
    #expect(target["network_settings.vnet_name"] == nil)
  }

  @Test func `a full id stays as it is, and the network's name goes`() {
    let kind = KindDescriptor.computeInstance
    let id =
      "/subscriptions/other/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
    var target = target(
      kind, ["network_settings.vnet_name": "vn", "network_settings.subnet": .text(id)])
    target.attributes = kind.fold(kind, target.attributes, workspace) ?? target.attributes
    #expect(target["network_settings.subnet"]?.text == id)
    #expect(target["network_settings.vnet_name"] == nil)
  }

  @Test func `half a network stays for a check to find`() {
    let kind = KindDescriptor.amlCompute
    var target = target(kind, ["network_settings.vnet_name": "vn"])
    target.attributes = kind.fold(kind, target.attributes, workspace) ?? target.attributes
    #expect(target["network_settings.vnet_name"] == "vn")
  }
}
