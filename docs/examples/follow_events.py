"""Open a ticket once, list the open ones page by page, then print what happens. Python's standard library only.

    LEITSTELLE_URL=https://desk.example.org LEITSTELLE_TOKEN=lst_… python follow_events.py "Printer does not print"
"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

URL = os.environ["LEITSTELLE_URL"].rstrip("/") + "/api/v1"
TOKEN = os.environ["LEITSTELLE_TOKEN"]
PAUSE = float(os.environ.get("PAUSE", "10"))  # seconds between two questions for events


def call(method, path, body=None, **headers):
    """Send one request; wait as long as the desk says where it was too many. Raises HTTPError for anything else."""
    data = json.dumps(body).encode() if body is not None else None
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", **headers}
    while True:
        request = urllib.request.Request(URL + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != 429:
                problem = json.load(error)
                print(problem["code"], problem["detail"], problem["errors"], file=sys.stderr)
                raise
            time.sleep(int(error.headers["Retry-After"]))


def tickets(**filters):
    """Every ticket of a list, page by page."""
    cursor = None
    while True:
        query = {**filters, **({"cursor": cursor} if cursor else {})}
        page = call("GET", "/tickets?" + urllib.parse.urlencode(query, doseq=True))
        yield from page["items"]
        cursor = page["next"]
        if cursor is None:
            return


def main(words):
    me = call("GET", "/me")
    print("I am", me["name"], "as", me["hat"])
    after = call("GET", "/events?after=latest")["next"]

    # The same key again, after a lost connection say, gives the same ticket again and opens no second one.
    key = str(uuid.uuid4())
    new = {"text": words} if me["hat"] == "requester" else {"text": words, "requester": me["id"]}
    ticket = call("POST", "/tickets", new, **{"Idempotency-Key": key})
    assert call("POST", "/tickets", new, **{"Idempotency-Key": key})["id"] == ticket["id"]
    print("opened", ticket["number"], ticket["subject"])

    for one in tickets(status_type=["new", "open"], limit=100):
        print("open:", one["number"], one["subject"])

    while True:
        feed = call("GET", "/events?" + urllib.parse.urlencode({"after": after}))
        for event in feed["items"]:
            said = (event["at"], event["code"], event["subject"]["kind"], event["subject"]["id"])
            print("event:", *said, flush=True)
        after = feed["next"]  # keep it: the next run goes on from there
        if not feed["more"]:
            time.sleep(PAUSE)


if __name__ == "__main__":
    main(sys.argv[1])
