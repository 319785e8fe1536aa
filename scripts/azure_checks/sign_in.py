"""Signing in with azure-identity to an emulator that takes only its own tokens, over HTTPS, and
Berth by the same ways."""

import importlib.metadata
import os

import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential, ManagedIdentityCredential
from azure.mgmt.machinelearningservices import MachineLearningServicesMgmtClient, models

from checks import Checks, equal, raises
from emulator import GROUP, LOCATION, SUBSCRIPTION, Emulator
from stack import Stack
from tokens import AnyCredential

VERSION = importlib.metadata.version("azure-identity")
TENANT = "11111111-1111-1111-1111-111111111111"
WORKSPACE = "signed-in"


def client(emulator, credential):
    return MachineLearningServicesMgmtClient(
        credential, SUBSCRIPTION, base_url=emulator.url, connection_verify=emulator.certificate,
        credential_scopes=[f"{emulator.url}/.default"], polling_interval=0)


def by_secret(emulator):
    return ClientSecretCredential(
        TENANT, "application", "any secret", authority=emulator.url.removeprefix("https://"),
        disable_instance_discovery=True, connection_verify=emulator.certificate)


def make_cluster(emulator, credential, name):
    made = client(emulator, credential).compute.begin_create_or_update(
        GROUP, WORKSPACE, name, models.ComputeResource(
            location=LOCATION, properties=models.AmlCompute(
                properties=models.AmlComputeProperties(
                    vm_size="STANDARD_DS3_V2",
                    scale_settings=models.ScaleSettings(max_node_count=1))))).result()
    equal(made.properties.provisioning_state, "Succeeded", "the state")


def berth(emulator, auth, environment):
    trusted = emulator.certificate if emulator.url.startswith("https:") else None
    stack = Stack(emulator.url, WORKSPACE, auth=auth, ca_file=trusted)
    stack.environment = environment
    return sorted(stack.list())


def over_https(checks):
    with Emulator("--auth", "issued", "--tls", "self-signed") as emulator:
        with checks.check("an application with its secret makes a cluster, over HTTPS"):
            make_cluster(emulator, by_secret(emulator), "cpu")
        with checks.check("another token is refused"):
            error = raises(
                ClientAuthenticationError,
                lambda: list(client(emulator, AnyCredential()).compute.list(GROUP, WORKSPACE)))
            equal(error.status_code, 401, "the status")
        with checks.check("Berth signs in by a secret, too"):
            seen = berth(
                emulator, {"type": "client_secret"},
                {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": "application",
                 "AZURE_CLIENT_SECRET": "any secret", "AZURE_AUTHORITY_HOST": emulator.url})
            equal(seen, ["cpu"], "what Berth sees")
        with checks.check("Berth without a token is refused"):
            stack = Stack(emulator.url, WORKSPACE, ca_file=emulator.certificate)
            stack.run("list", statuses=(1,))


def by_managed_identity(checks):
    with Emulator("--auth", "issued") as emulator:
        faces = {
            "of a machine": {"AZURE_POD_IDENTITY_AUTHORITY_HOST": emulator.url},
            "of an App Service": {
                "IDENTITY_ENDPOINT": f"{emulator.url}/msi/token", "IDENTITY_HEADER": "any"},
        }
        for face, environment in faces.items():
            os.environ.update(environment)
            with checks.check(f"the managed identity {face} gets a token that is taken"):
                token = ManagedIdentityCredential().get_token(f"{emulator.url}/.default").token
                equal(status(emulator, token), 200, "the status of a list")
            with checks.check(f"Berth signs in by the managed identity {face}, too"):
                equal(berth(emulator, {"type": "managed_identity"}, environment), [])
            for name in environment:
                del os.environ[name]


def status(emulator, token):
    return requests.get(
        f"{emulator.url}/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/"
        f"Microsoft.MachineLearningServices/workspaces/{WORKSPACE}/computes",
        params={"api-version": "2025-12-01"}, headers={"Authorization": f"Bearer {token}"},
        timeout=120).status_code


if __name__ == "__main__":
    checks = Checks(f"azure-identity {VERSION}")
    over_https(checks)
    by_managed_identity(checks)
    checks.end()
