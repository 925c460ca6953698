"""Asks unmodified DefaultAzureCredentials, one after the other: a question a line on stdin, an answer a line on stdout.

Each question has a process of its own, forked from this one when the library is loaded, with its own variables.
"""

import json
import os
import select
import signal
import sys
import traceback

os.environ["TZ"] = "UTC"

import azure.core
import azure.identity
import msal
from azure.identity import CredentialUnavailableError, DefaultAzureCredential

# Loaded now, and not in each process.
import azure.identity._credentials.managed_identity  # noqa: F401
import azure.identity._internal.msal_managed_identity_client  # noqa: F401
import requests  # noqa: F401


def watch(credential, tried):
    """Writes down what comes of a link; what the chain gets is what the link gave."""
    original = credential.get_token_info

    def get_token_info(*scopes, **kwargs):
        # The name that the chain's message gives it: what could not be made has a stand-in.
        name = getattr(credential, "_credential_name", type(credential).__name__)
        entry = {"credential": name, "outcome": "failed", "message": None}
        tried.append(entry)
        try:
            token = original(*scopes, **kwargs)
        except CredentialUnavailableError as error:
            entry.update(outcome="unavailable", message=error.message)
            raise
        except Exception as error:
            entry.update(message=str(error))
            raise
        entry.update(outcome="succeeded")
        return token

    credential.get_token_info = get_token_info


def ask(question):
    tried = []
    answer = {"tried": tried, "winner": None, "message": None, "type": None}
    try:
        chain = DefaultAzureCredential(**question.get("options", {}))
    except Exception as error:
        return {**answer, "outcome": "not-made", "message": str(error), "type": type(error).__name__}
    for credential in chain.credentials:
        watch(credential, tried)
    try:
        chain.get_token_info(question["scope"], options=question.get("request", {}))
    except Exception as error:
        outcome = "failed" if any(each["outcome"] == "failed" for each in tried) else "unavailable"
        return {**answer, "outcome": outcome, "message": str(error), "type": type(error).__name__}
    return {**answer, "outcome": "succeeded", "winner": tried[-1]["credential"]}


def ask_in_child(question):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            # A group of its own, so that what it started ends with it.
            os.setpgid(0, 0)
            os.environ.clear()
            os.environ.update(question["env"])
            os.chdir(question["cwd"])
            null = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(null, stream)
            answer = json.dumps(ask(question))
        except BaseException:
            answer = json.dumps({"broken": traceback.format_exc()})
        with os.fdopen(writer, "w") as file:
            file.write(answer)
        os._exit(0)
    os.close(writer)
    chunks = []
    while True:
        ready, _, _ = select.select([reader], [], [], question["timeout"])
        if not ready:
            chunks = [json.dumps({"broken": "no answer in time"}).encode()]
            break
        chunk = os.read(reader, 65536)
        if not chunk:
            break
        chunks.append(chunk)
    os.close(reader)
    try:
        os.killpg(child, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    os.waitpid(child, 0)
    return b"".join(chunks).decode()


def main():
    versions = {
        "azure-identity": azure.identity.__version__,
        "azure-core": azure.core.__version__,
        "msal": msal.__version__,
    }
    print(json.dumps(versions), flush=True)
    for line in sys.stdin:
        print(ask_in_child(json.loads(line)), flush=True)


main()
