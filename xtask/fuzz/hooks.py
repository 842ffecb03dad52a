"""Who asks, and what no schema can say, for Schemathesis."""

import json
import os
import uuid
from urllib.request import Request, urlopen

import schemathesis
from schemathesis.generation.modes import GenerationMode

API = os.environ["TENON_API"]
FORM = "application/x-www-form-urlencoded"
CREDENTIALS = {"email": os.environ["TENON_EMAIL"], "password": os.environ["TENON_PASSWORD"]}


# A few seconds only: the requests under test end sessions, too.
@schemathesis.auth(refresh_interval=3)
class SignedIn:
    def get(self, case, context):
        headers = {"content-type": "application/json"}
        body = json.dumps(CREDENTIALS).encode()
        with urlopen(Request(f"{API}/v1/auth/sessions", body, headers)) as answer:
            return json.load(answer)["access_token"]

    def set(self, case, token, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {token}"


def is_positive(case):
    """Some cases of sequences count as negative although nothing in them is, which their own description says."""
    if case.meta is None:
        return False
    if case.meta.phase.data.description == "Positive test case":
        case.meta.generation.mode = GenerationMode.POSITIVE
    return case.meta.generation.mode.is_positive


@schemathesis.hook
def before_call(context, case, kwargs):
    """Cursors are signed, and consistency tokens carry a checksum: one that was made up is refused, however well it looks, so
    good requests go without. A key is of one request; examples share theirs. An answer with `fields` has less than the schema
    of the whole requires. And 5.0 is no way to write an integer here, as JSON Schema has it."""
    if not is_positive(case):
        return
    if case.query:
        case.query.pop("cursor", None)
        case.query.pop("fields", None)
    if case.headers:
        case.headers.pop("Consistency-Token", None)
    if case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    if case.media_type == FORM and isinstance(case.body, dict):
        case.body = {name: once(value) for name, value in case.body.items()}
    case.body = written_as_integers(case.body)


def once(value):
    """A form says a list by naming a member again and again, which OAuth refuses (RFC 6749 §3.1)."""
    return "" if isinstance(value, list) else value


def written_as_integers(value):
    if isinstance(value, dict):
        return {name: written_as_integers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [written_as_integers(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
