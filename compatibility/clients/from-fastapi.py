"""Serves the code of docs/from-fastapi.md (the first argument) with FastAPI, and asks it with and without a token."""

import json
import os
import re
import sys
import threading
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

import uvicorn

page = open(sys.argv[1], encoding="utf-8").read()
exec("\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL)[:2]))
origin = urlsplit(os.environ["APP_ORIGIN"])
config = uvicorn.Config(app, host="127.0.0.1", port=origin.port, log_level="warning")  # noqa: F821
server = uvicorn.Server(config)
threading.Thread(target=server.run, daemon=True).start()
while not server.started:
    time.sleep(0.05)


def ask(authorization):
    connection = HTTPConnection("127.0.0.1", origin.port)
    connection.request("GET", "/reports", headers={"Authorization": authorization} if authorization else {})
    response = connection.getresponse()
    return response.status, json.loads(response.read())


status, body = ask("Bearer " + os.environ["TOKEN"])
assert status == 200 and len(body["reportsOf"]) == 36, (status, body)
for sent, reason in [
    (None, "TOKEN_MISSING"),
    ("Bearer made-up", "TOKEN_INVALID"),
    (b"Bearer t\xf6ken", "TOKEN_INVALID"),  # a token that no header can carry
]:
    status, body = ask(sent)
    assert (status, body["error"]["reason"]) == (401, reason), (sent, status, body)
