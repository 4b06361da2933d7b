"""A person at the server's HTTP interface."""

import json
import urllib.error
import urllib.request


class Visitor:
    def __init__(self, address):
        self.address = address
        # A proxy of the environment is not asked for this machine's own address.
        self._direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(self, path):
        """The JSON at a path."""
        with self._direct.open(self.address + path, timeout=30) as answer:
            return json.load(answer)

    def post(self, path, body):
        """-> status and JSON."""
        request = urllib.request.Request(
            self.address + path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with self._direct.open(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, json.load(refusal)
