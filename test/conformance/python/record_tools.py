"""What azure-identity does with stand-ins for az, azd and pwsh: scenarios on stdin as JSON, what came of each on stdout."""
import base64
import json
import os
import shutil
import stat
import sys
import tempfile

os.environ["TZ"] = "UTC"
import azure.identity
from azure.identity import AzureCliCredential, AzureDeveloperCliCredential, AzurePowerShellCredential
from azure.identity import CredentialUnavailableError
from azure.identity._internal import within_dac

CLASSES = {"az": AzureCliCredential, "azd": AzureDeveloperCliCredential, "pwsh": AzurePowerShellCredential}


def put(path, text, is_base64=False):
    with open(path, "wb") as file:
        file.write(base64.b64decode(text) if is_base64 else text.encode("utf-8"))


def build(folder, tool, stand_in):
    if stand_in == "missing":
        return
    path = os.path.join(folder, tool)
    lines = ["#!/bin/sh", f"printf '%s\\n' \"$@\" > {folder}/args"]
    if stand_in == "not-startable":
        lines = ["#!/nowhere/interpreter"]
    elif stand_in == "hanging":
        lines.append("exec /bin/sleep 60")
    elif isinstance(stand_in, dict):
        is_base64 = stand_in.get("isBase64", False)
        put(f"{folder}/out", stand_in.get("stdout", ""), is_base64)
        put(f"{folder}/err", stand_in.get("stderr", ""), is_base64)
        lines += [f"/bin/cat {folder}/out", f"/bin/cat {folder}/err >&2"]
        lines.append("kill -9 $$" if stand_in.get("isKilled") else f"exit {stand_in.get('exit', 0)}")
    put(path, "\n".join(lines) + "\n")
    if stand_in != "not-executable":
        os.chmod(path, 0o755)


def ask(scenario):
    options = {"process_timeout": 1}
    if "tenantId" in scenario:
        options["tenant_id"] = scenario["tenantId"]
    if "subscription" in scenario:
        options["subscription"] = scenario["subscription"]
    if "allowedTenants" in scenario:
        options["additionally_allowed_tenants"] = scenario["allowedTenants"]
    request = {}
    if "requestTenant" in scenario:
        request["tenant_id"] = scenario["requestTenant"]
    if "claims" in scenario:
        request["claims"] = scenario["claims"]
    chained = within_dac.set(scenario.get("isChained", False))
    try:
        credential = CLASSES[scenario["tool"]](**options)
        token = credential.get_token_info(*scenario.get("scopes", ["https://vault.azure.net/.default"]), options=request)
        return {"kind": "token", "token": token.token, "expiresOn": token.expires_on}
    except CredentialUnavailableError as error:
        return {"kind": "unavailable", "message": str(error.message)}
    except Exception as error:
        return {"kind": "failed", "message": str(error)}
    finally:
        within_dac.reset(chained)


def play(scenario):
    folder = tempfile.mkdtemp()
    os.environ["PATH"] = folder
    try:
        build(folder, scenario["tool"], scenario["standIn"])
        outcome = ask(scenario)
        if "message" in outcome:
            outcome["message"] = outcome["message"].replace(folder, "/tools")
        path = os.path.join(folder, "args")
        if os.path.exists(path) and scenario["tool"] != "pwsh":
            with open(path, encoding="utf-8") as file:
                outcome["args"] = file.read().split("\n")[:-1]
        return {"name": scenario["name"], **outcome}
    finally:
        shutil.rmtree(folder)


json.dump([play(scenario) for scenario in json.load(sys.stdin)], sys.stdout)
