"""Asks the unmodified azure-identity as an app with somebody else's token: a JSON question on stdin, a JSON answer on stdout."""

import json
import os
import sys

from azure.identity import AzurePipelinesCredential, ClientAssertionCredential, CredentialUnavailableError
from azure.identity import OnBehalfOfCredential, WorkloadIdentityCredential

QUESTION = json.load(sys.stdin)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def make_credential():
    tenant, client = os.environ["AZURE_TENANT_ID"], os.environ["AZURE_CLIENT_ID"]
    name = QUESTION["credential"]
    if name == "workload-identity":
        return WorkloadIdentityCredential()
    if name == "client-assertion":
        return ClientAssertionCredential(tenant, client, lambda: read(QUESTION["assertionFile"]))
    if name == "azure-pipelines":
        return AzurePipelinesCredential(
            tenant_id=tenant,
            client_id=client,
            service_connection_id=os.environ["AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"],
            system_access_token=os.environ["SYSTEM_ACCESSTOKEN"],
        )
    return OnBehalfOfCredential(
        tenant,
        client,
        client_secret=os.environ["AZURE_CLIENT_SECRET"],
        user_assertion=read(os.environ["AZID_USER_ASSERTION_FILE"]),
    )


try:
    make_credential().get_token(QUESTION["scope"])
    print(json.dumps({"kind": "token"}))
except CredentialUnavailableError as error:
    print(json.dumps({"kind": "unavailable", "message": error.message}))
except Exception as error:  # pylint: disable=broad-except
    print(json.dumps({"kind": "failed", "message": str(error)}))
