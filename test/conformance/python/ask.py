"""Asks the unmodified azure-identity for one token: a JSON question on stdin, a JSON answer on stdout."""

import json
import sys

from azure.identity import AzureCliCredential, CredentialUnavailableError, DefaultAzureCredential
from azure.identity import ManagedIdentityCredential

QUESTION = json.load(sys.stdin)


def make_credential():
    if QUESTION["credential"] == "default":
        return DefaultAzureCredential(process_timeout=5)
    if QUESTION["credential"] == "azure-cli":
        return AzureCliCredential(process_timeout=60, **QUESTION.get("options", {}))
    identity = QUESTION.get("id", {})
    config = {
        theirs: identity[ours]
        for ours, theirs in (("objectId", "object_id"), ("resourceId", "resource_id"))
        if ours in identity
    }
    return ManagedIdentityCredential(client_id=identity.get("clientId"), identity_config=config or None)


try:
    TOKEN = make_credential().get_token_info(QUESTION["scope"])
    print(json.dumps({"kind": "token", "expiresOn": TOKEN.expires_on, "refreshOn": TOKEN.refresh_on}))
except CredentialUnavailableError as error:
    print(json.dumps({"kind": "unavailable", "message": error.message}))
except Exception as error:  # pylint: disable=broad-except
    print(json.dumps({"kind": "failed", "message": str(error)}))
