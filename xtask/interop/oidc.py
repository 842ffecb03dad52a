"""Plays an OpenID Connect client against a running server, with a library that knows nothing of it (Authlib).

Usage: oidc.py BASE_URL ACCOUNTS_FILE

The client does what its library does by itself; the browser follows forms and cookies as a browser would. For passkeys it is a
real one, Chromium, with an authenticator that it has for tests; where there is none, that part is left out, and said so.
"""

import html.parser
import http.server
import json
import sys
import threading
import time
import urllib.parse

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, JsonWebToken
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata

import chromium

SCOPE = "openid profile email api:read"


def step(number, what):
    print(f"{number:2}. {what}")


def check(condition, what):
    if not condition:
        raise SystemExit(f"failed: {what}")


def signed_in(base, account):
    email, password = account
    answer = requests.post(f"{base}/v1/auth/sessions", json={"email": email, "password": password}, timeout=30)
    check(answer.status_code == 201, f"{email} signs in: {answer.status_code}")
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


class Form(html.parser.HTMLParser):
    """The first form of a page: where it goes, and what its hidden fields hold."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields, self.buttons, self.is_read = None, {}, [], False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.is_read = self.action is None  # the form for passkeys comes after it
            self.action = self.action or attributes["action"]
        if tag == "input" and self.is_read:
            self.fields[attributes["name"]] = attributes.get("value", "")
        if tag == "button" and self.is_read and "name" in attributes:
            self.buttons.append((attributes["name"], attributes["value"]))


class Browser:
    """Keeps cookies, fills in forms, and stops where it is sent to the client."""

    def __init__(self, base):
        self.base, self.session = base, requests.Session()

    def open(self, url):
        return self.session.get(url, allow_redirects=False, headers={"Accept": "text/html"})

    def submit(self, page, **filled):
        form = Form(page.text)
        headers = {"Accept": "text/html", "Origin": self.base, "Sec-Fetch-Site": "same-origin"}
        url = urllib.parse.urljoin(page.url, form.action)
        return self.session.post(url, data={**form.fields, **filled}, allow_redirects=False, headers=headers)


class Callback(http.server.BaseHTTPRequestHandler):
    """The client's own address: it takes one redirect."""

    def do_GET(self):
        if self.path.startswith("/callback"):  # browsers ask for an icon, too
            self.server.seen = f"http://127.0.0.1:{self.server.server_port}{self.path}"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"You can close this page.")

    def log_message(self, *_):
        pass


def accounts(path):
    with open(path, encoding="utf-8") as file:
        return {name: (email, password) for name, email, password in map(str.split, file)}


def register(base, headers, kind, grants, redirect_uris):
    body = {"name": f"Authlib {kind}", "type": kind, "redirect_uris": redirect_uris, "grants": grants,
            "scopes": SCOPE.split()}
    answer = requests.post(f"{base}/v1/oauth/clients", json=body, headers=headers, timeout=30)
    check(answer.status_code == 201, f"the client is registered: {answer.text}")
    return answer.json()


def discover(base):
    found = {}
    for name, kind in [("openid-configuration", OpenIDProviderMetadata),
                       ("oauth-authorization-server", AuthorizationServerMetadata)]:
        found = requests.get(f"{base}/.well-known/{name}", timeout=30).json()
        metadata = kind(found)
        for member in metadata.REGISTRY_KEYS:
            try:
                getattr(metadata, f"validate_{member}")()
            except ValueError as error:
                # Two things are known: a server on loopback has no TLS, and ID tokens are signed with EdDSA alone
                # (docs/adr/0019). Clients do not ask for either.
                check("https" in str(error) or "RS256" in str(error), f"{name}: {error}")
    return found


def let_in(browser, session, metadata, account, callback, auth_method):
    verifier = "a-verifier-of-forty-three-characters-or-more-" + auth_method
    url, state = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier,
                                                  nonce="a nonce")
    check(create_s256_code_challenge(verifier) in url, "the library sends the challenge")
    page = browser.open(url)
    if "password" in Form(page.text).fields:
        check("form-action 'self' http://127.0.0.1:" in page.headers["Content-Security-Policy"],
              "the form may lead to the client")
        wrong = browser.submit(page, email=account[0], password="not the password")
        check(wrong.status_code == 401, "a wrong password is refused")
        page = browser.submit(wrong, email=account[0], password=account[1])
    check(page.status_code == 200 and ("decision", "allow") in Form(page.text).buttons, "the person is asked to agree")
    sent = browser.submit(page, decision="allow")
    check(sent.status_code == 303, f"the browser is sent back: {sent.status_code}")
    requests.get(sent.headers["Location"], timeout=30)
    answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(callback.seen).query))
    check(answer["iss"] == metadata["issuer"], "the answer says who answers (RFC 9207)")
    check(answer["state"] == state, "the state comes back")
    return verifier, state


def validate_id_token(token, client_id, metadata, access_token):
    keys = JsonWebKey.import_key_set(requests.get(metadata["jwks_uri"], timeout=30).json())
    algorithms = JsonWebToken(metadata["id_token_signing_alg_values_supported"])
    options = {"iss": {"essential": True, "values": [metadata["issuer"]]},
               "aud": {"essential": True, "values": [client_id]}}
    claims = algorithms.decode(token, keys, claims_cls=CodeIDToken, claims_options=options,
                               claims_params={"nonce": "a nonce", "client_id": client_id, "access_token": access_token})
    claims.validate(now=int(time.time()), leeway=5)
    return claims


def play(base, metadata, client, auth_method, account, callback, number):
    redirect_uri = f"http://127.0.0.1:{callback.server_port}/callback"
    session = OAuth2Session(client["id"], client.get("secret"), scope=SCOPE, redirect_uri=redirect_uri,
                            token_endpoint_auth_method=auth_method, code_challenge_method="S256",
                            revocation_endpoint_auth_method=auth_method)
    browser = Browser(base)
    verifier, state = let_in(browser, session, metadata, account, callback, auth_method)
    step(number, f"{auth_method}: signed in on the page and agreed")

    tokens = session.fetch_token(metadata["token_endpoint"], authorization_response=callback.seen, state=state,
                                 code_verifier=verifier)
    claims = validate_id_token(tokens["id_token"], client["id"], metadata, tokens["access_token"])
    step(number + 1, f"code exchanged; ID token of {claims['sub']} is good by the published keys")

    info = session.get(metadata["userinfo_endpoint"])
    check(info.status_code == 200 and info.json()["sub"] == claims["sub"], f"userinfo: {info.text}")
    check(info.json()["email"] == account[0], "userinfo has the address")
    check(session.get(f"{base}/v1/me").status_code == 200, "the API reads for the person")
    refused = session.post(f"{base}/v1/carts", json={})
    check(refused.status_code == 403 and refused.json()["code"] == "insufficient_scope", "and writes nothing")
    step(number + 2, "userinfo and the API answer as far as the scope goes")

    before = tokens["refresh_token"]
    tokens = session.refresh_token(metadata["token_endpoint"], refresh_token=before)
    check(tokens["refresh_token"] != before, "the refresh token is replaced")
    check(session.get(metadata["userinfo_endpoint"]).status_code == 200, "the new token is good")
    step(number + 3, "refreshed")

    try:
        session.fetch_token(metadata["token_endpoint"], authorization_response=callback.seen, state=state,
                            code_verifier="another-verifier-of-forty-three-characters-or-more")
        check(False, "a code works twice")
    except OAuthError as error:
        check(error.error == "invalid_grant", f"{error}")
    step(number + 4, "the code is refused the second time, and what it gave has ended")

    verifier, state = let_in(browser, session, metadata, account, callback, auth_method)
    tokens = session.fetch_token(metadata["token_endpoint"], authorization_response=callback.seen, state=state,
                                 code_verifier=verifier)
    if client.get("secret"):
        said = session.introspect_token(metadata["introspection_endpoint"], token=tokens["access_token"])
        check(said.json()["active"] is True and said.json()["client_id"] == client["id"], said.text)
    gone = session.revoke_token(metadata["revocation_endpoint"], token=tokens["refresh_token"])
    check(gone.status_code == 200, gone.text)
    if client.get("secret"):
        said = session.introspect_token(metadata["introspection_endpoint"], token=tokens["access_token"])
        check(said.json() == {"active": False}, said.text)
    try:
        session.refresh_token(metadata["token_endpoint"], refresh_token=tokens["refresh_token"])
        check(False, "a token given back works")
    except OAuthError as error:
        check(error.error == "invalid_grant", f"{error}")
    step(number + 5, "introspected and given back" if client.get("secret") else "given back")


def register_passkey(base, headers, browser):
    """A person adds a passkey with a page of ours open; returns where it is."""
    factor = requests.post(f"{base}/v1/me/factors", headers=headers, json={"kind": "passkey", "name": "Chromium"}, timeout=30)
    check(factor.status_code == 201, f"a passkey is begun: {factor.text}")
    factor = factor.json()
    made = browser.run(f"""navigator.credentials.create({{
        publicKey: PublicKeyCredential.parseCreationOptionsFromJSON({json.dumps(factor["creation_options"])}),
    }}).then((credential) => JSON.stringify(credential.toJSON()))""")
    path = f"{base}/v1/me/factors/{factor['id']}"
    confirmed = requests.post(f"{path}/confirmations", headers=headers, json={"credential": json.loads(made)}, timeout=30)
    check(confirmed.status_code == 200 and len(confirmed.json()["recovery_codes"]) == 10, f"confirmed: {confirmed.text}")
    check([one["rpId"] for one in browser.credentials()] == ["localhost"], "the authenticator keeps it for this domain")
    try:
        again = requests.post(f"{base}/v1/me/factors", headers=headers, json={"kind": "passkey"}, timeout=30).json()
        browser.run(f"""navigator.credentials.create({{
            publicKey: PublicKeyCredential.parseCreationOptionsFromJSON({json.dumps(again["creation_options"])}),
        }}).then(() => true)""")
        check(False, "an authenticator makes two passkeys of one person")
    except RuntimeError as error:
        check("InvalidStateError" in str(error) or "already registered" in str(error), f"{error}")
    return path


def let_in_by_passkey(browser, session, metadata, callback, account, after_password):
    verifier = "a-verifier-of-forty-three-characters-or-more-passkey"
    url, state = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier,
                                                  nonce="a nonce", prompt="login")
    callback.seen = None
    browser.open(url)
    if after_password:
        browser.fill("#email", account[0])
        browser.fill("#password", account[1])
        browser.click("form[action='/oauth/sign-in'] button")
        browser.wait_for("!!document.querySelector('#one_time_code')")
    browser.wait_for("document.querySelector('#passkey')?.hidden === false")
    browser.click("#passkey button")
    browser.wait_for("!!document.querySelector('button[value=allow]') || location.pathname === '/callback'")
    if browser.run("!!document.querySelector('button[value=allow]')"):
        browser.click("button[value=allow]")
    browser.wait_for("location.pathname === '/callback'")
    tokens = session.fetch_token(metadata["token_endpoint"], authorization_response=callback.seen, state=state,
                                 code_verifier=verifier)
    return tokens


def passkeys(base, metadata, client, account, callback, number):
    program = chromium.found()
    if program is None:
        step(number, "LEFT OUT: passkeys, for there is no Chromium")
        return
    browser = chromium.Chromium(program)
    headers = signed_in(base, account)
    session = OAuth2Session(client["id"], None, scope=SCOPE, token_endpoint_auth_method="none", code_challenge_method="S256",
                            redirect_uri=f"http://127.0.0.1:{callback.server_port}/callback")
    url, _ = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier="v" * 43, nonce="a nonce")
    browser.open(url)
    path = register_passkey(base, headers, browser)
    step(number, "a browser made a passkey, and makes no second one for the same person")

    for after_password, amr in [(False, ["pop", "user", "mfa"]), (True, ["pwd", "pop", "user", "mfa"])]:
        tokens = let_in_by_passkey(browser, session, metadata, callback, account, after_password)
        claims = validate_id_token(tokens["id_token"], client["id"], metadata, tokens["access_token"])
        check(claims["amr"] == amr, f"the ID token says how: {claims['amr']}")
        number += 1
        step(number, f"signed in on the page by passkey, {'after the password' if after_password else 'and nothing else'}")

    removed = requests.delete(path, headers=headers, timeout=30)
    check(removed.status_code == 204, f"the passkey is removed: {removed.text}")
    browser.open(session.create_authorization_url(metadata["authorization_endpoint"], code_verifier="v" * 43,
                                                  nonce="a nonce", prompt="login")[0])
    browser.wait_for("document.querySelector('#passkey')?.hidden === false")
    browser.click("#passkey button")
    browser.wait_for("document.body.innerText.includes('This passkey was not accepted')")
    step(number + 1, "a removed passkey opens nothing")
    browser.close()


def main(base, accounts_file):
    people = accounts(accounts_file)
    headers = signed_in(base, people["admin"])
    callback = http.server.HTTPServer(("127.0.0.1", 0), Callback)
    threading.Thread(target=callback.serve_forever, daemon=True).start()
    redirect_uris = [f"http://127.0.0.1:{callback.server_port}/callback"]

    metadata = discover(base)
    step(1, f"discovered {metadata['issuer']}")
    code = ["authorization_code", "refresh_token"]
    number = 2
    for kind, auth_method in [("confidential", "client_secret_basic"), ("confidential", "client_secret_post"),
                              ("public", "none")]:
        client = register(base, headers, kind, code, redirect_uris)
        play(base, metadata, client, auth_method, people["buyer"], callback, number)
        number += 6

    robot = requests.post(f"{base}/v1/oauth/clients", headers=headers, timeout=30, json={
        "name": "Robot", "type": "confidential", "grants": ["client_credentials"], "scopes": ["api:read", "staff"]})
    robot = robot.json()
    session = OAuth2Session(robot["id"], robot["secret"], scope="api:read staff")
    session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
    check(session.get(f"{base}/v1/webhook-endpoints").status_code == 200, "a program acts for itself as staff")
    check(session.get(f"{base}/v1/users").status_code == 403, "and not as administrator")
    step(number, "a program got a token of its own")

    client = register(base, headers, "public", code, redirect_uris)
    passkeys(base, metadata, client, people["buyer"], callback, number + 1)
    print("An independent client library needs no special case.")


if __name__ == "__main__":
    main(*sys.argv[1:])
