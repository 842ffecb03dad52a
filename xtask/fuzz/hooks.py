"""Who asks, and what no schema can say, for Schemathesis."""

import json
import os
import uuid
from urllib.request import Request, urlopen

import schemathesis
from schemathesis.generation.modes import GenerationMode

API = os.environ["TENON_API"]
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
    return case.meta is not None and case.meta.generation.mode.is_positive


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
    if "None" in map(str, (case.path_parameters or {}).values()):
        # The id of something that an answer said is not there.
        case.meta.generation.mode = GenerationMode.NEGATIVE
    body = written_as_integers(case.body)
    if repr(body) != repr(case.body):  # a body that is set is judged anew, and one that may be missing found missing
        case.body = body


def written_as_integers(value):
    if isinstance(value, dict):
        return {name: written_as_integers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [written_as_integers(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return int(value)
    return value
