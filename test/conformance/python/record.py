"""Asks the unmodified azure-identity for a token in every scenario on stdin and prints what it did, as JSON.

Run inside a network namespace made for it (lo up, 169.254.169.254 on lo): every address here is bound for real.
Only the clock is not real: `time.time` starts at `now` and moves when something sleeps, and `time.sleep` only notes its
argument, so that retries take no time. Nothing of azure-identity, azure-core or msal is replaced.
"""

import http.server
import json
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

SOURCE = json.load(sys.stdin)
NOW = SOURCE["now"]
REAL_SLEEP = time.sleep
SLEEPS = []

KEY_FOLDER = "/var/opt/azcmagent/tokens"


class Script:
    """What the servers say in the present scenario, and what they were asked."""

    def __init__(self):
        self.answers = []
        self.probe = None
        self.requests = []
        self.count = 0

    def next(self, headers):
        if "metadata" not in headers and self.probe is not None:
            return self.probe
        answer = self.answers[min(self.count, len(self.answers) - 1)] if self.answers else {"fault": "close"}
        self.count += 1
        return answer


SCRIPT = Script()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self):
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length).decode() if length else ""
        headers = {name.lower(): value for name, value in self.headers.items()}
        SCRIPT.requests.append({"method": self.command, "target": self.path, "headers": headers, "body": body})
        answer = SCRIPT.next(headers)
        if "fault" in answer:
            self.misbehave(answer["fault"])
            return
        content = answer.get("body", "")
        data = (content if isinstance(content, str) else json.dumps(content)).encode()
        self.send_response_only(answer["status"], answer.get("reason"))
        sent = {name.lower(): value for name, value in answer.get("headers", {}).items()}
        if "content-type" not in sent:
            sent["content-type"] = "application/json"
        for name, value in sent.items():
            if value is not None:
                self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            self.wfile.write(data)
        except OSError:
            pass

    def misbehave(self, fault):
        self.close_connection = True
        if fault == "hang":
            REAL_SLEEP(1.5)
        elif fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif fault == "garbage":
            self.wfile.write(b"this is not HTTP\r\n\r\n")

    do_GET = answer
    do_POST = answer


def serve(address, port, context=None):
    http.server.ThreadingHTTPServer.allow_reuse_address = True
    server = http.server.ThreadingHTTPServer((address, port), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def make_certificate(folder):
    key, certificate = os.path.join(folder, "sf.key"), os.path.join(folder, "sf.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key]
        + ["-out", certificate, "-days", "2", "-subj", "/CN=service-fabric"],
        check=True,
        capture_output=True,
    )
    shown = subprocess.run(
        ["openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha1"], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, shown.stdout.decode().strip().split("=")[1]


def kwargs_of(scenario):
    identity = scenario.get("id", {})
    config = {}
    for ours, theirs in (("objectId", "object_id"), ("resourceId", "resource_id")):
        if ours in identity:
            config[theirs] = identity[ours]
    kwargs = {}
    if "clientId" in identity:
        kwargs["client_id"] = identity["clientId"]
    if config:
        kwargs["identity_config"] = config
    if any(answer.get("fault") == "hang" for answer in scenario.get("answers", []) + [scenario.get("probe") or {}]):
        kwargs["read_timeout"] = 0.2
    if scenario.get("drops"):
        kwargs["connection_timeout"] = 0.2
    return kwargs


def place_files(files):
    shutil.rmtree("/var/opt/azcmagent", ignore_errors=True)
    shutil.rmtree("/opt/azcmagent", ignore_errors=True)
    for path, content in files.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)


def ask(scenario):
    """The outcome of one scenario, told as a chain would tell it."""
    from azure.core.credentials import AccessTokenInfo  # noqa: F401
    from azure.identity import CredentialUnavailableError, DefaultAzureCredential, ManagedIdentityCredential
    from azure.identity._internal.utils import within_credential_chain

    role = scenario.get("role", "named")
    if role == "default":
        # The chain's own way of making its link: only the others are left out.
        names = "environment workload_identity shared_token_cache visual_studio_code cli developer_cli powershell broker"
        excluded = {f"exclude_{name}_credential": True for name in names.split()}
        chain = DefaultAzureCredential(**excluded)
        credential = chain.credentials[0]
    else:
        credential = ManagedIdentityCredential(**kwargs_of(scenario))
    within_credential_chain.set(role != "named")
    try:
        scopes = scenario.get("scopes", ["https://vault.azure.net/.default"])
        for _ in range(scenario.get("times", 1) - 1):
            try:
                credential.get_token_info(*scopes)
            except Exception:  # pylint: disable=broad-except
                pass
        info = credential.get_token_info(*scopes)
        return {
            "kind": "token",
            "token": info.token,
            "tokenType": info.token_type,
            "expiresOn": info.expires_on,
            "refreshOn": info.refresh_on,
        }
    except CredentialUnavailableError as error:
        return {"kind": "unavailable", "type": type(error).__name__, "message": error.message}
    finally:
        within_credential_chain.set(False)


def run(scenario, thumbprint):
    SCRIPT.__init__()
    SCRIPT.answers = scenario.get("answers", [])
    SCRIPT.probe = scenario.get("probe")
    SLEEPS.clear()
    place_files(scenario.get("files", {}))
    before = dict(os.environ)
    for name, value in scenario.get("env", {}).items():
        os.environ[name] = value.replace("{thumbprint}", thumbprint)
    try:
        outcome = ask(scenario)
    except Exception as error:  # pylint: disable=broad-except
        outcome = {"kind": "failed", "type": type(error).__name__, "message": str(error)}
    finally:
        os.environ.clear()
        os.environ.update(before)
    return {"name": scenario["name"], **outcome, "requests": SCRIPT.requests, "sleeps": list(SLEEPS)}


def main():
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/var/opt"], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/opt"], check=True)
    folder = tempfile.mkdtemp(prefix="azid-record-")
    try:
        context, thumbprint = make_certificate(folder)
        serve("127.0.0.1", 41000)
        serve("127.0.0.1", 41443, context)
        serve("169.254.169.254", 80)
        time.time = lambda: NOW + sum(SLEEPS)
        time.sleep = lambda seconds: SLEEPS.append(round(seconds, 3))
        results = [run(scenario, thumbprint) for scenario in SOURCE["scenarios"]]
        import azure.identity
        import msal

        versions = {"azure-identity": azure.identity.__version__, "msal": msal.__version__}
        json.dump({"versions": versions, "results": results}, sys.stdout)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
