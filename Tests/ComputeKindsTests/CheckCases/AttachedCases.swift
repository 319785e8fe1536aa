import ComputeKinds
import TargetModel

let machineCases: [CheckCase] = [
  CheckCase(
    "resource and key", .virtualMachine,
    [
      "resource_id": .machineID, "ssh_settings.admin_username": "u",
      "ssh_settings.ssh_private_key_file": secret("k"),
      "ssh_settings.ssh_private_key_passphrase": secret("p"),
    ]),
  CheckCase(
    "address and password", .virtualMachine,
    [
      "address": "vm.example.com", "ssh_settings.admin_username": "u",
      "ssh_settings.admin_password": secret("p"),
    ], "password-not-key"),
  CheckCase(
    "an address within a network", .virtualMachine,
    [
      "address": "10.0.0.4", "ssh_settings.admin_username": "u",
      "ssh_settings.ssh_private_key_file": secret("k"),
    ], "private-address"),
  CheckCase(
    "neither resource nor address", .virtualMachine,
    ["ssh_settings.ssh_private_key_file": secret("k")], "resource-or-address"),
  CheckCase(
    "both resource and address", .virtualMachine,
    [
      "resource_id": .machineID, "address": "10.0.0.4",
      "ssh_settings.ssh_private_key_file": secret("k"),
    ], "resource-or-address"),
  CheckCase(
    "both password and key", .virtualMachine,
    [
      "resource_id": .machineID, "ssh_settings.admin_password": secret("p"),
      "ssh_settings.ssh_private_key_file": secret("k"),
    ], "ssh-credentials"),
  CheckCase("no way in", .virtualMachine, ["resource_id": .machineID], "ssh-credentials"),
  CheckCase(
    "a passphrase of no key", .virtualMachine,
    [
      "resource_id": .machineID, "ssh_settings.admin_password": secret("p"),
      "ssh_settings.ssh_private_key_passphrase": secret("p"),
    ], "password-not-key", "ssh-credentials"),
]

private let spark: AttributeValue = .text("\(group)/providers/Microsoft.HDInsight/clusters/hdi")

let attachedCases: [CheckCase] = [
  CheckCase("a batch account", .batch, [:], "sdk-ended"),
  CheckCase("a data factory", .dataFactory, [:], "sdk-ended"),
  CheckCase("an analytics account", .dataLakeAnalytics, [:], "service-ended"),
  CheckCase(
    "a token", .databricks, ["access_token": secret("dapi0")], "sdk-ended"),
  CheckCase(
    "a token that nobody looked up", .databricks,
    ["access_token": secret(SecretText.unresolved)], "sdk-ended"),
  CheckCase(
    "a token and more", .databricks, ["access_token": secret("token: dapi0")], "access-token",
    "sdk-ended"),
  CheckCase(
    "an empty token", .databricks, ["access_token": secret("")], "access-token", "sdk-ended"),
  CheckCase(
    "a Spark cluster by its id", .hdInsight,
    [
      "resource_id": spark, "ssh_settings.admin_username": "u",
      "ssh_settings.ssh_private_key_file": secret("k"),
    ], "sdk-ended"),
  CheckCase(
    "a Spark cluster by its host", .hdInsight,
    [
      "address": "hdi-ssh.azurehdinsight.net", "ssh_settings.admin_username": "u",
      "ssh_settings.ssh_private_key_file": secret("k"),
    ], "sdk-ended"),
  CheckCase(
    "a host without SSH", .hdInsight,
    [
      "address": "HDI.azurehdinsight.net", "ssh_settings.admin_username": "u",
      "ssh_settings.ssh_private_key_file": secret("k"),
    ], "hdinsight-address", "sdk-ended"),
  CheckCase(
    "the misspelt host of the documentation of 2019", .hdInsight,
    [
      "address": "hdi-ssh.azureinsight.net", "ssh_settings.admin_username": "u",
      "ssh_settings.ssh_private_key_file": secret("k"),
    ], "hdinsight-address", "sdk-ended"),
  CheckCase(
    "a Spark cluster by both", .hdInsight,
    [
      "resource_id": spark, "address": "10.0.0.4", "ssh_settings.admin_username": "u",
      "ssh_settings.ssh_private_key_file": secret("k"),
    ], "resource-or-address", "sdk-ended"),
  CheckCase(
    "a Spark cluster without a way in", .hdInsight, ["resource_id": spark], "sdk-ended",
    "ssh-credentials"),
]
