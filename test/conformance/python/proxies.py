"""Asks the unmodified requests which proxy it would use: a URL and its variables a line on stdin, the proxy a line on stdout."""

import json
import os
import sys

import requests
from requests.utils import select_proxy

os.environ.clear()
print(json.dumps({"requests": requests.__version__}))
for line in sys.stdin:
    choice = json.loads(line)
    os.environ.update(choice["env"])
    settings = requests.Session().merge_environment_settings(choice["url"], {}, False, True, None)
    print(json.dumps(select_proxy(choice["url"], settings["proxies"])))
    os.environ.clear()
