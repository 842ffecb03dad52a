// Generated from docs/openapi.json: `cargo xtask sdk check --bless`.

export interface paths {
    "/v1/auth/registrations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Creates an account.
         * @description The answer is the same, and takes as long, whether or not the address has an account. A mail brings a token for `POST /v1/auth/challenges/{id}/responses`; the account can sign in after that. If there was an account, its owner gets a mail that says so. Lost the mail? Register again.
         */
        post: operations["create_registration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/challenges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends a one-time token by mail.
         * @description The answer is the same, and takes as long, whether or not the address has an account. The mail brings the challenge's id and token for `POST /v1/auth/challenges/{id}/responses`; they are good for half an hour at most. One person gets at most five such mails in an hour.
         */
        post: operations["create_challenge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/challenges/{id}/responses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answers a challenge with the token from the mail.
         * @description Works once. Verification proves the address and makes the chosen password count. Recovery sets a new password, proves the address too, and ends all sessions.
         */
        post: operations["create_challenge_response"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Signs in.
         * @description Unknown address, wrong password, unverified address and locked account get the same answer after the same effort. After five failed attempts further ones must wait, longer each time, up to five minutes; a device that sends its `device_token` is counted by itself. The answer holds secrets, so it is not kept under an `Idempotency-Key`: a lost answer costs nothing, sign in again. Where the account has a second factor, a right password gets 401 `identity.mfa_required` with a `challenge_token`, which `POST /v1/auth/sessions/confirmations` takes with a code, and `POST /v1/auth/passkey-challenges` where `factors` names passkeys.
         */
        post: operations["create_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sessions/confirmations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Completes a sign-in with a code.
         * @description After `POST /v1/auth/sessions` answered `identity.mfa_required`: within five minutes, with five guesses at most. A code counts once. Guesses are counted for the account, too, and after five wrong ones further ones must wait, as passwords must; those from a device that has sent its `device_token` are counted by themselves. The answer is not kept under an `Idempotency-Key`: if it was lost, sign in again.
         */
        post: operations["create_session_confirmation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sessions/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Signs out.
         * @description The refresh token stops at once, access tokens within seconds.
         */
        delete: operations["delete_current_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchanges a refresh token for the next tokens.
         * @description A refresh token works once. If the answer was lost, or several requests were sent at once, send it again within 30 seconds and before the new one is used: the answer has the same refresh token. A refresh token that comes back later means that someone else has it, and ends the session. No `Idempotency-Key` is needed.
         */
        post: operations["create_tokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/bootstrap": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Creates the first administrator.
         * @description There is no default account. `tenon admin bootstrap` prints a token that works once, for half an hour, and only while there is no administrator.
         */
        post: operations["create_first_administrator"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the person who is signed in. */
        get: operations["get_me"];
        put?: never;
        post?: never;
        /**
         * Has your account erased.
         * @description Not at once: a mail tells when, and until then you can sign in and take it back with `DELETE /v1/me/erasure`. Your sessions, API keys and what programs may do for you end now. What is erased then, what is emptied and what is kept, `docs/erasure.md` says. Asked again, the date stays.
         */
        delete: operations["delete_me"];
        options?: never;
        head?: never;
        /** Changes the person who is signed in. */
        patch: operations["update_me"];
        trace?: never;
    };
    "/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists where you are signed in, newest first. */
        get: operations["list_my_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends one of your sessions. */
        delete: operations["delete_my_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists users, newest first. */
        get: operations["list_users"];
        put?: never;
        /**
         * Makes an account for somebody.
         * @description They get a mail with a link and a code to choose a password by, which `POST /v1/auth/challenges/{id}/responses` takes once within half an hour, and cannot sign in before. Later they ask for another mail themselves: `POST /v1/auth/challenges` with `recover`.
         */
        post: operations["create_user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a user. */
        get: operations["get_user"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Changes what a user may do.
         * @description A lock and a lost role end the user's sessions; a new role counts from their next refresh. You cannot change your own account here, and the last administrator stays one.
         */
        patch: operations["update_user"];
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Returns the public keys with which access tokens can be checked.
         * @description A key is listed a quarter of an hour before it signs, so caching for five minutes is safe.
         */
        get: operations["get_jwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/erasure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells when your account will be erased. */
        get: operations["get_my_erasure"];
        put?: never;
        post?: never;
        /**
         * Keeps your account.
         * @description It will not be erased, and a mail says so. Sessions and API keys that ended do not come back.
         */
        delete: operations["cancel_my_erasure"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/factors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists your second factors. */
        get: operations["list_my_factors"];
        put?: never;
        /**
         * Adds a second factor, which counts once it is confirmed.
         * @description Needs a sign-in that is no older than 15 minutes. The answer has the secret of an app, or what a browser makes a passkey by; no other answer will, except to the same request under its `Idempotency-Key` until the factor is confirmed. It waits 15 minutes for `POST /v1/me/factors/{id}/confirmations`, a passkey five, and is forgotten then.
         */
        post: operations["create_my_factor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/factors/{id}/confirmations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirms a second factor with its first proof.
         * @description From now on it is asked for at each sign-in. Your other sessions end, those of programs among them, unless you say otherwise. The answer holds secrets, so it is not kept under an `Idempotency-Key`: if it was lost, `POST /v1/me/recovery-codes` makes new codes. Where a role of yours needs a second factor, access tokens from the next refresh on are good for everything.
         */
        post: operations["create_my_factor_confirmation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/factors/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Removes a second factor.
         * @description Needs a sign-in that is no older than 15 minutes, and in which a code was shown if any of your factors is confirmed. With the last factor the recovery codes go, too, and the password is enough again; where a role of yours needs a second factor, the last one stays.
         */
        delete: operations["delete_my_factor"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes new recovery codes; those from before are void.
         * @description Needs a sign-in with a code that is no older than 15 minutes. The answer is not kept under an `Idempotency-Key`: if it was lost, make new ones again.
         */
        post: operations["create_my_recovery_codes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}/factors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Removes the second factors of somebody who has lost them.
         * @description From now on their password is enough, and they get a mail. Be sure that it is they who ask. Needs a sign-in that is no older than 15 minutes, with a code if you have a factor; not for your own.
         */
        delete: operations["delete_user_factors"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/passkey-challenges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a challenge for a passkey, to sign in with it.
         * @description The answer is the same for everybody: who will answer is not known yet. With the token of a sign-in that waits for its              second step, the passkeys of that person are named. A challenge is good for five minutes and one try:              `POST /v1/auth/passkey-sessions`. A lost answer costs nothing, ask again.
         */
        post: operations["create_passkey_challenge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/passkey-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Signs in with a passkey.
         * @description With the challenge of `POST /v1/auth/passkey-challenges`, once. A passkey counts as two factors: the device, and what              unlocks it. Everything that does not count gets one answer, so nobody learns which passkeys and accounts there are. The              answer is not kept under an `Idempotency-Key`: if it was lost, sign in again.
         */
        post: operations["create_passkey_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/oauth/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists clients, newest first. */
        get: operations["list_oauth_clients"];
        put?: never;
        /**
         * Registers a program that may ask for tokens.
         * @description The answer has the secret of a confidential client; no other answer will, except to the same request under its `Idempotency-Key`.
         */
        post: operations["create_oauth_client"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/oauth/clients/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a client. */
        get: operations["get_oauth_client"];
        put?: never;
        post?: never;
        /** Deletes a client; all its tokens and consents end. */
        delete: operations["delete_oauth_client"];
        options?: never;
        head?: never;
        /**
         * Changes a client.
         * @description What is taken away counts from the next code and the next refresh on.
         */
        patch: operations["update_oauth_client"];
        trace?: never;
    };
    "/v1/oauth/clients/{id}/secret-rotations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a client a new secret.
         * @description For 24 hours the secret before is taken, too: put the new one to use within that time. A second rotation ends it at once. The answer has the new secret; no other answer will, except to the same request under its `Idempotency-Key`.
         */
        post: operations["rotate_oauth_client_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/consents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the programs that may act for you, newest first. */
        get: operations["list_my_consents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/consents/{client_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends that a program may act for you; all it has of you ends with it. */
        delete: operations["delete_my_consent"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/authorize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Asks a person, in their browser, to let a program in.
         * @description Programs send browsers here (RFC 6749 §4.1). PKCE with S256 is required. Whoever is not signed in is shown a page to sign in on, then one to agree on. Nothing here is for scripts.
         */
        get: operations["authorize"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes the form of the page to sign in on.
         * @description Only our own page can send it. It counts, costs and takes as long as `POST /v1/auth/sessions`.
         */
        post: operations["submit_sign_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes the form of the page to type a code on.
         * @description Only our own page can send it, after the password was right, within five minutes and five guesses.
         */
        post: operations["submit_code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/consent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes the form of the page to agree on.
         * @description Only our own page can send it.
         */
        post: operations["submit_consent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/passkey-challenges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a challenge for a passkey, for the script of our page.
         * @description Only our own page can send it. Good for five minutes, one try, and the form it was asked for with.
         */
        post: operations["submit_passkey_challenge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes the form with the answer of a passkey.
         * @description Only our own page can send it, within five minutes, with the challenge that it got.
         */
        post: operations["submit_passkey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/federation/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sends somebody from the page to sign in on to another provider.
         * @description Links on our own page lead here. Nothing here is for scripts.
         */
        get: operations["leave_to_provider"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/federation/{provider}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Takes what a provider answers.
         * @description Register this address at the provider. Its answer counts once, within ten minutes, in the browser that was sent there. The browser goes back to the API client that sent it, with `code` or `error` (`access_denied`, `temporarily_unavailable`, `server_error`) and `state`; or on with the page it came from.
         */
        get: operations["return_from_provider"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchanges a code or a refresh token, or the client's own secret, for tokens.
         * @description For programs (RFC 6749). A code works once, within 60 seconds, for the client it was given to, with the `redirect_uri` and the `code_verifier` that it was asked for with; if it comes back, what it gave ends. A refresh token works once; a lost answer can be asked for again within 30 seconds. There is no implicit and no password grant. Errors have the form of RFC 6749 §5.2.
         */
        post: operations["create_oauth_tokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends what a program may do for a person.
         * @description For programs (RFC 7009). Access and refresh token end together, within the time that access tokens are believed without asking. A token that is over already is no error. Errors have the form of RFC 6749 §5.2.
         */
        post: operations["revoke_oauth_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/introspect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says what a token of the client is.
         * @description For confidential clients (RFC 7662), about their own tokens: all others are said not to be active. Errors have the form of RFC 6749 §5.2.
         */
        post: operations["introspect_oauth_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/userinfo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Says who has signed in.
         * @description For programs (OpenID Connect Core §5.3), with an access token of scope `openid`; `profile` and `email` show more. It is a protected resource like any other: errors are problem documents with `WWW-Authenticate` (RFC 6750).
         */
        get: operations["get_userinfo"];
        put?: never;
        /**
         * Says who has signed in.
         * @description For programs (OpenID Connect Core §5.3), with an access token of scope `openid`; `profile` and `email` show more. It is a protected resource like any other: errors are problem documents with `WWW-Authenticate` (RFC 6750).
         */
        post: operations["post_userinfo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/openid-configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Describes this server to OpenID Connect clients. */
        get: operations["get_openid_configuration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/oauth-authorization-server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Describes this server to OAuth clients (RFC 8414). */
        get: operations["get_authorization_server_metadata"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/federation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the providers whose accounts sign people in. */
        get: operations["list_providers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/federation/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sends a browser to a provider.
         * @description A browser is sent here, not a script: it gets a cookie that binds the answer to it. It comes back to `return_url` with `code` and `state`. The code counts for a minute, once, for whoever has the verifier: `POST /v1/auth/federation/sessions` signs in with it, `POST /v1/me/identities` links with it.
         */
        get: operations["begin_federation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/federation/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Signs in with what a browser brought back from a provider.
         * @description Within a minute, once. Who signs in for the first time gets an account if the provider vouches for an e-mail address that has none here. Where it has one, nothing is linked by itself: sign in to that account by its own means, go to the provider once more, and send the code to `POST /v1/me/identities`. An account with a second factor is asked for it: 401 `identity.mfa_required` with a `challenge_token` for `POST /v1/auth/sessions/confirmations`. The answer is not kept under an `Idempotency-Key`: if it was lost, begin again.
         */
        post: operations["create_federated_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the accounts of providers that sign you in. */
        get: operations["list_my_identities"];
        put?: never;
        /**
         * Links an account of a provider to yours.
         * @description With the code that a browser brought back from `GET /v1/auth/federation/{provider}`, within a minute, once. Needs a sign-in that is no older than 15 minutes, and in which a code was shown if you have a second factor. From then on the provider's account signs you in, whatever its address is. You get a mail. What you have linked already stays as it is.
         */
        post: operations["link_my_identity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/identities/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Removes a linked account of a provider.
         * @description Needs a sign-in that is no older than 15 minutes, and in which a code was shown if you have a second factor. The last way to sign in stays: set a password first, by recovery. You get a mail. Sessions go on.
         */
        delete: operations["unlink_my_identity"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists your keys, newest first.
         * @description Keys that have expired are among them for another 30 days.
         */
        get: operations["list_api_keys"];
        put?: never;
        /**
         * Makes a key with which a program acts for you.
         * @description Needs a sign-in that is no older than 15 minutes. The answer has the key; no other answer will, except to the same request under its `Idempotency-Key`.
         */
        post: operations["create_api_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a key: one of yours, for administrators any. */
        get: operations["get_api_key"];
        put?: never;
        post?: never;
        /**
         * Ends a key: one of yours, for administrators any.
         * @description In the process that answers it opens nothing from then on, in others after 15 seconds at the latest, unless `identity.session_check_seconds` says otherwise.
         */
        delete: operations["delete_api_key"];
        options?: never;
        head?: never;
        /**
         * Changes a key: one of yours, for administrators one of a service account.
         * @description Needs a sign-in that is no older than 15 minutes.
         */
        patch: operations["update_api_key"];
        trace?: never;
    };
    "/v1/api-keys/{id}/rotations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a key a new secret: one of yours, for administrators one of a service account.
         * @description The secret before is taken for a while, too: put the new one to use within that time. A second rotation ends it at once. Needs a sign-in that is no older than 15 minutes. The answer has the new key; no other answer will, except to the same request under its `Idempotency-Key`.
         */
        post: operations["rotate_api_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/service-accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists accounts of programs, newest first. */
        get: operations["list_service_accounts"];
        put?: never;
        /**
         * Makes an account for a program.
         * @description Nobody can sign in with it. It does nothing until it has a key.
         */
        post: operations["create_service_account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/service-accounts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns an account of a program. */
        get: operations["get_service_account"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Changes an account of a program.
         * @description Its keys open nothing while it is locked, and never more than its roles.
         */
        patch: operations["update_service_account"];
        trace?: never;
    };
    "/v1/service-accounts/{id}/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the keys of a service account, newest first. */
        get: operations["list_service_account_keys"];
        put?: never;
        /**
         * Makes a key of a service account.
         * @description Needs a sign-in that is no older than 15 minutes. The answer has the key; no other answer will, except to the same request under its `Idempotency-Key`.
         */
        post: operations["create_service_account_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists products, newest first. */
        get: operations["list_products"];
        put?: never;
        /** Creates a product, with its first variants if any are given. */
        post: operations["create_product"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Finds products on sale by words, with facets.
         * @description A product is found if it has every word of `q` in its title, description, category, SKUs or titles of variants, in upper or lower case, with or without accents; the last word may be the beginning of one. If there is none, typos are forgiven: one in words of four letters and more, two from eight letters on, none in words with digits. `q` has no syntax: marks only separate words. Each facet is counted with all filters but its own, so a count is what choosing it would leave. A change of a product is found from the moment it is answered. At most 5,000 matching products are looked at; `complete` says whether these were all.
         */
        get: operations["search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/products/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Returns a product with its variants, prices and whether they are in stock.
         * @description `id` is `prd_…` or `slug:` followed by the product's slug. Drafts are seen by staff only. The page may be up to one second old when another process changed it.
         */
        get: operations["get_product"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes members of a product; `status` publishes or archives it. */
        patch: operations["update_product"];
        trace?: never;
    };
    "/v1/products/{id}/variants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Adds a variant to a product.
         * @description Stock comes by `POST /v1/inventory/adjustments`.
         */
        post: operations["add_variant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/variants/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Changes members of a variant; `status` takes it off the shop or puts it back.
         * @description `If-Match` takes the variant's own `version`, as the product shows it.
         */
        patch: operations["update_variant"];
        trace?: never;
    };
    "/v1/variants/{id}/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Replaces the prices of a variant.
         * @description `If-Match` takes the variant's own `version`, as the product shows it.
         */
        put: operations["set_prices"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/categories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists categories in the order of the shop. */
        get: operations["list_categories"];
        put?: never;
        /** Creates a category. */
        post: operations["create_category"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/inventory/levels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists stock levels by variant and location. */
        get: operations["list_stock_levels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/inventory/adjustments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Changes the stock of a variant, with an entry in the ledger. */
        post: operations["adjust_inventory"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/inventory/movements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the stock ledger, newest first. */
        get: operations["list_stock_movements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/price-lists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists price lists, newest first. */
        get: operations["list_price_lists"];
        put?: never;
        /** Creates a price list without rows. */
        post: operations["create_price_list"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/price-lists/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a price list without its rows. */
        get: operations["get_price_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes members of a price list; `status` lets its rows count, or puts it away. */
        patch: operations["update_price_list"];
        trace?: never;
    };
    "/v1/price-lists/{id}/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists rows of a price list, by variant and quantity. */
        get: operations["list_price_list_prices"];
        /**
         * Writes and removes rows of a price list.
         * @description Up to 1,000 rows at once: all of them or none. Needs no version: rows of several callers add up, and the same request again changes nothing.
         *
         *     More rows, up to 20,000, or fewer with `Prefer: respond-async`, are checked whole and then written in the background: 202 with an operation. Its `result` counts what was done so far. Rows are written in chunks of about 500; those of a variant become visible together, those of different variants one chunk after another. Operations on one list go one after another. If somebody else changes the list meanwhile so that a row is no longer good, the operation fails there, and what was written before stays.
         */
        put: operations["set_price_list_prices"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customer-groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists groups of customers, newest first; `user_id` asks for one person's. */
        get: operations["list_customer_groups"];
        put?: never;
        /**
         * Creates a group of customers, for price lists; nobody is in it yet.
         * @description Groups stay: a list whose last group went would be for everybody. An empty group is for nobody.
         */
        post: operations["create_customer_group"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/price-quotes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tells what the caller would pay for some variants, by quantity.
         * @description Prices are those of a cart: with the price lists of the caller's groups. Taxes, delivery and promotions are not in them, and nothing is promised: a checkout freezes prices. Stores nothing.
         */
        post: operations["quote_prices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customer-groups/{id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists who is in a group of customers, by user id. */
        get: operations["list_customer_group_members"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customer-groups/{id}/members/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Puts somebody into a group of customers.
         * @description Their prices are those of the group from now on. Whether there is such a person is not checked.
         */
        put: operations["add_customer_group_member"];
        post?: never;
        /** Takes somebody out of a group of customers. */
        delete: operations["remove_customer_group_member"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Returns a payment with its attempts, captures and refunds.
         * @description Buyers see payments of their own orders; staff sees all, and the provider's own words.
         */
        get: operations["get_payment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{id}/captures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes authorised money, all or a part of it.
         * @description Answers 201 once the provider has taken the money and 202 while its answer is not known: then the capture is repeated under the same key until it is. A payment that is captured already answers 201 too.
         */
        post: operations["capture_payment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{id}/voids": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Undoes a payment: lets authorised money go, gives captured money back.
         * @description Accepted as an intent, whatever the payment's state: an outcome that is not known yet is waited for. `void_requested` stays true until it is done.
         */
        post: operations["void_payment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{id}/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives captured money back, all or a part of it.
         * @description Answers 201 once the provider has given the money back and 202 while its answer is not known: then the refund keeps its key and its amount stays reserved until it is. Above the shop's limit it waits as `awaiting_approval` for a second member of staff.
         */
        post: operations["refund_payment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists refunds, newest first.
         * @description With `status=awaiting_approval` those that a second person is waited for.
         */
        get: operations["list_refunds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/refunds/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Returns a refund.
         * @description Buyers see refunds of their own orders; staff sees all.
         */
        get: operations["get_refund"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/refunds/{id}/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approves a large refund that somebody else asked for.
         * @description The refund is then sent to the provider: 201 once it is done, 202 while the outcome is not known. Who asked for it gets 403. Programs that act for people cannot approve.
         */
        post: operations["approve_refund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/refunds/{id}/rejections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rejects a large refund that waits for approval.
         * @description Its amount can be refunded anew. Who asked for the refund may take it back in this way.
         */
        post: operations["reject_refund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{id}/reconciliations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Asks the provider now, and settles what it says.
         * @description Safe to repeat. Attempts, captures and refunds whose outcome is open are asked for; money that the provider moved without being asked is found and written into the ledger.
         */
        post: operations["reconcile_payment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ledger/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the ledger, newest entry first. */
        get: operations["list_ledger_entries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/provider-webhooks/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes an event of a payment provider.
         * @description The signature over the raw body is checked first: HMAC-SHA256 over `<t>.<body>`, at most five minutes old. 200 means that the event is stored; it is looked at afterwards, once, however often it arrives.
         */
        post: operations["receive_provider_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/carts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Starts an empty cart.
         * @description The cart of a signed-in person belongs to them. Anybody else gets the secret that opens theirs in the `Cart-Token` header of the answer, this once; send it with every request about the cart.
         */
        post: operations["create_cart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/carts/{cart_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a cart, with what has changed since its buyer saw it. */
        get: operations["get_cart"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes buyer, addresses and delivery of a cart, and takes all prices as they are now. */
        patch: operations["update_cart"];
        trace?: never;
    };
    "/v1/carts/{cart_id}/lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Puts pieces of a variant into a cart.
         * @description Pieces of a variant that is in the cart already are added to its line. Parallel additions add up; a repeat with the same `Idempotency-Key` adds nothing. At most 100 lines and 9,999 pieces in each.
         */
        post: operations["add_cart_line"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/carts/{cart_id}/lines/{line_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes a line out of a cart. */
        delete: operations["delete_cart_line"];
        options?: never;
        head?: never;
        /** Changes how many of a variant are in a cart, and takes its price as it is now. */
        patch: operations["update_cart_line"];
        trace?: never;
    };
    "/v1/carts/{cart_id}/promotion-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enters a promotion code into a cart.
         * @description Codes that are unknown, have not begun, have ended or are disabled get one answer. A code whose promotion does not fit the cart yet is entered: `problems` of the cart say why it takes nothing off. Counts against the rate limit of operations that check secrets, so that nobody finds codes by trying.
         */
        post: operations["add_promotion_code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/carts/{cart_id}/promotion-codes/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes a promotion code out of a cart, whether or not it counts still. */
        delete: operations["delete_promotion_code"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/carts/{cart_id}/shipping-options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the ways of delivery that serve a cart's address and currency. */
        get: operations["list_shipping_options"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/carts/{cart_id}/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Merges a guest's cart into the cart of the person who has signed in.
         * @description Pieces of the same variant add up, within the limits of a cart; promotions are joined as far as they count and combine; what the person has not said about delivery is taken from the guest. What finds no room is in `problems`. Somebody without an open cart gets the guest's cart itself. In any case its token opens nothing any more. `If-Match` names the version of the guest's cart.
         */
        post: operations["merge_cart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/checkouts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Starts a checkout: freezes the price, reserves the stock, writes the order, asks for the money.
         * @description A payment that succeeds at once answers with a `completed` checkout, whose order is placed. Otherwise `next_action` says what the buyer must do. `processing` means that nobody can say yet: look again, or wait with `Prefer: wait=20`.
         *
         *     A repeat with the same key finds the same checkout and answers with where it stands.
         */
        post: operations["start_checkout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/checkouts/{checkout_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows a checkout, or waits for its next change.
         * @description With `Prefer: wait=20` (RFC 7240) the answer comes as soon as the checkout changes, after at most so many seconds. Send the known `ETag` in `If-None-Match` to miss no change.
         */
        get: operations["get_checkout"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/checkouts/{checkout_id}/confirmations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Looks at the payment now, or attempts it again after a decline.
         * @description Safe to call any number of times. After a decline a new attempt starts if `payment_method` differs from the declined one, or if the request carries an `Idempotency-Key` that has not been used.
         */
        post: operations["confirm_checkout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/checkouts/{checkout_id}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Looks at the payment now, or attempts it again after a decline.
         * @deprecated
         * @description Safe to call any number of times. After a decline a new attempt starts if `payment_method` differs from the declined one, or if the request carries an `Idempotency-Key` that has not been used.
         *
         *     Deprecated since 2026-12-01; may go after 2027-07-01. Use `POST /v1/checkouts/{checkout_id}/confirmations`, which takes and answers the same.
         */
        post: operations["confirm_checkout_by_verb"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/checkouts/{checkout_id}/cancellations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a checkout up: stock and cart are free again, the payment is undone.
         * @description Safe to call any number of times. While the outcome of the payment is not known this is a wish: money that turns up later goes back. `202` means that the undoing goes on.
         */
        post: operations["cancel_checkout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/checkouts/{checkout_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a checkout up: stock and cart are free again, the payment is undone.
         * @deprecated
         * @description Safe to call any number of times. While the outcome of the payment is not known this is a wish: money that turns up later goes back. `202` means that the undoing goes on.
         *
         *     Deprecated since 2026-12-01; may go after 2027-07-01. Use `POST /v1/checkouts/{checkout_id}/cancellations`, which takes and answers the same.
         */
        post: operations["cancel_checkout_by_verb"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the orders of the signed-in person; for staff those of everybody. Newest first. */
        get: operations["list_orders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{order_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows an order to its buyer or to staff. */
        get: operations["get_order"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{order_id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells what happened to an order, oldest first. */
        get: operations["get_order_timeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{order_id}/cancellations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancels an order before anything of it has left.
         * @description The order is cancelled with the answer; money and stock follow. While the outcome of the payment is not known this is a wish: money that turns up later goes back.
         */
        post: operations["cancel_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{order_id}/fulfillments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Packs a parcel from pieces of an order that are in no parcel yet. */
        post: operations["create_fulfillment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fulfillments/{fulfillment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Sends a parcel, notes its arrival, names its tracking. */
        patch: operations["update_fulfillment"];
        trace?: never;
    };
    "/v1/promotions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists promotions, newest first. */
        get: operations["list_promotions"];
        put?: never;
        /**
         * Creates a promotion.
         * @description Code, kind, value and `combinable` stay as they are: buyers with the code in a cart have seen them. For another value disable the promotion, and make one with another code.
         */
        post: operations["create_promotion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/promotions/{promotion_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a promotion, with how often it is redeemed. */
        get: operations["get_promotion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Changes when, how often and for which carts a promotion counts, or disables it.
         * @description Checkouts that hold it already keep it. Redemptions do not change its version.
         */
        patch: operations["update_promotion"];
        trace?: never;
    };
    "/v1/orders/{order_id}/returns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the returns of an order, and what of it can still be sent back. */
        get: operations["list_returns"];
        put?: never;
        /**
         * Asks to send pieces of an order back.
         * @description That of a buyer waits for the shop's decision and must come within the shop's window; one that staff writes down is approved at once. No piece can be in two returns.
         */
        post: operations["create_return"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/returns/{return_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a return to its buyer or to staff. */
        get: operations["get_return"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Approves or rejects what a buyer wants to send back. */
        patch: operations["decide_return"];
        trace?: never;
    };
    "/v1/returns/{return_id}/cancellations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a return up before anything arrived.
         * @description Safe to call any number of times. Its pieces can be in another return then.
         */
        post: operations["cancel_return"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/returns/{return_id}/receipts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Notes how an approved return arrived; stock and money go back.
         * @description The refund is each line's share of what was paid for it, by the pieces that arrived, and the price of delivery if asked for. Stock and money follow the answer; `restock_status` and `refund.status` say how far they are.
         */
        post: operations["receive_return"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what concerns the caller, latest first. */
        get: operations["list_my_notifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/notifications/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Marks a notification as seen or put away, or takes that back. */
        patch: operations["update_my_notification"];
        trace?: never;
    };
    "/v1/me/notification-counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Counts what is in the caller's inbox.
         * @description Cheap enough to be asked for with every page: it looks at 1,000 entries of an index at most.
         */
        get: operations["count_my_notifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/notification-seen-marks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Marks all notifications up to one as seen.
         * @description What has come since the caller looked stays unread. A repeat marks nothing, so it needs no idempotency key.
         */
        post: operations["mark_my_notifications_seen"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/notification-preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows what the caller is told, and where. */
        get: operations["get_my_notification_preferences"];
        /**
         * Chooses what the caller is told, and where.
         * @description Counts for messages that are asked for from then on, and for those that have not left yet. Security messages cannot be switched off. What was gathered for a digest leaves at once if the topic is not gathered any more, or is dropped if it is off.
         */
        put: operations["put_my_notification_preferences"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists messages sent and to be sent, latest first. */
        get: operations["list_messages"];
        put?: never;
        /**
         * Sends somebody a message made from a template, at once or later.
         * @description It goes the way that all messages go: what its reader has switched off is dropped, what they want gathered waits for the digest, telephones are quiet in quiet hours, and nothing is sent to addresses that refuse mail. An order has to be the reader's. What it says is kept sealed until it is sent.
         */
        post: operations["create_message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows what became of a message. */
        get: operations["get_message"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages/{id}/cancellations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stops a message that waits for its time.
         * @description Safe to call any number of times. What it says is forgotten.
         */
        post: operations["cancel_message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/message-templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the messages that can be asked for, with what they take. */
        get: operations["list_message_templates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/message-suppressions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists addresses that nothing is sent to, latest first.
         * @description An address gets here when a server says that there is no such mailbox: 550, 551 or 553.
         */
        get: operations["list_message_suppressions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/message-suppressions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Lets messages be sent to an address again.
         * @description Messages that were dropped meanwhile stay so.
         */
        delete: operations["delete_message_suppression"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/event-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the types of events that are told outside, all on one page. */
        get: operations["list_event_types"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists what happened, from old to new.
         * @description A reader that follows `next_cursor` gets every event once and misses none, however long it pauses, as long as events are kept (`notifications.events.retention_days`). Then it is told: 410.
         */
        get: operations["list_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns one event of the log. */
        get: operations["get_event"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Streams what happens, as Server-Sent Events.
         * @description The `id` of an event is its `sequence`, its `data` what `GET /v1/events` lists. Without `Last-Event-ID` the stream begins with what happens from now on; `0` begins with the oldest event that is kept. A comment says that all there is was told, and comes again as a sign of life. The event `end` says why the stream ends: `stopping`, or the code of a problem, such as `invalid_token`. Connect again with the last `id` to go on.
         */
        get: operations["stream_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the receivers of webhooks, oldest first, all on one page. */
        get: operations["list_webhook_endpoints"];
        put?: never;
        /**
         * Adds a receiver of webhooks.
         * @description It gets what happens from now on, until it is disabled or deleted, whoever has made it. The answer has its secret; no other answer will. With the signature `v1a` there is none: `public_key` is all that its receiver needs.
         */
        post: operations["create_webhook_endpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a receiver of webhooks. */
        get: operations["get_webhook_endpoint"];
        put?: never;
        post?: never;
        /** Removes a receiver of webhooks, and what is on its way to it. */
        delete: operations["delete_webhook_endpoint"];
        options?: never;
        head?: never;
        /** Changes, disables or enables a receiver of webhooks. */
        patch: operations["update_webhook_endpoint"];
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/secret-rotations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a receiver of webhooks a new secret or key pair.
         * @description For 24 hours each webhook has two signatures, of the new secret and of the one before: put the new one to use within that time. The answer has it; no other answer will. With the signature `v1a` it has `public_key` instead.
         */
        post: operations["rotate_webhook_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/test-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends an event that did not happen, once.
         * @description Also to a receiver that is disabled. Its `sequence` is 0: it is in no log.
         */
        post: operations["test_webhook_endpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/replays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends a stretch of the log again.
         * @description Of the types that the receiver gets, under the same ids as before, behind everything that is on its way to it.
         */
        post: operations["replay_webhooks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists deliveries of webhooks, latest first. */
        get: operations["list_webhook_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-deliveries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns a delivery of a webhook. */
        get: operations["get_webhook_delivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-deliveries/{id}/retries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Has a webhook sent again, now.
         * @description One that was delivered or given up begins anew, behind everything that is on its way to the receiver. One that waits for an earlier event about the same thing, or is being sent, goes on as it is.
         */
        post: operations["retry_webhook_delivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/unsubscriptions/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows a page with a button that stops mails about a topic.
         * @description The link at the end of mails. It changes nothing: programs that look at links before people do cannot stop anything.
         */
        get: operations["show_unsubscription"];
        put?: never;
        /**
         * Stops mails about a topic, without signing in.
         * @description For the button of the page, and for mail programs: mails name this address in `List-Unsubscribe` (RFC 8058). The token says whose mails and about what; a repeat changes nothing. Those who are signed in take it back with `PUT /v1/me/notification-preferences`.
         */
        post: operations["create_unsubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/contact-points": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the caller's telephones and devices, oldest first, all on one page. */
        get: operations["list_my_contact_points"];
        put?: never;
        /**
         * Adds a telephone or a device of the caller.
         * @description A telephone is sent a code of six digits, which counts for ten minutes and five guesses; until it is given back, nothing else is sent there. A device counts at once. One that is there already is answered as it is, and is sent no code. At most five codes are sent within a day.
         */
        post: operations["create_my_contact_point"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/contact-points/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Removes a telephone or a device of the caller.
         * @description Its number or token is gone at once, and what is on its way there is dropped.
         */
        delete: operations["delete_my_contact_point"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/contact-points/{id}/codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends a telephone of the caller another code.
         * @description The code before counts no more.
         */
        post: operations["send_my_contact_point_code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/contact-points/{id}/verifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Proves a telephone of the caller by the code that it was sent.
         * @description Whoever repeats it finds the telephone proved, so it needs no idempotency key.
         */
        post: operations["verify_my_contact_point"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what happened, latest first. */
        get: operations["list_audit_entries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/entries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns one entry of the audit log. */
        get: operations["get_audit_entry"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/entries/{id}/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Proves that an entry is in the audit log, to whoever noted a root of it. */
        get: operations["get_audit_entry_proof"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/idempotency-keys/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Says what became of the requests that the caller sent with an `Idempotency-Key`.
         * @description For clients that got no answer. Keys are the caller's own: those of the signed-in user, or of whoever knows the cart's secret.
         *
         *     `unseen` says that nothing was recorded yet and nothing is known to be running: send the request again **with the same key**, since the first copy may still arrive. `running`: ask again. `done`: `location` leads to what it made, or `problem` says why it was refused.
         */
        get: operations["get_idempotency_key"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/invariants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the rules that stored data must always obey, and the rows that break them.
         * @description The workers of each module look at its rules every five seconds; where there is much data, a look goes through it in stretches, and `checked_at` says when it last came to the end. A row that breaks a rule is published once, as `invariant.violated`, and once as `invariant.restored` when that is over. `tenon verify` checks the same rules, and those that span modules, while nothing runs.
         */
        get: operations["list_invariants"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/deprecations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists what of the API is deprecated, and which credentials still use it.
         * @description Uses are written down once a day for each part and credential. API keys and OAuth clients are named, people are not. The metric `tenon_deprecated_uses_total` counts requests.
         */
        get: operations["list_deprecations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows how a command goes that takes long, or waits for its next change.
         * @description Commands that answered 202 with this `Location` go on in the background. Whoever sent the command may look, and staff. While it goes on there is `Retry-After`; with `Prefer: wait=20` (RFC 7240) the answer comes as soon as something changes, after at most so many seconds. Send the known `ETag` in `If-None-Match` to miss no change. Operations are kept for 30 days after their end.
         */
        get: operations["get_operation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the jobs of all modules, newest first.
         * @description What a job holds is not shown; `reason` says why its last attempt failed. `state=dead` lists what was given up. Jobs that were done or cancelled are kept for seven days. A page is put together from all modules; one that does not answer is named in `unreachable`, and what it has between this page and the next is not listed.
         */
        get: operations["list_jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Puts a job back to work that was given up, or cancels one.
         * @description `pending` puts a dead job back, with all attempts before it; its operation goes on. If another one of its kind and key waits by now, that does the work, and this one is `cancelled`. `cancelled` is for kinds that nothing waits for: what a schedule brings again, or what an operation tells of, which then fails with [`operation_cancelled`](/errors/operation_cancelled). Sent again it changes nothing. There is no `If-Match`: a job that has moved on meanwhile is refused by its state. Who did it is in the audit log, as `job.retried` and `job.cancelled`.
         */
        patch: operations["update_job"];
        trace?: never;
    };
    "/v1/admin/sagas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the sagas of all modules that are not at their end, oldest first.
         * @description Checkouts, for one. `wake_at` in the past says that nobody has come: it stands still. A page is put together from all modules; one that does not answer is named in `unreachable`, and what it has between this page and the next is not listed.
         */
        get: operations["list_sagas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admin/sagas/{id}/resumptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Has a saga go on without waiting for its time.
         * @description Its next step is tried at once, in the background. Harmless whatever it waits for, and when repeated: one that has nothing to do yet stays as it is, and of two that drive it one stops. Who asked is in the audit log, as `saga.resumed`.
         */
        post: operations["resume_saga"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A request that was taken. */
        Accepted: {
            /** @description For people; the same whether or not the address is known. */
            detail: string;
        };
        /** @description What goes into the cart. There is no price in it: prices come from the catalog. */
        AddCartLineBody: {
            variant_id: string;
            /**
             * Format: int64
             * @description How many.
             */
            quantity: number;
        };
        /** @description What the buyer entered. */
        AddPromotionCodeBody: {
            /** @description Letter case does not matter. */
            code: string;
        };
        /** @description A postal address. */
        Address: {
            /** @description Who receives it. */
            name: string;
            /** @description Street and number. */
            line1: string;
            /** @description Flat, floor, company. */
            line2?: string | null;
            /** @description Town. */
            city: string;
            /** @description State or province, where addresses have one. */
            region?: string | null;
            /** @description Postal code, where addresses have one. */
            postal_code?: string | null;
            /** @description ISO 3166-1 alpha-2 code. */
            country: string;
            /** @description For the carrier. */
            phone?: string | null;
        };
        /** @description A postal address. */
        AddressInput: {
            /** @description Who receives it. */
            name: string;
            /** @description Street and number. */
            line1: string;
            /** @description Flat, floor, company. */
            line2?: string | null;
            /** @description Town. */
            city: string;
            /** @description State or province, where addresses have one. */
            region?: string | null;
            /** @description Postal code, where addresses have one. */
            postal_code?: string | null;
            /** @description ISO 3166-1 alpha-2 code. */
            country: string;
            /** @description For the carrier. */
            phone?: string | null;
        };
        /** @description Request body. */
        AdjustInventoryBody: {
            variant_id: string;
            /** @description The main warehouse unless said. */
            location_id?: string | null;
            /**
             * Format: int64
             * @description Pieces that came (positive) or went (negative); not zero.
             */
            delta: number;
            reason: components["schemas"]["AdjustmentReason"];
            /** @description For people who read the ledger. */
            note?: string | null;
        };
        /** @description Why stock changes. */
        AdjustmentReason: "received" | "counted" | "damaged" | "lost" | "returned" | "correction";
        /** @description A key with which a program acts for its owner. */
        ApiKey: {
            /** @description Which; the 26 characters after `tnk_` of the key are those of its id. */
            id: string;
            /** @description Whose, if a person's. */
            user_id: string | null;
            /** @description Whose, if a program's. */
            service_account_id: string | null;
            /** @description What the key is for. */
            name: string;
            /** @description What it may do, as far as its owner may. */
            scopes: string[];
            /** @description Where it may be sent from; anywhere if there are none. */
            networks: string[];
            /**
             * Format: date-time
             * @description When it ends.
             */
            expires_at: string | null;
            /**
             * Format: date-time
             * @description Until when the secret before the current one is taken, too.
             */
            previous_secret_until: string | null;
            /**
             * Format: date-time
             * @description When it was last used, a minute more or less. Changes no version.
             */
            last_used_at: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updated_at: string;
            /** @description What to send as `Authorization: Bearer`, in the answer to the command that made it only. */
            secret?: string | null;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        ApiKeyList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["ApiKey"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description What changes; absent members stay. What a key may do does not change: make another. */
        ApiKeyPatch: {
            /** @description 1 to 100 characters. */
            name?: string | null;
            /** @description All addresses and networks from now on; anywhere if there are none. */
            networks?: string[] | null;
            /**
             * Format: date-time
             * @description When it ends; null: never.
             */
            expires_at?: string | null;
        };
        /** @description One thing that happened. It is never changed and never removed. */
        AuditEntry: {
            /** @description Its id. */
            id: string;
            /**
             * Format: int64
             * @description Its place in the hash chain, gap-free from 1.
             */
            seq: number;
            /**
             * Format: date-time
             * @description When it happened.
             */
            occurred_at: string;
            /**
             * Format: date-time
             * @description When it was written down.
             */
            recorded_at: string;
            /** @description Who did it: a user's id, `service:orders`, or `anonymous`. */
            actor: string;
            /** @description Through which interface. */
            interface: components["schemas"]["Interface"];
            /** @description What was done: `order.placed`, `user.role_assigned`. */
            action: string;
            /** @description Id of the thing it was done to. */
            target: string;
            /** @description The module that said so. */
            source: string;
            /** @description The event it was made from. */
            event_id: string;
            /** @description The `Trace-Id` of the request. */
            trace_id?: string | null;
            /** @description The request or event that everything follows from. */
            correlation_id?: string | null;
            /** @description The event that directly caused it. */
            causation_id?: string | null;
            /** @description Changed members as they were; personal data is masked. */
            before?: unknown;
            /** @description Changed members as they are; personal data is masked. */
            after?: unknown;
            /** @description What the event said, if it is not a change by someone; personal data is masked. */
            data?: unknown;
            /** @description Hash of the entry before, 64 hexadecimal digits. */
            previous_hash: string;
            /** @description SHA-256 over the previous hash and this entry, 64 hexadecimal digits. */
            hash: string;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        AuditEntryList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["AuditEntry"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description Shows that an entry is in the Merkle tree over the log (RFC 9162 §2.1). Hashes are SHA-256 in 64 hexadecimal digits. */
        AuditEntryProof: {
            /** @description The entry. */
            entry_id: string;
            /**
             * Format: int64
             * @description Its place in the tree, from 0: its `seq` less 1.
             */
            leaf_index: number;
            /** @description Hash of a zero byte and the 32 bytes of the entry's `hash`. */
            leaf_hash: string;
            /**
             * Format: int64
             * @description How many entries the tree has.
             */
            tree_size: number;
            /** @description Hash of the tree. Nothing signs it: keep it elsewhere, with `tree_size`, and hold later proofs against it. */
            root_hash: string;
            /** @description From the leaf to the root, bottom up (RFC 9162 §2.1.3). */
            inclusion_path: string[];
            /**
             * Format: int64
             * @description Size of the older tree, as asked.
             */
            consistent_with?: number | null;
            /** @description From the older tree to this one (RFC 9162 §2.1.4); empty if they are the same. */
            consistency_path?: string[] | null;
        };
        /** @description What clients have to know of this server (OpenID Connect Discovery §3, RFC 8414 §2). */
        AuthorizationServer: {
            /** @description `iss` of tokens and answers. */
            issuer: string;
            /** @description Where browsers are sent. */
            authorization_endpoint: string;
            /** @description Where codes are exchanged. */
            token_endpoint: string;
            /** @description Says who has signed in. */
            userinfo_endpoint: string;
            /** @description The keys of tokens. */
            jwks_uri: string;
            /** @description Where tokens are given back. */
            revocation_endpoint: string;
            /** @description Says what a token is. */
            introspection_endpoint: string;
            /** @description Scopes that a client can be registered for. */
            scopes_supported: string[];
            /** @description `code` */
            response_types_supported: string[];
            /** @description `query` */
            response_modes_supported: string[];
            /** @description How programs get tokens. */
            grant_types_supported: string[];
            /** @description `public`: `sub` is the same for every client. */
            subject_types_supported: string[];
            /** @description `EdDSA`, with Ed25519. */
            id_token_signing_alg_values_supported: string[];
            /** @description How clients show who they are. */
            token_endpoint_auth_methods_supported: string[];
            /** @description How clients show who they are. */
            revocation_endpoint_auth_methods_supported: string[];
            /** @description How clients show who they are. */
            introspection_endpoint_auth_methods_supported: string[];
            /** @description `S256` */
            code_challenge_methods_supported: string[];
            /** @description What may stand in `prompt`. */
            prompt_values_supported: string[];
            /** @description What ID tokens and userinfo tell. */
            claims_supported: string[];
            /** @description Whether answers carry `iss` (RFC 9207). */
            authorization_response_iss_parameter_supported: boolean;
            /** @description Whether `claims` is read. */
            claims_parameter_supported: boolean;
            /** @description Whether `request` is read. */
            request_parameter_supported: boolean;
            /** @description Whether `request_uri` is read. */
            request_uri_parameter_supported: boolean;
            /** @description The guide for developers. */
            service_documentation: string;
        };
        /** @description Whether something can be had. */
        Availability: "in_stock" | "out_of_stock";
        /** @description The operator's token and the person who administers from now on. */
        BootstrapBody: {
            /** @description From `tenon admin bootstrap`. */
            token: string;
            /**
             * Format: email
             * @description The operator vouches for it: it needs no proof.
             */
            email: string;
            /**
             * Format: password
             * @description 8 to 256 characters, any characters.
             */
            password: string;
            /** @description What to call them: 1 to 100 characters. */
            display_name?: string | null;
        };
        /** @description The first administrator. */
        Bootstrapped: {
            /** @description Who. */
            user_id: string;
        };
        /** @description Why. */
        CancelOrderBody: {
            /** @description In the caller's own words; kept in the audit log. */
            note?: string | null;
        };
        /** @description Why an order or a checkout came to nothing. */
        CancelReason: "customer_request" | "shop_request" | "expired" | "out_of_stock" | "payment_mismatch" | "payment_failed" | "promotion_exhausted" | "unknown";
        /** @description Authorised money being taken. */
        Capture: {
            id: string;
            payment_id: string;
            /**
             * Format: uint32
             * @description Counted from 1.
             */
            number: number;
            amount: components["schemas"]["Money"];
            status: components["schemas"]["PaymentOperationStatus"];
            /** Format: date-time */
            created_at: string;
        };
        /** @description When authorised money is taken. */
        CaptureMode: "immediate" | "on_ship";
        /** @description Request body. */
        CapturePaymentBody: {
            /**
             * @description All that is authorised and not captured, if absent.
             * @default null
             */
            amount: components["schemas"]["Money"] | null;
        };
        /** @description A cart: what it holds at the prices its buyer saw, and what has changed since. */
        Cart: {
            id: string;
            /** @description `active`: can be changed; `frozen`: held by `checkout_id`; `closed`: bought, or merged into `merged_into`. */
            status: string;
            /**
             * @description ISO 4217 code.
             * @enum {string}
             */
            currency: "AUD" | "BHD" | "BRL" | "CAD" | "CHF" | "CNY" | "CZK" | "DKK" | "EUR" | "GBP" | "HKD" | "HUF" | "IDR" | "ILS" | "INR" | "ISK" | "JOD" | "JPY" | "KRW" | "KWD" | "MXN" | "MYR" | "NOK" | "NZD" | "OMR" | "PHP" | "PLN" | "RON" | "SEK" | "SGD" | "THB" | "TND" | "TRY" | "TWD" | "USD" | "VND" | "ZAR";
            email: string | null;
            shipping_address: components["schemas"]["Address"] | null;
            billing_address: components["schemas"]["Address"] | null;
            shipping_method: string | null;
            /** @description Oldest first. */
            lines: components["schemas"]["CartLine"][];
            /** @description Those that were entered, in this order; `problems` say why one takes nothing off. */
            promotion_codes: components["schemas"]["CartPromotionCode"][];
            /** @description At the prices of the lines; delivery counts once a possible way is chosen. */
            totals: components["schemas"]["Totals"];
            /**
             * @description What has changed since the buyer saw it, and what a merge left out. A `PATCH` with `{}` takes all prices as they
             *     are now, and takes note of the rest.
             */
            problems: components["schemas"]["CartProblem"][];
            /** @description Pointers of what is still to be filled in before checkout. */
            missing: string[];
            /** @description The checkout that holds it. */
            checkout_id: string | null;
            /** @description The cart that took what this one held. */
            merged_into?: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @description With `explain=true`. */
            explanation?: components["schemas"]["Explanation"] | null;
        };
        /** @description So many of one variant. */
        CartLine: {
            id: string;
            variant_id: string;
            product_id: string;
            sku: string;
            title: string;
            /** @description URL or `data:` URL of a picture. */
            image: string | null;
            /** Format: int64 */
            quantity: number;
            /** @description Price of one, as the buyer saw it. */
            unit_price: components["schemas"]["Money"];
            /** @description The line's share of what promotions take off. */
            discount: components["schemas"]["Money"];
            /** @description `unit_price × quantity - discount`. */
            total: components["schemas"]["Money"];
            /** @description The line's share of the tax. */
            tax: components["schemas"]["Money"];
        };
        /** @description Something about a cart that its owner should know; data, not an error. */
        CartProblem: {
            /** @description What is wrong. */
            code: components["schemas"]["CartProblemCode"];
            /** @description JSON pointer into the cart: `/lines/0` or `/email`. */
            pointer: string;
            /** @description One sentence for people. */
            detail: string;
            /** @description The line it is about. */
            line_id?: string | null;
            /**
             * Format: int64
             * @description How many can be had, if there are too few.
             */
            available?: number | null;
            /** @description The price now, if it changed; for `promotion_minimum` what the lines must cost. */
            price?: components["schemas"]["Money"] | null;
            /** @description What of a merged cart found no room. */
            left_out?: components["schemas"]["LeftOut"] | null;
        };
        /** @description What can be wrong with a cart. */
        CartProblemCode: "out_of_stock" | "price_changed" | "variant_unavailable" | "currency_mismatch" | "shipping_unavailable" | "promotion_ended" | "promotion_exhausted" | "promotion_minimum" | "promotion_currency" | "missing" | "not_checked" | "quantity_limit" | "line_limit" | "promotion_not_combinable" | "promotion_limit" | "unknown";
        /** @description A promotion code in a cart. */
        CartPromotionCode: {
            code: string;
            /** @description What it takes off now. */
            discount: components["schemas"]["Money"];
        };
        /** @description A category. */
        Category: {
            id: string;
            /** @description Its place in URLs; `GET /v1/products?category=<slug>` lists what is in it. */
            slug: string;
            title: string;
            /** @description Plain text. */
            description: string;
            /**
             * Format: int64
             * @description Lower comes first.
             */
            position: number;
            /** Format: int64 */
            version: number;
            /** Format: date-time */
            created_at: string;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        CategoryList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["Category"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description The category of a product. */
        CategoryRef: {
            id: string;
            slug: string;
        };
        /** @description Which mail is wanted, and where. */
        ChallengeBody: {
            /** @description What the mail is for. */
            purpose: components["schemas"]["ChallengePurpose"];
            /**
             * Format: email
             * @description Where to send it.
             */
            email: string;
        };
        ChallengePurpose: "verify_email" | "recover";
        /** @description The token from the mail. */
        ChallengeResponseBody: {
            /** @description As in the mail: 43 characters. */
            token: string;
            /**
             * Format: password
             * @description The password to set: needed for recovery, and where none was chosen at registration.
             */
            new_password?: string | null;
        };
        /** @description Over which channel a message goes. */
        Channel: "email" | "sms" | "push" | "unknown";
        /** @description A checkout: a frozen cart on its way to an order. */
        Checkout: {
            id: string;
            /**
             * @description `processing`, `requires_action`, `payment_declined`, `closing`, `completed`, `failed`, `expired` or
             *     `cancelled`. More may come.
             */
            status: string;
            cart_id: string;
            /** @description The order, once it is written down; it is placed when the checkout is `completed`. */
            order_id: string | null;
            payment: components["schemas"]["CheckoutPayment"] | null;
            /** @description What the buyer must do next. */
            next_action: components["schemas"]["NextAction"] | null;
            /** @description What stands in the way. */
            problems: components["schemas"]["CheckoutProblem"][];
            lines: components["schemas"]["OrderLine"][];
            totals: components["schemas"]["Totals"];
            /** @description Why it came to nothing. */
            reason: components["schemas"]["CancelReason"] | null;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description Until when price and stock are held.
             */
            expires_at: string;
        };
        /** @description The payment of a checkout, as of the last look at it. */
        CheckoutPayment: {
            id: string;
            status: components["schemas"]["PaymentStatus"];
            /** Format: uint32 */
            attempts: number;
        };
        /** @description Something that stands in the way of a checkout. */
        CheckoutProblem: {
            /** @description `payment_declined` */
            code: string;
            /** @description One sentence for people. */
            detail: string;
            /** @description Why the last attempt to pay was refused. */
            decline: components["schemas"]["DeclineClass"] | null;
        };
        /** @description The form of the page to type a code on. */
        CodeForm: {
            /** @description The query that the page was shown for. */
            request: string;
            /** @description The mark of the form. */
            form_token: string;
            /** @description The sign-in that waits for the code. */
            challenge_token: string;
            /** @description Six digits of an app, or a recovery code. */
            one_time_code: string;
        };
        /** @description How the buyer pays now. */
        ConfirmCheckoutBody: {
            /** @description After a decline: the provider's name for how the buyer pays this time. */
            payment_method?: string | null;
        };
        /** @description A factor that is asked for from now on. */
        ConfirmedFactor: {
            /** @description Which one. */
            id: string;
            /** @description What it is. */
            kind: components["schemas"]["FactorKind"];
            /** @description What its owner calls it. */
            name: string;
            /** @description Where it stands. */
            status: components["schemas"]["FactorStatus"];
            /**
             * Format: date-time
             * @description When it last counted.
             */
            last_used_at: string | null;
            /**
             * Format: date-time
             * @description When its first proof came.
             */
            confirmed_at: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description With your first factor: ten codes that stand in for it, each once. No other answer will have them. */
            recovery_codes?: string[] | null;
        };
        /** @description A program that may act for you. */
        Consent: {
            /** @description Which program. */
            client_id: string;
            /** @description What it is called. */
            client_name: string;
            /** @description What it may do. */
            scopes: string[];
            /**
             * Format: date-time
             * @description When you last agreed.
             */
            granted_at: string;
        };
        /** @description The form of the page to agree on. */
        ConsentForm: {
            /** @description The query that the page was shown for. */
            request: string;
            /** @description The mark of the form. */
            form_token: string;
            /** @description What the person chose. */
            decision: components["schemas"]["Decision"];
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        ConsentList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["Consent"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description A telephone or a device. */
        ContactPoint: {
            /** @description Its id. */
            id: string;
            /** @description What it is. */
            kind: components["schemas"]["ContactPointKind"];
            /** @description What a device runs; absent for telephones. */
            platform?: components["schemas"]["PushPlatform"] | null;
            /** @description The end of the number or token: no answer has more of it. */
            hint: string;
            /** @description Whether it gets messages. */
            status: components["schemas"]["ContactPointStatus"];
            /**
             * Format: int64
             * @description Grows with each change: `If-Match: "v<version>"`.
             */
            version: number;
            /**
             * Format: date-time
             * @description When it was added.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was proved.
             */
            verified_at: string | null;
        };
        /** @description What a contact point is. */
        ContactPointKind: "sms" | "push";
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        ContactPointList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["ContactPoint"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description Whether its owner has proved to hold it. */
        ContactPointStatus: "unverified" | "verified";
        /** @description A key that is to be. */
        CreateApiKey: {
            /** @description What the key is for: 1 to 100 characters. */
            name: string;
            /** @description What it may do: `api:read` or `api:write`, and `staff`, `admin` where its owner has the role. */
            scopes: string[];
            /**
             * @description Addresses and networks that it may be sent from, such as `192.0.2.0/24` or `2001:db8::/32`; anywhere if there are
             *     none.
             * @default []
             */
            networks: string[];
            /**
             * Format: date-time
             * @description When it ends; never unless said.
             */
            expires_at?: string | null;
        };
        /** @description A new cart. */
        CreateCartBody: {
            /**
             * @description ISO 4217 code; the shop's own currency if absent. Fixed for the life of the cart.
             * @enum {string|null}
             */
            currency?: "AUD" | "BHD" | "BRL" | "CAD" | "CHF" | "CNY" | "CZK" | "DKK" | "EUR" | "GBP" | "HKD" | "HUF" | "IDR" | "ILS" | "INR" | "ISK" | "JOD" | "JPY" | "KRW" | "KWD" | "MXN" | "MYR" | "NOK" | "NZD" | "OMR" | "PHP" | "PLN" | "RON" | "SEK" | "SGD" | "THB" | "TND" | "TRY" | "TWD" | "USD" | "VND" | "ZAR" | null;
        };
        /** @description Request body. */
        CreateCategoryBody: {
            /** @description Its place in URLs: lower-case letters, digits and single hyphens. */
            slug: string;
            title: string;
            /**
             * @description Plain text.
             * @default
             */
            description: string;
            /**
             * Format: int64
             * @description Lower comes first.
             * @default 0
             */
            position: number;
        };
        /** @description A telephone or a device. */
        CreateContactPoint: {
            /** @description What it is. */
            kind: components["schemas"]["ContactPointKind"];
            /** @description Of a telephone: international, `+4915112345678` (E.164). */
            number?: string | null;
            /** @description Of a device: what its app was given by the service that pushes. */
            token?: string | null;
            /** @description Of a device: what it runs. */
            platform?: components["schemas"]["PushPlatform"] | null;
        };
        /** @description Request body. */
        CreateCustomerGroupBody: {
            /** @description For people who run the shop: `Resellers`. */
            name: string;
        };
        /** @description A factor that is to be. */
        CreateFactor: {
            /** @description What it is. */
            kind: components["schemas"]["FactorKind"];
            /** @description What to call it: 1 to 100 characters; `Authenticator app` or `Passkey` unless said. */
            name?: string | null;
        };
        /** @description What a browser brought back. */
        CreateFederatedSession: {
            /** @description `code` of the address that the browser came back to. */
            federation_code: string;
            /** @description What the challenge was made from: 43 to 128 characters. */
            code_verifier: string;
            /** @description From an earlier sign-in on this device. */
            device_token?: string | null;
        };
        /** @description What goes into the parcel. */
        CreateFulfillmentBody: {
            lines: components["schemas"]["ParcelLineBody"][];
        };
        /** @description A message to somebody. */
        CreateMessage: {
            /** @description Whom it is for: one of the two. */
            to: components["schemas"]["MessageAddressee"];
            /** @description Over which channel; an address takes mail only. */
            channel: components["schemas"]["RequestedChannel"];
            /** @description What it says: `GET /v1/message-templates` lists what there is. */
            template: components["schemas"]["TransactionalTemplate"];
            /** @description What the template takes. */
            parameters: {
                [key: string]: unknown;
            };
            /**
             * Format: date-time
             * @description When: a time to come, within 30 days. At once unless said.
             */
            send_at?: string | null;
        };
        /** @description A program that is to be registered. */
        CreateOauthClient: {
            /** @description Shown to people who are asked to agree: 1 to 100 characters. */
            name: string;
            /** @description Whether it can keep a secret; cannot be changed later. */
            type: components["schemas"]["OauthClientType"];
            /**
             * @description Where browsers are sent back to: `https`, or `http` with a loopback address; no wildcard, no fragment.
             * @default []
             */
            redirect_uris: string[];
            /** @description How it gets tokens. */
            grants: components["schemas"]["OauthGrant"][];
            /** @description The most it can be given: `openid`, `profile`, `email`, `api:read`, `api:write`, `staff`, `admin`. */
            scopes: string[];
        };
        /** @description Request body. */
        CreatePriceListBody: {
            /** @description For people who run the shop. */
            name: string;
            /**
             * @description What its rows are in.
             * @enum {string}
             */
            currency: "AUD" | "BHD" | "BRL" | "CAD" | "CHF" | "CNY" | "CZK" | "DKK" | "EUR" | "GBP" | "HKD" | "HUF" | "IDR" | "ILS" | "INR" | "ISK" | "JOD" | "JPY" | "KRW" | "KWD" | "MXN" | "MYR" | "NOK" | "NZD" | "OMR" | "PHP" | "PLN" | "RON" | "SEK" | "SGD" | "THB" | "TND" | "TRY" | "TWD" | "USD" | "VND" | "ZAR";
            /** @description `draft` unless said. */
            status?: components["schemas"]["PriceListStatus"] | null;
            /**
             * Format: date-time
             * @description It counts from here on, itself included.
             */
            valid_from?: string | null;
            /**
             * Format: date-time
             * @description It no longer counts from here on.
             */
            valid_until?: string | null;
            /**
             * Format: int64
             * @description Higher wins.
             * @default 0
             */
            priority: number;
            /**
             * @description Whom it is for; everybody without one.
             * @default []
             */
            customer_group_ids: string[];
        };
        /** @description Request body. */
        CreateProductBody: {
            /** @description Its place in URLs: lower-case letters, digits and single hyphens. */
            slug: string;
            title: string;
            /**
             * @description Plain text.
             * @default
             */
            description: string;
            /** @description An `https:` URL, or a small picture as a `data:` URL. */
            image?: string | null;
            category_id?: string | null;
            /** @description `draft` unless said; `active` publishes it at once. */
            status?: components["schemas"]["ProductStatus"] | null;
            /** @description Its first variants, in the order of the shop. */
            variants?: components["schemas"]["VariantBody"][];
        };
        /** @description Request body. */
        CreatePromotionBody: {
            /** @description What buyers enter: letters, digits, hyphens and underscores. Letter case does not matter. */
            code: string;
            kind: components["schemas"]["PromotionKind"];
            /** @description Of `percent`: above 0 and up to 1, as a decimal string: `0.10`. */
            rate?: string | null;
            /**
             * @description Of `fixed`: what it takes off, one amount for each currency that it counts in.
             * @default []
             */
            amounts: components["schemas"]["Money"][];
            /**
             * @description What a cart must be worth, before any discount: at most one amount for each currency.
             * @default []
             */
            minimum_subtotals: components["schemas"]["Money"][];
            /**
             * Format: date-time
             * @description It counts from this moment; at once if absent.
             */
            valid_from?: string | null;
            /**
             * Format: date-time
             * @description From this moment it does not count any more.
             */
            valid_until?: string | null;
            /** @description `active` unless said. */
            status?: components["schemas"]["PromotionState"] | null;
            /**
             * Format: int64
             * @description How often all buyers together may redeem it; no limit if absent.
             */
            total_limit?: number | null;
            /**
             * Format: int64
             * @description How often one buyer may redeem it; no limit if absent.
             */
            customer_limit?: number | null;
            /**
             * @description Whether it counts beside other promotions that are combinable, too.
             * @default false
             */
            combinable: boolean;
        };
        /** @description What is to come back, and why. */
        CreateReturnBody: {
            lines: components["schemas"]["ReturnLineInput"][];
            /** @description In the caller's own words. */
            note?: string | null;
        };
        /** @description An account that is to be. */
        CreateServiceAccount: {
            /** @description What it is for: 1 to 100 characters. */
            name: string;
            /** @description The most its keys may do. */
            roles: components["schemas"]["Role"][];
        };
        /** @description Somebody who is to have an account. A password is not among it: nobody chooses one for someone else. */
        CreateUser: {
            /**
             * Format: email
             * @description Where the mail goes by which they choose a password. Whoever reads it gets the account, with its roles.
             */
            email: string;
            /** @description What to call them: 1 to 100 characters. */
            display_name?: string | null;
            /** @description What they may do; `customer` unless said. */
            roles?: components["schemas"]["Role"][] | null;
        };
        /** @description A receiver that is to be. */
        CreateWebhookEndpoint: {
            /** @description Where webhooks go: `https`, port 443 or 8443, an address of the public internet. */
            url: string;
            /**
             * @description For people.
             * @default
             */
            description: string;
            /**
             * @description Types of events; all if the list is empty or absent.
             * @default []
             */
            event_types: string[];
            /**
             * @description In what order; `keyed` unless said.
             * @default keyed
             */
            mode: components["schemas"]["WebhookMode"];
            /**
             * Format: uint32
             * @description Most calls in a second; 50 unless said.
             */
            max_per_second?: number | null;
            /**
             * @description How it is signed; `v1` unless said.
             * @default v1
             */
            signature: components["schemas"]["WebhookSignature"];
        };
        /** @description Who bought. */
        Customer: {
            /** @description Absent for guests. */
            user_id?: string | null;
            /** @description Where mails about the order go. */
            email: string;
        };
        /** @description A group of customers. */
        CustomerGroup: {
            id: string;
            name: string;
            /** Format: date-time */
            created_at: string;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        CustomerGroupList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["CustomerGroup"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description Somebody in a group. */
        CustomerGroupMember: {
            user_id: string;
            /** Format: date-time */
            added_at: string;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        CustomerGroupMemberList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["CustomerGroupMember"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description Request body. */
        DecideRefundBody: {
            /**
             * @description For people; kept with the refund and in the audit log.
             * @default null
             */
            note: string | null;
        };
        /** @description What the shop decides. */
        DecideReturnBody: {
            status: components["schemas"]["ReturnDecision"];
            /** @description For the buyer, who gets it by mail. */
            note?: string | null;
        };
        /** @description What a person chooses. */
        Decision: "allow" | "deny";
        /** @description Why an attempt was declined, coarsely: providers' own words stay with staff. Open. */
        DeclineClass: "declined" | "insufficient_funds" | "authentication_failed" | "expired" | "abandoned" | "suspected_fraud" | "unrecognized";
        /** @description A deprecated part of the API. */
        Deprecation: {
            /** @description `list_products?q`: an operation, or a member of its query, `request` or `answer`. */
            part: string;
            /** @description Where it is. */
            module: string;
            /**
             * Format: date-time
             * @description Since when.
             */
            deprecated_at: string;
            /**
             * Format: date-time
             * @description Until when it certainly stays. Nothing changes by itself then.
             */
            sunset_at: string;
            /** @description What replaces it. */
            successor: string;
            /**
             * Format: int64
             * @description How many credentials have used it in the last 400 days.
             */
            credentials_total: number;
            /**
             * Format: int64
             * @description On how many days each of them did, added up.
             */
            days_total: number;
            /** @description Those that used it last, at most 100. */
            credentials: components["schemas"]["DeprecationCredential"][];
        };
        /** @description A credential that used a deprecated part. */
        DeprecationCredential: {
            kind: components["schemas"]["DeprecationCredentialKind"];
            /** @description Of the API key or the OAuth client; null for the others, who are not told apart. */
            id: string | null;
            /**
             * Format: date-time
             * @description The first day, at midnight.
             */
            first_used_at: string;
            /**
             * Format: date-time
             * @description The last day, at midnight.
             */
            last_used_at: string;
            /**
             * Format: int64
             * @description On how many days.
             */
            days: number;
        };
        /** @description What kind of credential it is. */
        DeprecationCredentialKind: "anonymous" | "account" | "client" | "api_key";
        /** @description Every deprecated part of the API. */
        Deprecations: {
            data: components["schemas"]["Deprecation"][];
            /** @description Modules whose process does not answer now: their parts are missing. */
            unreachable: string[];
        };
        /** @description Why a message was not sent. */
        DropReason: "obsolete" | "preference" | "suppressed" | "cancelled" | "unknown";
        /** @description An account that is to be erased. */
        Erasure: {
            /**
             * Format: date-time
             * @description When its owner asked for it.
             */
            requested_at: string;
            /**
             * Format: date-time
             * @description When it happens; until then it can be taken back.
             */
            erase_at: string;
        };
        /** @description Something that happened. Personal data is never in it: ask for the thing that `subject` names. */
        Event: {
            /** @description `1.0`, of CloudEvents. */
            specversion: string;
            /** @description Names the event for ever. It is told once; who sees the same id again has seen the event. */
            id: string;
            /** @description The part of the shop that tells it: `/orders`. */
            source: string;
            /** @description What happened: `order.placed`. `GET /v1/event-types` lists all types; further ones will come. */
            type: string;
            /** @description Id of the thing it is about. Events about one thing are in the order in which they happened. */
            subject: string;
            /**
             * Format: date-time
             * @description When it happened.
             */
            time: string;
            /** @description `application/json` */
            datacontenttype: string;
            /** @description Type and version of the data: `/schemas/order.placed/1`. */
            dataschema: string;
            /**
             * @description Place in the log, gap-free, as digits of equal length: in the order of the log they are ordered as texts too.
             *     The stream's `id`.
             */
            sequence: string;
            /** @description The fact, as its type's schema says. */
            data: {
                [key: string]: unknown;
            };
        };
        /** @description A part of the log, from old to new. */
        EventPage: {
            /** @description At most `limit` events. */
            data: components["schemas"]["Event"][];
            /**
             * @description Goes on after this page. Unlike in other lists it is always there: keep it, and ask again with it for what has
             *     happened since.
             */
            next_cursor: string;
            /** @description Whether there is a next page now. */
            has_more: boolean;
        };
        /** @description A type of events. */
        EventType: {
            /** @description `order.placed` */
            type: string;
            /**
             * Format: uint32
             * @description Version of the data's shape. Members may be added within a version; nothing else changes.
             */
            version: number;
            /** @description The part of the shop that tells it: `/orders`. */
            source: string;
            /** @description What happened. */
            description: string;
            /** @description JSON Schema (2020-12) of `data`. */
            schema: {
                [key: string]: unknown;
            };
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        EventTypeList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["EventType"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description Each step to the total: the sum of their `adds` is `total`. */
        Explanation: {
            /** @description Lines, promotions in the order in which they count, delivery, tax. */
            steps: components["schemas"]["ExplanationStep"][];
            total: components["schemas"]["Money"];
        };
        /** @description The share of a line in a promotion or the tax, or of the delivery in the tax. Shares add up to their step. */
        ExplanationShare: {
            /** @description Absent for the delivery. */
            line_id?: string | null;
            /** @description Shares are in proportion to this. */
            base: components["schemas"]["Money"];
            amount: components["schemas"]["Money"];
            /** @description What its rounding left out, in minor units, as a fraction. */
            remainder: string;
        };
        /** @description One step. Which members it has follows from `kind`. */
        ExplanationStep: {
            /** @description `line`, `promotion`, `delivery` or `tax`. More may come. */
            kind: string;
            /** @description What it adds to the total: negative for a promotion, zero for a tax that the prices contain. */
            adds: components["schemas"]["Money"];
            /** @description Of a line. */
            line_id?: string | null;
            /** @description Of a line: the price of one. */
            unit_price?: components["schemas"]["Money"] | null;
            /**
             * Format: int64
             * @description Of a line.
             */
            quantity?: number | null;
            /** @description Of a promotion. */
            promotion_id?: string | null;
            /** @description Of a promotion. */
            code?: string | null;
            /** @description Of the delivery: the chosen way. */
            shipping_method?: string | null;
            /** @description Of the tax, and of a promotion that takes a part off: a decimal string. */
            rate?: string | null;
            /** @description Of the tax: whether the prices contain it. */
            included?: boolean | null;
            /** @description Of the tax and of promotions: what it is on. */
            base?: components["schemas"]["Money"] | null;
            /** @description Of the tax: how much it is. Of a promotion that takes an amount off: that amount. */
            amount?: components["schemas"]["Money"] | null;
            /** @description What its rounding left out, in minor units, as a fraction: `-3/10`. The exact value is this more. */
            remainder?: string | null;
            /** @description What it is handed out to. */
            shares: components["schemas"]["ExplanationShare"][];
        };
        /** @description A second factor. */
        Factor: {
            /** @description Which one. */
            id: string;
            /** @description What it is. */
            kind: components["schemas"]["FactorKind"];
            /** @description What its owner calls it. */
            name: string;
            /** @description Where it stands. */
            status: components["schemas"]["FactorStatus"];
            /**
             * Format: date-time
             * @description When it last counted.
             */
            last_used_at: string | null;
            /**
             * Format: date-time
             * @description When its first proof came.
             */
            confirmed_at: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
        };
        /** @description The first proof: one of the two. */
        FactorConfirmationBody: {
            /** @description Of an app: the six digits that it shows. */
            one_time_code?: string | null;
            /** @description Of a passkey: what `navigator.credentials.create()` gave, as its `toJSON()` writes it. */
            credential?: components["schemas"]["PasskeyRegistration"] | null;
            /** @description Whether your other sessions end, which began without the factor; yes unless said. */
            end_other_sessions?: boolean | null;
        };
        /** @description What a factor is. */
        FactorKind: "totp" | "passkey";
        /** @description Where a factor stands. */
        FactorStatus: "pending" | "confirmed";
        /** @description Your factors. */
        Factors: {
            /** @description All, oldest first. */
            data: components["schemas"]["Factor"][];
            /**
             * Format: uint32
             * @description Recovery codes that were not used yet.
             */
            recovery_codes_left: number;
        };
        /** @description Your linked accounts. */
        FederatedIdentities: {
            /** @description All, oldest first. */
            data: components["schemas"]["FederatedIdentity"][];
        };
        /** @description An account of a provider that signs you in. */
        FederatedIdentity: {
            /** @description Which one. */
            id: string;
            /** @description What the provider is called here; its issuer if it signs nobody in any more. */
            provider: string;
            /** @description The provider. */
            issuer: string;
            /** @description As the provider told it last. It need not be the address of your account here. */
            email: string | null;
            /**
             * Format: date-time
             * @description When you last signed in with it.
             */
            last_used_at: string | null;
            /**
             * Format: date-time
             * @description When it was linked.
             */
            created_at: string;
        };
        /** @description A parcel of an order. */
        Fulfillment: {
            id: string;
            order_id: string;
            /**
             * Format: int64
             * @description Goes into `If-Match` as `"v<version>"`.
             */
            version: number;
            /** @description `pending`, `shipped`, `delivered` or `cancelled`. */
            status: string;
            tracking: components["schemas"]["Tracking"];
            lines: components["schemas"]["ShippedLine"][];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            shipped_at: string | null;
            /** Format: date-time */
            delivered_at: string | null;
        };
        /** @description What became of a key. */
        IdempotencyKey: {
            key: string;
            /** @description `running` while one of the requests is; `done` if there is a record; otherwise `unseen`. */
            state: components["schemas"]["IdempotencyKeyState"];
            /** @description One for each operation that was asked under the key. */
            requests: components["schemas"]["KeyedRequest"][];
        };
        /** @description What came of a request. */
        IdempotencyKeyOutcome: "accepted" | "refused";
        /** @description How far a request is. */
        IdempotencyKeyState: "unseen" | "running" | "done";
        /** @description A page of an inbox. */
        Inbox: {
            /** @description Latest first, at most `limit` items. */
            data: components["schemas"]["Notification"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
            /**
             * Format: int64
             * @description How many are unread in the whole inbox; counting stops at 1,000.
             */
            unread_count: number;
        };
        /** @description How a request came in. */
        Interface: "rest" | "event" | "job" | "cli" | "webhook";
        /** @description What a token is (RFC 7662 §2.2). Of one that is not active, or of another client, only that. */
        Introspection: {
            /** @description Whether the token is good now. */
            active: boolean;
            /** @description What the program may do. */
            scope?: string | null;
            /** @description The program. */
            client_id?: string | null;
            /** @description `Bearer`, of access tokens. */
            token_type?: string | null;
            /** @description The person, or the program where it acts for itself. */
            sub?: string | null;
            /** @description The session that ends with the token. */
            sid?: string | null;
            /**
             * Format: int64
             * @description Seconds since 1970 at which the person signed in (RFC 9470 §6.2).
             */
            auth_time?: number | null;
            /** @description How the person signed in: values of RFC 8176. */
            amr?: string[] | null;
            /** @description Who issued it. */
            iss?: string | null;
            /**
             * Format: int64
             * @description Seconds since 1970 at which it was issued, of access tokens.
             */
            iat?: number | null;
            /**
             * Format: int64
             * @description Seconds since 1970 at which it ends, if it is not used before.
             */
            exp?: number | null;
        };
        /** @description One rule. */
        Invariant: {
            /** @description `catalog.stock_is_its_ledger` */
            name: string;
            /** @description In whose data. */
            module: string;
            /** @description What must be true. */
            description: string;
            state: components["schemas"]["InvariantState"];
            /**
             * Format: date-time
             * @description When a look last came to the end of the data; null before the first.
             */
            checked_at: string | null;
            /** @description At most 100 cases. */
            violations: components["schemas"]["InvariantViolation"][];
        };
        /** @description Whether a rule holds. */
        InvariantState: "holds" | "violated" | "unknown";
        /** @description A row that breaks a rule. */
        InvariantViolation: {
            /** @description Which row. */
            subject: string;
            /** @description What should be. */
            expected: string;
            /** @description What is. */
            actual: string;
            /**
             * Format: date-time
             * @description Since when it is known.
             */
            found_at: string;
        };
        /** @description Every rule, and whether it holds. */
        Invariants: {
            /** @description `violated` if a rule is; else `unknown` if one is not known to hold, or a module does not answer. */
            state: components["schemas"]["InvariantState"];
            data: components["schemas"]["Invariant"][];
            /** @description Modules whose process does not answer now: their rules are missing. */
            unreachable: string[];
        };
        /** @description What the adjustment did. */
        InventoryAdjustment: {
            /** @description Its entry in the ledger. */
            id: string;
            variant_id: string;
            location_id: string;
            /** Format: int64 */
            delta: number;
            reason: components["schemas"]["AdjustmentReason"];
            note: string | null;
            /**
             * Format: int64
             * @description Pieces that lie there after it.
             */
            on_hand: number;
            /**
             * Format: int64
             * @description Pieces promised to checkouts.
             */
            reserved: number;
            /**
             * Format: int64
             * @description Pieces that can still be promised.
             */
            available: number;
            /** Format: date-time */
            at: string;
        };
        /** @description Something that a module does later, at least once. What it holds is not shown. */
        Job: {
            id: string;
            /** @description Whose workers run it. */
            module: string;
            /** @description `orders.drive_checkout` */
            kind: string;
            state: components["schemas"]["JobState"];
            /**
             * Format: int64
             * @description Attempts that were begun.
             */
            attempts: number;
            /**
             * Format: int64
             * @description After so many that failed it is dead.
             */
            max_attempts: number;
            /**
             * Format: date-time
             * @description Not before; of a job that failed, its next attempt.
             */
            run_at: string;
            /** @description What no other waiting job of its kind has: mostly the id of the thing that it is about. */
            unique_key: string | null;
            /**
             * Format: date-time
             * @description While it runs: until when its worker has it, unless that asks for longer.
             */
            leased_until: string | null;
            /** @description Why the last attempt failed; null if none did, or it was done. */
            reason: string | null;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was done, given up or cancelled.
             */
            finished_at: string | null;
        };
        /** @description A page of jobs. */
        JobList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["Job"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
            /** @description Modules whose process does not answer now: their jobs are missing on this page. */
            unreachable: string[];
        };
        /** @description Where a job stands. */
        JobState: "pending" | "running" | "done" | "dead" | "cancelled";
        /** @description A public Ed25519 key as a JSON Web Key (RFC 8037). */
        Jwk: {
            /** @description `OKP` */
            kty: string;
            /** @description `Ed25519` */
            crv: string;
            /** @description `EdDSA` */
            alg: string;
            /** @description `sig` */
            use: string;
            /** @description Names the key in the header of the tokens it signed: its thumbprint (RFC 7638). */
            kid: string;
            /** @description The public key in base64url without padding. */
            x: string;
        };
        /** @description A JSON Web Key Set (RFC 7517). */
        Jwks: {
            /** @description Newest first. */
            keys: components["schemas"]["Jwk"][];
        };
        /** @description A refusal that was kept. */
        KeptProblem: {
            /** Format: uint16 */
            status: number;
            code: string;
        };
        /** @description One operation that was asked under a key. */
        KeyedRequest: {
            /** @description Its operation id. */
            operation: string;
            state: components["schemas"]["IdempotencyKeyState"];
            /** @description What came of it, once it is done. */
            outcome: components["schemas"]["IdempotencyKeyOutcome"] | null;
            /** @description The refusal that a repeat gets. */
            problem: components["schemas"]["KeptProblem"] | null;
            /** @description Id of what it made or works on. */
            resource: string | null;
            /** @description Where that is; null if no address follows from the id. */
            location: string | null;
            /**
             * Format: date-time
             * @description When it was recorded; null before that.
             */
            created_at: string | null;
            /**
             * Format: date-time
             * @description Until when a repeat with the same key is certain to have no second effect.
             */
            expires_at: string | null;
        };
        /** @description One fact and the amounts it moved. Never changed; a correction is a new entry. */
        LedgerEntry: {
            id: string;
            /** @description `authorization`, `void`, `capture` or `refund`. */
            kind: string;
            payment_id: string;
            order_id: string;
            transfers: components["schemas"]["LedgerTransfer"][];
            /** Format: date-time */
            posted_at: string;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        LedgerEntryList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["LedgerEntry"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description One amount from one account to another. */
        LedgerTransfer: {
            /** @description `psp_receivable/simulator` */
            debit: string;
            /** @description `sales_clearing` */
            credit: string;
            amount: components["schemas"]["Money"];
        };
        /** @description Pieces of a merged cart that found no room in the other one. */
        LeftOut: {
            /** @description Of what. */
            variant_id: string;
            /**
             * Format: int64
             * @description How many.
             */
            quantity: number;
        };
        /** @description What a browser brought back. */
        LinkIdentity: {
            /** @description `code` of the address that the browser came back to. */
            federation_code: string;
            /** @description What the challenge was made from: 43 to 128 characters. */
            code_verifier: string;
        };
        /** @description How far the caller has read. */
        MarkNotificationsSeen: {
            /** @description The latest notification that the caller has before them: it and all older ones count as seen. */
            up_to: string;
        };
        /** @description The person who is signed in. */
        Me: {
            /** @description Who. */
            id: string;
            /** @description As written at registration. */
            email: string;
            /** @description Whether the person has proved that the address is theirs. */
            email_verified: boolean;
            /** @description What to call them. */
            display_name: string | null;
            /** @description What they may do. */
            roles: components["schemas"]["Role"][];
            /**
             * Format: date-time
             * @description When the account was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updated_at: string;
        };
        /** @description What changes; absent members stay. */
        MePatch: {
            /** @description What to call you: 1 to 100 characters; null clears it. */
            display_name?: string | null;
            /**
             * Format: password
             * @description Needed with `new_password`.
             */
            current_password?: string | null;
            /**
             * Format: password
             * @description 8 to 256 characters, any characters.
             */
            new_password?: string | null;
            /** @description With `new_password`: whether your other sessions end; yes unless said. */
            end_other_sessions?: boolean | null;
        };
        /** @description Where to. */
        MergeCartBody: {
            /** @description Which cart of the caller; their newest open one in the same currency if absent. */
            into?: string | null;
        };
        /** @description A message, without its text and without its address. */
        Message: {
            /** @description Its id; its SMTP `Message-ID` begins with it. */
            id: string;
            /** @description Over which channel. */
            channel: components["schemas"]["Channel"];
            /** @description What it says. */
            template: components["schemas"]["Template"];
            /** @description Id of the thing it is about. */
            subject: string;
            /** @description Where it stands. */
            status: components["schemas"]["MessageStatus"];
            /**
             * Format: int64
             * @description Attempts so far.
             */
            attempts: number;
            /**
             * Format: int64
             * @description Attempts whose outcome nobody can know: the reader may have got it more than once.
             */
            uncertain: number;
            /** @description Keyed hash of the address; absent until it was looked up. */
            recipient_hash?: string | null;
            /** @description Why the last attempt failed: `unavailable`, `deferred 451`, `refused 550`, `unsendable`, `unknown`. */
            last_error?: string | null;
            /**
             * @description Why it was dropped: `preference` says that its reader does not want it, `suppressed` that its address took
             *     nothing before, `cancelled` that whoever asked for it does not want it sent.
             */
            reason?: components["schemas"]["DropReason"] | null;
            /**
             * Format: date-time
             * @description When it was asked for.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description Not sent before this, if it was to wait.
             */
            send_at?: string | null;
            /** @description The digest that tells it, which is a message too. */
            digest_id?: string | null;
            /**
             * Format: date-time
             * @description When the mail server took it.
             */
            sent_at?: string | null;
        };
        /** @description Whom a message is for. */
        MessageAddressee: {
            /** @description Somebody with an account. */
            user_id?: string | null;
            /** @description Whoever reads this mail address. */
            address?: string | null;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        MessageList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["Message"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description What a message takes. */
        MessageParameter: {
            /** @description Its name in `parameters`. */
            name: string;
            /** @description What it is. */
            type: components["schemas"]["MessageParameterType"];
            /** @description Whether the message says nothing without it. */
            required: boolean;
            /**
             * Format: uint
             * @description Of text, in characters.
             */
            max_length?: number | null;
            /** @description What it says. */
            description: string;
        };
        /** @description What a parameter is. */
        MessageParameterType: "order_id" | "date" | "line" | "text";
        /** @description Where a message stands. */
        MessageStatus: "scheduled" | "queued" | "gathered" | "sending" | "sent" | "bounced" | "failed" | "dropped" | "unknown";
        /** @description An address that nothing is sent to. */
        MessageSuppression: {
            /** @description Its id. */
            id: string;
            /** @description Over which channel nothing is sent. */
            channel: components["schemas"]["Channel"];
            /** @description Keyed hash of the address. */
            recipient_hash: string;
            /** @description The message that was refused. */
            message_id: string;
            /** @description How it was refused: `refused 550`. */
            last_error: string;
            /**
             * Format: date-time
             * @description When it was refused.
             */
            created_at: string;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        MessageSuppressionList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["MessageSuppression"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description A message that can be asked for. */
        MessageTemplate: {
            /** @description Its name. */
            template: components["schemas"]["TransactionalTemplate"];
            /** @description What it is for. */
            description: string;
            /** @description Whose choices count for it, and whether it can be gathered: its readers' preferences for this topic. */
            topic: components["schemas"]["NotificationTopic"];
            /** @description What it takes. */
            parameters: components["schemas"]["MessageParameter"][];
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        MessageTemplateList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["MessageTemplate"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description An amount in minor units (cents, or whole yen), at most 2^53 - 1 either way. */
        Money: {
            /**
             * Format: int64
             * @description Minor units: 1999 is 19.99 EUR.
             */
            amount: number;
            /**
             * @description ISO 4217 code.
             * @enum {string}
             */
            currency: "AUD" | "BHD" | "BRL" | "CAD" | "CHF" | "CNY" | "CZK" | "DKK" | "EUR" | "GBP" | "HKD" | "HUF" | "IDR" | "ILS" | "INR" | "ISK" | "JOD" | "JPY" | "KRW" | "KWD" | "MXN" | "MYR" | "NOK" | "NZD" | "OMR" | "PHP" | "PLN" | "RON" | "SEK" | "SGD" | "THB" | "TND" | "TRY" | "TWD" | "USD" | "VND" | "ZAR";
        };
        /**
         * @description Where a parcel can be sent.
         * @enum {string}
         */
        MoveBody: "shipped" | "delivered";
        /** @description A factor with what it begins with. */
        NewFactor: {
            /** @description Which one. */
            id: string;
            /** @description What it is. */
            kind: components["schemas"]["FactorKind"];
            /** @description What its owner calls it. */
            name: string;
            /** @description Where it stands. */
            status: components["schemas"]["FactorStatus"];
            /**
             * Format: date-time
             * @description When it last counted.
             */
            last_used_at: string | null;
            /**
             * Format: date-time
             * @description When its first proof came.
             */
            confirmed_at: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description Of an app: what to type into it, 32 characters of base 32. No other answer will have it. */
            secret?: string | null;
            /** @description The same for a QR code: `otpauth://totp/…`. */
            uri?: string | null;
            /** @description Of a passkey: for `navigator.credentials.create()`. */
            creation_options?: components["schemas"]["PasskeyCreationOptions"] | null;
        };
        /** @description What the buyer must do. */
        NextAction: {
            /** @description What kind of thing. */
            kind: components["schemas"]["NextActionKind"];
            /** @description Where. */
            url: string;
        };
        /** @description What kind of thing the buyer must do. Open. */
        NextActionKind: "redirect" | "unrecognized";
        /** @description Something that concerns the reader. */
        Notification: {
            /** @description Its id. */
            id: string;
            /** @description What happened: `order.shipped`. Further kinds will come. */
            kind: string;
            /** @description Id of the thing it is about. */
            subject: string;
            /** @description One line. */
            title: string;
            /** @description A sentence or two, plain text. */
            body: string;
            /**
             * Format: int64
             * @description Grows with each change: `If-Match: "v<version>"`.
             */
            version: number;
            /**
             * Format: date-time
             * @description When it happened.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was marked as seen.
             */
            seen_at: string | null;
            /**
             * Format: date-time
             * @description When it was put away.
             */
            archived_at: string | null;
        };
        /** @description Where somebody is told. */
        NotificationChannel: "email" | "sms" | "push" | "in_app";
        /** @description A topic and a channel. */
        NotificationChoice: {
            /** @description What it is about. */
            topic: components["schemas"]["NotificationTopic"];
            /** @description Where it is told. */
            channel: components["schemas"]["NotificationChannel"];
            /** @description When it is told. */
            mode: components["schemas"]["NotificationMode"];
            /** @description What can be chosen. */
            modes: components["schemas"]["NotificationMode"][];
        };
        /** @description How much there is in an inbox. Counting stops at 1,000. */
        NotificationCounts: {
            /**
             * Format: int64
             * @description Neither seen nor put away.
             */
            unread: number;
            /**
             * Format: int64
             * @description Not put away.
             */
            inbox: number;
        };
        /** @description When somebody is told. */
        NotificationMode: "instant" | "hourly" | "daily" | "off";
        /** @description What the caller is told, and where. */
        NotificationPreferences: {
            /**
             * Format: int64
             * @description Grows with each change: `If-Match: "v<version>"`. 1 for those who have never chosen.
             */
            version: number;
            /** @description One for each topic and channel there is. */
            choices: components["schemas"]["NotificationChoice"][];
            /** @description Where the caller's clock is read: an IANA name. */
            time_zone: string;
            /** @description When nothing is sent to telephones and devices; null if it always is. */
            quiet_hours: components["schemas"]["QuietHours"] | null;
            /**
             * Format: uint8
             * @description When daily digests come: an hour of the caller's clock.
             */
            digest_hour: number;
        };
        /** @description What a message is about. */
        NotificationTopic: "security" | "orders" | "shipping" | "service";
        /** @description What was marked. */
        NotificationsSeen: {
            /**
             * Format: uint64
             * @description How many were unread before.
             */
            marked: number;
        };
        /** @description A program that may ask for tokens. */
        OauthClient: {
            /** @description `client_id` */
            id: string;
            /** @description Shown to people who are asked to agree. */
            name: string;
            /** @description Whether it has a secret. */
            type: components["schemas"]["OauthClientType"];
            /** @description Where browsers are sent back to; compared character by character. */
            redirect_uris: string[];
            /** @description How it gets tokens. */
            grants: components["schemas"]["OauthGrant"][];
            /** @description The most it can be given. */
            scopes: string[];
            /**
             * Format: date-time
             * @description Until when the secret before the current one is taken, too.
             */
            previous_secret_until: string | null;
            /**
             * Format: date-time
             * @description When it was registered.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updated_at: string;
            /** @description `client_secret`, in the answer to the command that made it only. */
            secret?: string | null;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        OauthClientList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["OauthClient"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description What changes; absent members stay. A list replaces the one before. */
        OauthClientPatch: {
            /** @description 1 to 100 characters. */
            name?: string | null;
            /** @description All redirect URIs from now on. */
            redirect_uris?: string[] | null;
            /** @description All grants from now on. */
            grants?: components["schemas"]["OauthGrant"][] | null;
            /** @description All scopes from now on. */
            scopes?: string[] | null;
        };
        /** @description Whether a program can keep a secret (RFC 6749 §2.1). */
        OauthClientType: "public" | "confidential";
        /**
         * OauthError
         * @description What went wrong, in the form of RFC 6749 §5.2.
         */
        OauthError: {
            /** @description What programs look at: `invalid_grant`. */
            error: string;
            /** @description A sentence for developers. */
            error_description?: string;
            /**
             * Format: uri-reference
             * @description The page about errors of the platform.
             */
            error_uri?: string;
        };
        /** @description How a program gets tokens. */
        OauthGrant: "authorization_code" | "client_credentials" | "refresh_token";
        /** @description Tokens of a program (RFC 6749 §5.1). */
        OauthTokens: {
            /** @description Goes into `Authorization: Bearer …`. */
            access_token: string;
            /** @description `Bearer` */
            token_type: string;
            /**
             * Format: uint64
             * @description Seconds that the access token still lives.
             */
            expires_in: number;
            /** @description What the program may do. */
            scope: string;
            /** @description Gets the next tokens, once. Only for clients with that grant. */
            refresh_token?: string | null;
            /** @description Says who has signed in (OpenID Connect Core §2). Only with the scope `openid`. */
            id_token?: string | null;
        };
        /** @description What mail programs send, and the button of our page (RFC 8058 §3.1). */
        OneClickUnsubscribe: {
            /** @description Always the same. */
            "List-Unsubscribe": "One-Click";
        };
        /**
         * @description A token that is no longer needed (RFC 7009 §2.1), or asked about (RFC 7662 §2.1). Other members, also
         *     `token_type_hint`, are ignored: a token says itself what it is.
         */
        OneTokenForm: {
            /** @description An access token or a refresh token. */
            token?: string | null;
            /** @description Of a public client, or with `client_secret`. */
            client_id?: string | null;
            /** @description Unless it stands in `Authorization`. */
            client_secret?: string | null;
        };
        /** @description A command that goes on in the background. */
        Operation: {
            id: string;
            /** @description Operation id of the command. */
            kind: string;
            state: components["schemas"]["OperationState"];
            progress: components["schemas"]["OperationProgress"];
            /** @description Where the thing is that it works on. */
            location: string;
            /** @description What it did so far, in the words of the command's own answer; null before it did anything. */
            result: {
                [key: string]: unknown;
            } | null;
            /** @description If it failed, why: a problem document (RFC 9457). What was done before stays. */
            problem: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int64
             * @description Grows with each change; also the `ETag`.
             */
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /**
             * Format: date-time
             * @description Null while it goes on.
             */
            ended_at: string | null;
        };
        /** @description How far it is. */
        OperationProgress: {
            /**
             * Format: int64
             * @description Steps that were done.
             */
            done: number;
            /**
             * Format: int64
             * @description Steps in all.
             */
            total: number;
        };
        /** @description How an operation stands. */
        OperationState: "pending" | "running" | "succeeded" | "failed";
        /** @description An order. */
        Order: {
            id: string;
            /** @description For people: on mails and invoices. */
            number: string;
            status: components["schemas"]["OrderStatus"];
            cancel_reason: components["schemas"]["CancelReason"] | null;
            customer: components["schemas"]["Customer"];
            lines: components["schemas"]["OrderLine"][];
            totals: components["schemas"]["Totals"];
            rates_source: components["schemas"]["RatesSource"];
            shipping_method: string | null;
            cart_id: string;
            payment_id: string;
            payment_status: components["schemas"]["PaymentState"];
            captured: components["schemas"]["Money"];
            refunded: components["schemas"]["Money"];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            placed_at: string | null;
            /** Format: date-time */
            cancelled_at: string | null;
            shipping_address: components["schemas"]["Address"] | null;
            billing_address: components["schemas"]["Address"] | null;
            /** @description Parcels, oldest first. */
            fulfillments: components["schemas"]["Fulfillment"][];
            /** @description With `expand=returns`; oldest first. */
            returns?: components["schemas"]["Return"][] | null;
            /** @description With `explain=true`. */
            explanation?: components["schemas"]["Explanation"] | null;
        };
        /** @description One line of an order, as it was when the price was frozen. */
        OrderLine: {
            /** @description Names the line inside its order. */
            line_id: string;
            /** @description What was bought. */
            variant_id: string;
            /** @description The product it is a variant of. */
            product_id: string;
            /** @description Stock keeping unit. */
            sku: string;
            /** @description Product and variant for people. */
            title: string;
            /**
             * Format: int64
             * @description How many.
             */
            quantity: number;
            /**
             * Format: int64
             * @description How many have left.
             */
            shipped: number;
            /** @description Price of one. */
            unit_price: components["schemas"]["Money"];
            /** @description The line's share of what promotions take off. Absent from peers that know no promotions: nothing. */
            discount?: components["schemas"]["Money"] | null;
            /** @description `unit_price × quantity - discount`. */
            total: components["schemas"]["Money"];
            /** @description The line's share of the order's tax. */
            tax: components["schemas"]["Money"];
        };
        /** @description One thing that happened. */
        OrderMoment: {
            /** Format: date-time */
            at: string;
            /** @description As in events: `order.placed`, `payment.captured`. More may come. */
            kind: string;
            amount: components["schemas"]["Money"] | null;
            reason: string | null;
            fulfillment_id: string | null;
            return_id: string | null;
        };
        /** @description The returns of an order. */
        OrderReturnsView: {
            /** @description Oldest first. */
            data: components["schemas"]["Return"][];
            /** @description What can still come back. */
            returnable: components["schemas"]["ReturnableLine"][];
        };
        /** @description Where an order stands. */
        OrderStatus: "pending_payment" | "placed" | "partially_fulfilled" | "fulfilled" | "cancelled" | "unknown";
        /** @description An order as lists show it. */
        OrderSummary: {
            id: string;
            /** @description For people: on mails and invoices. */
            number: string;
            status: components["schemas"]["OrderStatus"];
            cancel_reason: components["schemas"]["CancelReason"] | null;
            customer: components["schemas"]["Customer"];
            lines: components["schemas"]["OrderLine"][];
            totals: components["schemas"]["Totals"];
            rates_source: components["schemas"]["RatesSource"];
            shipping_method: string | null;
            cart_id: string;
            payment_id: string;
            payment_status: components["schemas"]["PaymentState"];
            captured: components["schemas"]["Money"];
            refunded: components["schemas"]["Money"];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            placed_at: string | null;
            /** Format: date-time */
            cancelled_at: string | null;
            /** @description With `expand=fulfillments`: parcels, oldest first. */
            fulfillments?: components["schemas"]["Fulfillment"][] | null;
            /** @description With `expand=returns`; oldest first. */
            returns?: components["schemas"]["Return"][] | null;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        OrderSummaryList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["OrderSummary"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description What happened to an order. */
        OrderTimelineView: {
            /** @description Oldest first. */
            data: components["schemas"]["OrderMoment"][];
        };
        /** @description Pieces of one line of the order. */
        ParcelLineBody: {
            line_id: string;
            /**
             * Format: int64
             * @description How many; at most those that are in no parcel yet.
             */
            quantity: number;
        };
        /** @description A kind of signature. */
        PasskeyAlgorithm: {
            /** @description `public-key` */
            type: string;
            /**
             * Format: int64
             * @description Number of the algorithm at IANA: -7 is ES256.
             */
            alg: number;
        };
        /** @description A challenge that waits for a passkey. */
        PasskeyChallenge: {
            /** @description Goes with the answer. */
            challenge_token: string;
            /**
             * Format: uint64
             * @description Seconds that there are for it.
             */
            expires_in: number;
            /** @description For `navigator.credentials.get()`. */
            request_options: components["schemas"]["PasskeyRequestOptions"];
        };
        /** @description What the challenge is for. */
        PasskeyChallengeBody: {
            /** @description From the answer `identity.mfa_required`, to complete that sign-in; left out, the passkey is all there is. */
            challenge_token?: string | null;
        };
        /** @description What the script of a page sends to get a challenge. */
        PasskeyChallengeForm: {
            /** @description The query that the page was shown for. */
            request: string;
            /** @description The mark of the form. */
            form_token: string;
            /** @description The sign-in that waits for its second step, if there was a first one. */
            challenge_token?: string | null;
        };
        /** @description What a passkey is made by (`PublicKeyCredentialCreationOptionsJSON`). */
        PasskeyCreationOptions: {
            /** @description Whom it is made for. */
            rp: components["schemas"]["PasskeyRelyingParty"];
            /** @description Whose it will be. */
            user: components["schemas"]["PasskeyUser"];
            /** @description What it has to answer: 32 bytes in base64url. */
            challenge: string;
            /** @description Signatures that are taken, best first. */
            pubKeyCredParams: components["schemas"]["PasskeyAlgorithm"][];
            /**
             * Format: uint64
             * @description Milliseconds that there are for it.
             */
            timeout: number;
            /** @description Passkeys that you have: their devices make no second one. */
            excludeCredentials: components["schemas"]["PasskeyDescriptor"][];
            /** @description What the device has to do. */
            authenticatorSelection: components["schemas"]["PasskeySelection"];
            /** @description `none`: who made the device is not asked. */
            attestation: string;
        };
        /** @description A passkey by its id. */
        PasskeyDescriptor: {
            /** @description `public-key` */
            type: string;
            /** @description Which one, in base64url. */
            id: string;
        };
        /** @description The form with the answer of a passkey. */
        PasskeyForm: {
            /** @description The query that the page was shown for. */
            request: string;
            /** @description The mark of the form. */
            form_token: string;
            /** @description The sign-in that waits for its second step, if there was a first one. */
            challenge_token?: string | null;
            /** @description What came with the challenge. */
            passkey_token: string;
            /** @description What `navigator.credentials.get()` gave, as JSON. */
            credential: string;
        };
        /** @description A proof of a passkey: what `navigator.credentials.get()` gave (`AuthenticationResponseJSON`). */
        PasskeyProof: {
            /** @description Which key: 16 to 1,023 bytes in base64url without padding. */
            id: string;
            /** @description The same. */
            rawId: string;
            /** @description `public-key` */
            type: string;
            /** @description What the authenticator said. */
            response: components["schemas"]["PasskeyProofResponse"];
        };
        /** @description What an authenticator says to prove itself. */
        PasskeyProofResponse: {
            /** @description What the browser knew: 4,096 bytes at most, in base64url without padding. */
            clientDataJSON: string;
            /** @description What the authenticator knew: 37 to 4,096 bytes in base64url without padding. */
            authenticatorData: string;
            /** @description Over both: 1,024 bytes at most, in base64url without padding. */
            signature: string;
            /** @description Whose key it is: 64 bytes at most, in base64url without padding. Needed where there was no first step. */
            userHandle?: string | null;
        };
        /** @description A new passkey: what `navigator.credentials.create()` gave (`RegistrationResponseJSON`). */
        PasskeyRegistration: {
            /** @description Which key: 16 to 1,023 bytes in base64url without padding. */
            id: string;
            /** @description The same. */
            rawId: string;
            /** @description `public-key` */
            type: string;
            /** @description What the authenticator said. */
            response: components["schemas"]["PasskeyRegistrationResponse"];
        };
        /** @description What an authenticator says about a new passkey. */
        PasskeyRegistrationResponse: {
            /** @description What the browser knew: 4,096 bytes at most, in base64url without padding. */
            clientDataJSON: string;
            /** @description The public key: 16,384 bytes at most, in base64url without padding. */
            attestationObject: string;
        };
        /** @description A relying party. */
        PasskeyRelyingParty: {
            /** @description The domain. */
            id: string;
            /** @description What people see. */
            name: string;
        };
        /** @description What a passkey proves itself by (`PublicKeyCredentialRequestOptionsJSON`). */
        PasskeyRequestOptions: {
            /** @description What it has to answer: 32 bytes in base64url. */
            challenge: string;
            /** @description The domain. */
            rpId: string;
            /**
             * Format: uint64
             * @description Milliseconds that there are for it.
             */
            timeout: number;
            /** @description Which passkeys; empty: any of the domain. */
            allowCredentials: components["schemas"]["PasskeyDescriptor"][];
            /** @description `required`: a PIN, a finger, a face. */
            userVerification: string;
        };
        /** @description What a device has to do. */
        PasskeySelection: {
            /** @description `required`: it is found without knowing whose it is. */
            residentKey: string;
            /** @description The same, for older browsers. */
            requireResidentKey: boolean;
            /** @description `required`: a PIN, a finger, a face. */
            userVerification: string;
        };
        /** @description An answer to a challenge. */
        PasskeySessionBody: {
            /** @description From the answer that had the challenge. */
            challenge_token: string;
            /** @description What `navigator.credentials.get()` gave, as its `toJSON()` writes it. */
            credential: components["schemas"]["PasskeyProof"];
            /** @description From an earlier sign-in on this device: you get no mail about a new one. */
            device_token?: string | null;
        };
        /** @description A person, as their device shows them. */
        PasskeyUser: {
            /** @description Who: 16 bytes in base64url. */
            id: string;
            /** @description Their address. */
            name: string;
            /** @description What to call them. */
            displayName: string;
        };
        /** @description A payment with everything that was tried for it. */
        Payment: {
            id: string;
            /** @description What is paid for. */
            order_id: string;
            status: components["schemas"]["PaymentStatus"];
            /** @description What is to be paid. */
            amount: components["schemas"]["Money"];
            /** @description What the provider has promised, whether taken since or not. */
            authorized: components["schemas"]["Money"];
            /** @description What was taken. */
            captured: components["schemas"]["Money"];
            /** @description What was given back. */
            refunded: components["schemas"]["Money"];
            /** @description When the money is taken. */
            capture: components["schemas"]["CaptureMode"];
            /** @description What the buyer must do now. */
            next_action: components["schemas"]["NextAction"] | null;
            /** @description Whether it is to be undone as soon as its outcome is known. */
            void_requested: boolean;
            /** @description First one first. */
            attempts: components["schemas"]["PaymentAttempt"][];
            /** @description First one first. */
            captures: components["schemas"]["Capture"][];
            /** @description First one first. */
            refunds: components["schemas"]["Refund"][];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        /** @description One try to get the money. */
        PaymentAttempt: {
            id: string;
            /**
             * Format: uint32
             * @description Counted from 1.
             */
            number: number;
            status: components["schemas"]["PaymentAttemptStatus"];
            /** @description Why it was declined. */
            decline: components["schemas"]["DeclineClass"] | null;
            /** @description The provider's own word for it; staff only. */
            decline_code: string | null;
            /** @description The provider's id; staff only. */
            provider_reference: string | null;
            /** Format: date-time */
            created_at: string;
        };
        /** @description Where an attempt stands. */
        PaymentAttemptStatus: "pending" | "requires_action" | "unknown" | "authorized" | "declined" | "releasing" | "voided";
        /** @description Where a capture stands. */
        PaymentOperationStatus: "pending" | "unknown" | "succeeded" | "failed" | "cancelled";
        /** @description What orders knows about the money of one order, from the events of payments. */
        PaymentState: "pending" | "processing" | "authorized" | "captured" | "partially_refunded" | "refunded" | "voided" | "failed" | "issue" | "unknown";
        /** @description Where a payment stands. Open: a newer peer may know more. */
        PaymentStatus: "pending" | "requires_action" | "authorized" | "captured" | "declined" | "unknown" | "voided" | "refunded" | "partially_refunded" | "failed" | "unrecognized";
        /** @description A price that could hold. */
        PriceCandidate: {
            /** @description Null: the basic price of the variant. */
            price_list_id: string | null;
            price_list_name: string | null;
            /** Format: int64 */
            priority: number | null;
            /** Format: int64 */
            min_quantity: number;
            unit_price: components["schemas"]["Money"];
            outcome: components["schemas"]["PriceCandidateOutcome"];
        };
        /** @description What became of a candidate. The first that holds is told. */
        PriceCandidateOutcome: "won" | "draft" | "archived" | "not_yet_valid" | "expired" | "wrong_group" | "tier_not_reached" | "higher_tier_reached" | "lower_priority" | "dearer" | "younger_list" | "list_price_applies";
        /** @description A price list, without its rows. */
        PriceList: {
            id: string;
            name: string;
            /**
             * @description What its rows are in; never another.
             * @enum {string}
             */
            currency: "AUD" | "BHD" | "BRL" | "CAD" | "CHF" | "CNY" | "CZK" | "DKK" | "EUR" | "GBP" | "HKD" | "HUF" | "IDR" | "ILS" | "INR" | "ISK" | "JOD" | "JPY" | "KRW" | "KWD" | "MXN" | "MYR" | "NOK" | "NZD" | "OMR" | "PHP" | "PLN" | "RON" | "SEK" | "SGD" | "THB" | "TND" | "TRY" | "TWD" | "USD" | "VND" | "ZAR";
            status: components["schemas"]["PriceListStatus"];
            /**
             * Format: date-time
             * @description It counts from here on, itself included; null: since ever.
             */
            valid_from: string | null;
            /**
             * Format: date-time
             * @description It no longer counts from here on; null: for ever.
             */
            valid_until: string | null;
            /**
             * Format: int64
             * @description Of the lists that count, the one with the highest priority that has a row decides.
             */
            priority: number;
            /** @description Whom it is for; empty: everybody. */
            customer_group_ids: string[];
            /**
             * Format: int64
             * @description Also the `ETag`. Grows with every change of the list and of its rows.
             */
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        /** @description What the request did. */
        PriceListChange: {
            price_list_id: string;
            /**
             * Format: int64
             * @description Of the list, after it; also the `ETag`.
             */
            version: number;
            /**
             * Format: uint
             * @description Rows that are new, or have another amount now.
             */
            written: number;
            /**
             * Format: uint
             * @description Rows that are gone.
             */
            removed: number;
            /**
             * Format: uint
             * @description Rows that were so already.
             */
            unchanged: number;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        PriceListList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["PriceList"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description A row of a price list. */
        PriceListPrice: {
            variant_id: string;
            /**
             * Format: int64
             * @description From so many pieces on.
             */
            min_quantity: number;
            /** @description Each piece costs this much. */
            unit_price: components["schemas"]["Money"];
        };
        /** @description One row, told from others by variant and quantity. */
        PriceListPriceBody: {
            variant_id: string;
            /**
             * Format: int64
             * @description From so many pieces on; 1 unless said. A variant has at most 20 in a list.
             * @default 1
             */
            min_quantity: number;
            /**
             * Format: int64
             * @description What a piece costs, in minor units of the list's currency; null removes the row. Never absent.
             */
            amount?: number | null;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        PriceListPriceList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["PriceListPrice"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description Where a price list is in its life. */
        PriceListStatus: "draft" | "active" | "archived";
        /** @description What lines cost somebody at a moment. */
        PriceQuote: {
            /**
             * @description ISO 4217 code.
             * @enum {string}
             */
            currency: "AUD" | "BHD" | "BRL" | "CAD" | "CHF" | "CNY" | "CZK" | "DKK" | "EUR" | "GBP" | "HKD" | "HUF" | "IDR" | "ILS" | "INR" | "ISK" | "JOD" | "JPY" | "KRW" | "KWD" | "MXN" | "MYR" | "NOK" | "NZD" | "OMR" | "PHP" | "PLN" | "RON" | "SEK" | "SGD" | "THB" | "TND" | "TRY" | "TWD" | "USD" | "VND" | "ZAR";
            /**
             * Format: date-time
             * @description The moment.
             */
            at: string;
            /** @description Who would buy; null: a guest. */
            user_id: string | null;
            /** @description In the order asked. */
            lines: components["schemas"]["PriceQuoteLine"][];
        };
        /** @description What one line costs. */
        PriceQuoteLine: {
            variant_id: string;
            /** Format: int64 */
            quantity: number;
            /** @description Price of one; null: not sold in this currency and quantity. */
            unit_price: components["schemas"]["Money"] | null;
            /** @description Price of all. */
            total: components["schemas"]["Money"] | null;
            /** @description Where the price comes from; null: the basic price, or none. */
            price_list_id: string | null;
            /** @description What one costs in each quantity, by quantity. */
            tiers: components["schemas"]["PriceQuoteTier"][];
            /** @description With `explain`: the winner first, then by priority, list and quantity, the basic price last. At most 200. */
            candidates?: components["schemas"]["PriceCandidate"][] | null;
            /**
             * Format: uint
             * @description With `explain`: how many candidates more there are.
             */
            candidates_left_off?: number | null;
        };
        /** @description So many of a variant. */
        PriceQuoteLineBody: {
            variant_id: string;
            /** Format: int64 */
            quantity: number;
        };
        /** @description From so many pieces on, each costs this much. */
        PriceQuoteTier: {
            /** Format: int64 */
            min_quantity: number;
            unit_price: components["schemas"]["Money"];
        };
        /**
         * Problem
         * @description What went wrong and what to do about it (RFC 9457). Codes may have further members of their own.
         */
        Problem: {
            /**
             * Format: uri-reference
             * @description The page about this code.
             */
            type: string;
            /** @description The code in words. */
            title: string;
            status: number;
            /** @description One or two sentences for people. */
            detail?: string;
            /**
             * Format: uri-reference
             * @description The path that was asked.
             */
            instance?: string;
            /** @description Stable; what programs look at. */
            code: string;
            /** @description Names the request in logs and traces. */
            trace_id?: string;
            /**
             * @description `never`: the same request fails again. `same_key`: send it again unchanged. `new_key`: a new attempt needs a new idempotency key. `after`: wait, then send it again.
             * @enum {unknown}
             */
            retry: "never" | "same_key" | "new_key" | "after";
            /** @description How long to wait, where `retry` is `after`. */
            retry_after_ms?: number;
            /** @description The wrong members. */
            errors?: {
                /** @description JSON pointer into the body, `?name` of the query, `{name}` of the path, `Name:` of a header. */
                pointer: string;
                /** @description What is wrong with it. */
                code: string;
                /** @description One sentence for people. */
                detail: string;
            }[];
            /** @description Names the log line of a 5xx. */
            incident?: string;
        };
        /** @description A product with its variants. */
        Product: {
            id: string;
            /** @description Its place in URLs; `GET /v1/products/slug:<slug>` finds it. */
            slug: string;
            title: string;
            /** @description Plain text. */
            description: string;
            /** @description An `https:` URL, or a small picture as a `data:` URL. */
            image: string | null;
            category: components["schemas"]["CategoryRef"] | null;
            status: components["schemas"]["ProductStatus"];
            /**
             * Format: int64
             * @description Also the `ETag`. Grows with every change, and when a variant sells out or comes back.
             */
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @description In the order of the shop. */
            variants: components["schemas"]["Variant"][];
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        ProductList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["Product"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description Where a product is in its life. */
        ProductStatus: "draft" | "active" | "archived";
        /** @description A promotion. */
        Promotion: {
            id: string;
            /** @description What buyers enter, in any letter case. */
            code: string;
            kind: components["schemas"]["PromotionKind"];
            /** @description Of `percent`: the part of the lines' price that it takes off, as a decimal string. */
            rate: string | null;
            /** @description Of `fixed`: what it takes off, in each currency that it counts in. */
            amounts: components["schemas"]["Money"][];
            /** @description What a cart must be worth, before any discount; nothing in currencies that are not named. */
            minimum_subtotals: components["schemas"]["Money"][];
            /**
             * Format: date-time
             * @description It counts from this moment.
             */
            valid_from: string | null;
            /**
             * Format: date-time
             * @description From this moment it does not count any more.
             */
            valid_until: string | null;
            status: components["schemas"]["PromotionState"];
            /**
             * Format: int64
             * @description How often all buyers together may redeem it.
             */
            total_limit: number | null;
            /**
             * Format: int64
             * @description How often one buyer may redeem it: an account, or the mail address of a guest.
             */
            customer_limit: number | null;
            /** @description Whether it counts beside other promotions that are combinable, too. */
            combinable: boolean;
            /**
             * Format: int64
             * @description How often it is redeemed: by orders that are placed, or wait for their payment. Not part of the version.
             */
            redeemed: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        /** @description What a promotion takes off. */
        PromotionKind: "percent" | "fixed";
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        PromotionList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["Promotion"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /**
         * @description Whether a promotion is to count.
         * @enum {string}
         */
        PromotionState: "active" | "disabled";
        /** @description A provider. */
        Provider: {
            /** @description What it is called in paths. */
            name: string;
            /** @description What a button says. */
            display_name: string;
        };
        /** @description What the provider gets back. */
        ProviderWebhookReceived: {
            /** @description Always true. */
            received: boolean;
        };
        /** @description The providers. */
        Providers: {
            /** @description All, by name. */
            data: components["schemas"]["Provider"][];
        };
        /** @description What a device runs. */
        PushPlatform: "ios" | "android" | "web";
        /** @description A topic and a channel. */
        PutNotificationChoice: {
            /** @description What it is about. */
            topic: components["schemas"]["NotificationTopic"];
            /** @description Where it is told. */
            channel: components["schemas"]["NotificationChannel"];
            /** @description When it is told: one of the `modes` that the answers list. */
            mode: components["schemas"]["NotificationMode"];
        };
        /** @description What the caller wants to be told, and where: all of it. */
        PutNotificationPreferences: {
            /** @description What is not named is as by default. */
            choices: components["schemas"]["PutNotificationChoice"][];
            /** @description Where the caller's clock is read: an IANA name, `Europe/Berlin`; UTC unless said. */
            time_zone?: string | null;
            /** @description When nothing is sent to telephones and devices: it waits. Never unless said. */
            quiet_hours?: components["schemas"]["QuietHours"] | null;
            /**
             * Format: uint8
             * @description When daily digests come: an hour of the caller's clock, 8 unless said.
             */
            digest_hour?: number | null;
        };
        /** @description Hours of the clock, in the time zone of the preferences. They may go past midnight. */
        QuietHours: {
            /**
             * Format: uint8
             * @description The first quiet hour.
             */
            from: number;
            /**
             * Format: uint8
             * @description The first hour that is not quiet any more.
             */
            until: number;
        };
        /** @description Request body. */
        QuotePricesBody: {
            /**
             * @description ISO 4217 code.
             * @enum {string}
             */
            currency: "AUD" | "BHD" | "BRL" | "CAD" | "CHF" | "CNY" | "CZK" | "DKK" | "EUR" | "GBP" | "HKD" | "HUF" | "IDR" | "ILS" | "INR" | "ISK" | "JOD" | "JPY" | "KRW" | "KWD" | "MXN" | "MYR" | "NOK" | "NZD" | "OMR" | "PHP" | "PLN" | "RON" | "SEK" | "SGD" | "THB" | "TND" | "TRY" | "TWD" | "USD" | "VND" | "ZAR";
            /** @description Each is priced by itself, at its own quantity. */
            lines: components["schemas"]["PriceQuoteLineBody"][];
            /**
             * Format: date-time
             * @description Another moment than now, with the lists as they are today; for staff.
             */
            at?: string | null;
            /** @description Somebody else than the caller; for staff. */
            user_id?: string | null;
        };
        /** @description Where the tax rate and the price of delivery of an order come from. */
        RatesSource: "settings" | "provider" | "fallback" | "unknown";
        /** @description How a return arrived. */
        ReceiveReturnBody: {
            /** @description Every line of the return, once. */
            lines: components["schemas"]["ReceivedLineInput"][];
            /**
             * @description Whether the price of delivery goes back, too; once for each order.
             * @default false
             */
            refund_delivery: boolean;
            /** @description For the buyer. */
            note?: string | null;
        };
        /** @description How pieces of one line arrived. */
        ReceivedLineInput: {
            line_id: string;
            /**
             * Format: int64
             * @description How many arrived; the others can be in another return.
             */
            received: number;
            /** @description Whether they go back on the shelf. */
            restock: boolean;
            /** @description In what state they arrived; may be left out if none did. */
            condition?: components["schemas"]["ReturnConditionInput"] | null;
        };
        /** @description New recovery codes. */
        RecoveryCodes: {
            /** @description Ten codes that stand in for a factor, each once. No other answer will have them. */
            recovery_codes: string[];
        };
        /** @description The newest refresh token of a session. */
        RefreshBody: {
            /** @description From the sign-in or the last refresh: 43 characters. */
            refresh_token: string;
        };
        /** @description Captured money being given back. */
        Refund: {
            id: string;
            payment_id: string;
            amount: components["schemas"]["Money"];
            status: components["schemas"]["RefundStatus"];
            reason: string;
            /** @description The second person that a large refund needs; staff only. */
            approval: components["schemas"]["RefundApproval"] | null;
            /** Format: date-time */
            created_at: string;
        };
        /** @description The approval that a large refund needs. */
        RefundApproval: {
            /** @description `awaiting`, `approved`, `rejected`, `expired` or `undone`: the payment was undone as a whole. */
            state: string;
            /** @description Who asked for the refund, and cannot approve it. */
            requested_by: string | null;
            /**
             * Format: date-time
             * @description Until when somebody can decide.
             */
            expires_at: string;
            decided_by: string | null;
            /** Format: date-time */
            decided_at: string | null;
            /** @description In the words of who decided. */
            note: string | null;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        RefundList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["Refund"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description Request body. */
        RefundPaymentBody: {
            /**
             * @description All that is captured and not refunded, if absent.
             * @default null
             */
            amount: components["schemas"]["Money"] | null;
            /** @description For people. */
            reason: string;
        };
        /** @description Where a refund stands. Open. */
        RefundStatus: "awaiting_approval" | "pending" | "succeeded" | "failed" | "unknown" | "unrecognized";
        /** @description What it takes to get an account. */
        RegistrationBody: {
            /**
             * Format: email
             * @description Where a mail is sent that proves the address.
             */
            email: string;
            /**
             * Format: password
             * @description 8 to 256 characters, any characters.
             */
            password: string;
            /** @description What to call you: 1 to 100 characters. */
            display_name?: string | null;
        };
        /** @description A stretch of the log. */
        ReplayWebhooks: {
            /** @description A `sequence`: what comes after it is sent again. */
            after: string;
            /** @description A `sequence`: the last that is sent again; the newest unless said. */
            until?: string | null;
        };
        /** @description Over which channel a message goes. */
        RequestedChannel: "email" | "sms" | "push" | "preferred";
        /** @description What a request became. */
        RequestedMessages: {
            /** @description One for each address: a person may have several telephones and devices. */
            data: components["schemas"]["Message"][];
        };
        /** @description Pieces of an order that come back. */
        Return: {
            id: string;
            order_id: string;
            /**
             * Format: int64
             * @description Goes into `If-Match` as `"v<version>"`.
             */
            version: number;
            /** @description `requested`, `approved`, `received`, `rejected` or `cancelled`. */
            status: string;
            /** @description Who wrote it down. */
            requested_by: components["schemas"]["ReturnRequester"];
            lines: components["schemas"]["ReturnLine"][];
            /** @description In the words of who wrote it down. */
            note: string | null;
            /** @description In the words of the shop. */
            decision_note: string | null;
            /** @description What the buyer gets back; absent before the pieces arrived. */
            refund: components["schemas"]["ReturnRefund"] | null;
            /** @description What goes back on the shelf: `none` of it, what is `due`, or `done`. */
            restock_status: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            approved_at: string | null;
            /** Format: date-time */
            received_at: string | null;
            /**
             * Format: date-time
             * @description Rejected or cancelled.
             */
            closed_at: string | null;
        };
        /** @description In what state pieces came back. */
        ReturnCondition: "new" | "opened" | "used" | "damaged" | "unknown";
        /**
         * @description In what state pieces arrived.
         * @enum {string}
         */
        ReturnConditionInput: "new" | "opened" | "used" | "damaged";
        /**
         * @description Where a return can be sent.
         * @enum {string}
         */
        ReturnDecision: "approved" | "rejected";
        /** @description Pieces of one line. */
        ReturnLine: {
            line_id: string;
            variant_id: string;
            /**
             * Format: int64
             * @description How many are to come back.
             */
            quantity: number;
            reason: components["schemas"]["ReturnReason"];
            /**
             * Format: int64
             * @description How many arrived.
             */
            received: number | null;
            /** @description Whether they go back on the shelf. */
            restock: boolean | null;
            /** @description In what state they arrived. */
            condition: components["schemas"]["ReturnCondition"] | null;
            /** @description What the buyer gets back for them. */
            amount: components["schemas"]["Money"] | null;
        };
        /** @description Pieces of one line of the order. */
        ReturnLineInput: {
            line_id: string;
            /**
             * Format: int64
             * @description How many; at most those that have left and are in no return.
             */
            quantity: number;
            reason: components["schemas"]["ReturnReasonInput"];
        };
        /** @description Why pieces come back. */
        ReturnReason: "changed_mind" | "wrong_size" | "damaged" | "defective" | "wrong_item" | "not_as_described" | "too_late" | "other" | "unknown";
        /**
         * @description Why pieces come back.
         * @enum {string}
         */
        ReturnReasonInput: "changed_mind" | "wrong_size" | "damaged" | "defective" | "wrong_item" | "not_as_described" | "too_late" | "other";
        /** @description What the buyer gets back. */
        ReturnRefund: {
            /** @description To be found at `/v1/refunds/{id}` once payments was asked for it. */
            id: string;
            /** @description All of it. */
            amount: components["schemas"]["Money"];
            /** @description What of it is for delivery. */
            delivery: components["schemas"]["Money"];
            /**
             * @description `none` if it is worth nothing; `due`, `waiting` until the money of the order was taken, `requested`,
             *     `awaiting_approval`, `succeeded`, `failed`, or `nothing_left` if all money went back otherwise before.
             */
            status: string;
            /** @description Why it failed. */
            failure: string | null;
        };
        /** @description Who wrote a return down. */
        ReturnRequester: "buyer" | "shop" | "unknown";
        /** @description Pieces of a line that can still come back. */
        ReturnableLine: {
            line_id: string;
            /**
             * Format: int64
             * @description Pieces that have left and are in no return.
             */
            quantity: number;
            /**
             * Format: date-time
             * @description Until when the buyer may ask.
             */
            until: string;
        };
        /** @description A set of rights. Unknown roles of a newer peer give no right. */
        Role: "customer" | "staff" | "admin" | "unknown";
        /** @description How the new secret takes over. */
        RotateApiKey: {
            /**
             * Format: uint32
             * @description How long the secret before is taken, too: 0 to 604,800; 86,400 unless said.
             */
            overlap_seconds?: number | null;
        };
        /** @description What the new secret is to be. */
        RotateWebhookSecret: {
            /** @description How webhooks are signed from now on; as before unless said. */
            signature?: components["schemas"]["WebhookSignature"] | null;
        };
        /** @description A longer process that goes forward step by step, or undoes what it did. What its steps know is not shown. */
        Saga: {
            /** @description After the prefix as the id of the thing that it is of: `saga_x` is of the checkout `chk_x`. */
            id: string;
            /** @description In whose data. */
            module: string;
            /** @description `checkout` */
            kind: string;
            status: components["schemas"]["SagaStatus"];
            /** @description The step that comes next. */
            step: string;
            /**
             * Format: date-time
             * @description When it is looked at at the latest: until then somebody is at work on it, or it waits for somebody. Null: nobody will.
             */
            wake_at: string | null;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description When it made its last step.
             */
            updated_at: string;
        };
        /** @description A page of sagas. */
        SagaList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["Saga"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
            /** @description Modules whose process does not answer now: their sagas are missing on this page. */
            unreachable: string[];
        };
        /** @description Where a saga stands. */
        SagaStatus: "running" | "compensating" | "completed" | "compensated";
        /** @description A choice of the availability. */
        SearchAvailabilityChoice: {
            /** @description What to filter by. */
            value: components["schemas"]["Availability"];
            /**
             * Format: uint
             * @description Products that this would leave.
             */
            count: number;
        };
        /** @description A choice. */
        SearchChoice: {
            /** @description What to filter by. */
            value: string;
            /**
             * Format: uint
             * @description Products that this would leave.
             */
            count: number;
        };
        /** @description A word with typos. */
        SearchCorrection: {
            /** @description In lower case, without accents. */
            word: string;
            /** @description Words of the shop, the nearest first. */
            taken_for: string[];
        };
        /** @description What can be chosen; each with all filters but its own. */
        SearchFacets: {
            /** @description The categories with the most products, by slug. */
            category: components["schemas"]["SearchChoice"][];
            /** @description The titles of variants that most products have. */
            option: components["schemas"]["SearchChoice"][];
            /** @description Always both. */
            availability: components["schemas"]["SearchAvailabilityChoice"][];
            /** @description Null without `currency`, or if nothing has a price in it. */
            price: components["schemas"]["SearchPriceFacet"] | null;
        };
        /** @description Prices in the currency that was asked for. */
        SearchPriceFacet: {
            lowest: components["schemas"]["Money"];
            highest: components["schemas"]["Money"];
            /** @description Stretches of prices in which there is something, in their order. A product with several variants may be in several. */
            ranges: components["schemas"]["SearchPriceRange"][];
        };
        /** @description A stretch of prices. */
        SearchPriceRange: {
            /** @description What to filter by as `price_min`. */
            from: components["schemas"]["Money"];
            /** @description What to filter by as `price_max`. */
            to: components["schemas"]["Money"];
            /**
             * Format: uint
             * @description Products that this would leave.
             */
            count: number;
        };
        /** @description A page of products, and what can be chosen. */
        SearchResult: {
            /** @description At most `limit` products; fewer if one was taken off sale just now. */
            data: components["schemas"]["Product"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
            /**
             * Format: uint
             * @description Products on all pages.
             */
            total: number;
            /** @description Whether every product that matches was looked at; if not, `total` and counts are lower bounds. */
            complete: boolean;
            /** @description Words that no product has as they are written, and the words that were taken for them. */
            corrections: components["schemas"]["SearchCorrection"][];
            facets: components["schemas"]["SearchFacets"];
        };
        /** @description What comes first. */
        SearchSort: "relevance" | "newest" | "price" | "-price";
        /** @description An account of a program: it has keys and no password. */
        ServiceAccount: {
            /** @description Which. */
            id: string;
            /** @description What it is for. */
            name: string;
            /** @description The most its keys may do. */
            roles: components["schemas"]["Role"][];
            /** @description Whether its keys open nothing now. */
            locked: boolean;
            /** @description Why. */
            lock_reason: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updated_at: string;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        ServiceAccountList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["ServiceAccount"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description What changes; absent members stay. */
        ServiceAccountPatch: {
            /** @description 1 to 100 characters. */
            name?: string | null;
            /** @description All roles from now on. */
            roles?: components["schemas"]["Role"][] | null;
            /** @description Whether its keys open nothing. */
            locked?: boolean | null;
            /** @description Why, with `"locked": true`: 1 to 500 characters. */
            lock_reason?: string | null;
        };
        /** @description One sign-in. */
        Session: {
            /** @description Which. */
            id: string;
            /** @description Whether it is the one that asks. */
            current: boolean;
            /** @description What the client said about itself. */
            client: string | null;
            /**
             * Format: date-time
             * @description When the password was given.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was last refreshed.
             */
            last_used_at: string;
            /**
             * Format: date-time
             * @description When it ends unless it is refreshed.
             */
            expires_at: string;
        };
        /** @description What completes a sign-in. */
        SessionConfirmationBody: {
            /** @description From the answer `identity.mfa_required`. */
            challenge_token: string;
            /** @description Six digits of an app, or a recovery code; spaces and dashes do not matter. */
            one_time_code: string;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        SessionList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["Session"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description Request body. */
        SetPriceRowsBody: {
            /** @description Rows to be written or removed. Rows that are not here stay as they are. */
            prices: components["schemas"]["PriceListPriceBody"][];
        };
        /** @description Request body. */
        SetPricesBody: {
            /** @description One for each currency it is sold in; currencies that are not here are no longer sold. */
            prices: components["schemas"]["Money"][];
        };
        /** @description How much of a line is in a parcel. */
        ShippedLine: {
            /** @description The order's line. */
            line_id: string;
            /** @description What it is. */
            variant_id: string;
            /**
             * Format: int64
             * @description How many.
             */
            quantity: number;
        };
        /** @description A way of delivery, priced for one cart. */
        ShippingOption: {
            /** @description Goes into `shipping_method` of the cart. */
            code: string;
            name: string;
            price: components["schemas"]["Money"];
            /**
             * Format: uint8
             * @description Working days until it arrives.
             */
            days: number | null;
        };
        /** @description The ways of delivery for a cart. */
        ShippingOptionsView: {
            /** @description As the shop arranged them. */
            data: components["schemas"]["ShippingOption"][];
        };
        /** @description What someone shows to be let in. */
        SignInBody: {
            /**
             * Format: email
             * @description The address of the account.
             */
            email: string;
            /**
             * Format: password
             * @description Its password.
             */
            password: string;
            /** @description From an earlier sign-in on this device: keeps strangers' failed attempts from slowing you down. */
            device_token?: string | null;
        };
        /** @description The form of the page to sign in on. */
        SignInForm: {
            /** @description The query that the page was shown for. */
            request: string;
            /** @description The mark of the form. */
            form_token: string;
            /** @description The address of the account. */
            email: string;
            /** @description Its password. */
            password: string;
        };
        /** @description Which cart, and how it is paid. */
        StartCheckoutBody: {
            cart_id: string;
            /** @description The provider's name for how the buyer pays; without it the buyer is sent to the provider's page. */
            payment_method?: string | null;
            /** @description Where the provider's page sends the buyer afterwards. */
            return_url?: string | null;
        };
        /**
         * @description States that can be asked for.
         * @enum {string}
         */
        StatusFilter: "pending_payment" | "placed" | "partially_fulfilled" | "fulfilled" | "cancelled";
        /** @description How much of a variant lies where. */
        StockLevel: {
            variant_id: string;
            location_id: string;
            /**
             * Format: int64
             * @description Pieces that lie there, reserved ones included.
             */
            on_hand: number;
            /**
             * Format: int64
             * @description Pieces promised to checkouts.
             */
            reserved: number;
            /**
             * Format: int64
             * @description Pieces that can still be promised.
             */
            available: number;
            /** Format: date-time */
            updated_at: string;
            /** @description With `expand=variant`. */
            variant?: components["schemas"]["VariantLabel"] | null;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        StockLevelList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["StockLevel"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description One entry of the stock ledger. Entries of a variant at a location add up to its level. */
        StockMovement: {
            id: string;
            variant_id: string;
            location_id: string;
            /** @description The reservation it was made for. */
            reservation_id: string | null;
            /**
             * Format: int64
             * @description Change of the pieces that lie there.
             */
            delta_on_hand: number;
            /**
             * Format: int64
             * @description Change of the pieces promised to checkouts.
             */
            delta_reserved: number;
            /** @description `reserved`, `expired`, `committed`, the reason of an adjustment, or one that another module gave. */
            reason: string;
            /** @description An order id, or a note. */
            reference: string | null;
            /** @description Who: `user:…`, `service:…`. */
            actor: string;
            /** Format: date-time */
            at: string;
            /** @description With `expand=variant`. */
            variant?: components["schemas"]["VariantLabel"] | null;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        StockMovementList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["StockMovement"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description What a message says. */
        Template: "verify_email" | "recover_account" | "already_registered" | "account_made" | "password_changed" | "factor_added" | "factor_removed" | "factor_guessed" | "passkey_suspected" | "recovery_codes_renewed" | "recovery_code_used" | "identity_linked" | "identity_removed" | "erasure_requested" | "erasure_cancelled" | "api_key_changed" | "new_device" | "session_compromised" | "order_placed" | "order_cancelled" | "order_shipped" | "payment_returned" | "refund_succeeded" | "return_requested" | "return_approved" | "return_rejected" | "return_received" | "verify_phone" | "delivery_delayed" | "ready_for_pickup" | "service_message" | "digest" | "unknown";
        /** @description What to try out. */
        TestWebhookEndpoint: {
            /** @description Sends the example of this type; `webhook_endpoint.test` unless said, which says nothing. */
            type?: string | null;
        };
        /** @description What a program shows for tokens (RFC 6749 §4.1.3, §4.4.2, §6). Other members are ignored. */
        TokenForm: {
            /** @description `authorization_code`, `refresh_token` or `client_credentials`. */
            grant_type?: string | null;
            /** @description With `authorization_code`: from the redirect. */
            code?: string | null;
            /** @description With `authorization_code`: the same as in the request for authorization. */
            redirect_uri?: string | null;
            /** @description With `authorization_code`: what `code_challenge` was made from (RFC 7636). */
            code_verifier?: string | null;
            /** @description With `refresh_token`: the newest one. */
            refresh_token?: string | null;
            /** @description With `refresh_token` and `client_credentials`: less than could be had. */
            scope?: string | null;
            /** @description Of a public client, or with `client_secret`. */
            client_id?: string | null;
            /** @description Unless it stands in `Authorization`. */
            client_secret?: string | null;
        };
        /** @description Tokens of a session. */
        Tokens: {
            /** @description Goes into `Authorization: Bearer …`. */
            access_token: string;
            /** @description `Bearer` */
            token_type: string;
            /**
             * Format: uint64
             * @description Seconds that the access token still lives.
             */
            expires_in: number;
            /** @description Gets the next tokens, once: `POST /v1/auth/tokens`. */
            refresh_token: string;
            /** @description The session that these tokens belong to. */
            session_id: string;
            /**
             * @description Whether a role of yours needs a second factor that you do not have, or did not show: then the access token is good for
             *     `POST /v1/me/factors` and for confirming it, and for little else. Absent otherwise.
             */
            second_factor_required?: boolean;
            /** @description With a sign-in: keep it and send it with the next one from this device. */
            device_token?: string | null;
        };
        /** @description What an order costs; `total = subtotal - discount + shipping`, plus `tax` unless it is included. */
        Totals: {
            /** @description Sum of the lines at their prices, before the discount. */
            subtotal: components["schemas"]["Money"];
            /** @description What promotions take off: the sum over the lines. Absent from peers that know no promotions: nothing. */
            discount?: components["schemas"]["Money"] | null;
            /** @description Delivery. */
            shipping: components["schemas"]["Money"];
            /** @description Tax on what is paid for lines and delivery. */
            tax: components["schemas"]["Money"];
            /** @description Whether the prices of lines and delivery contain the tax already. */
            tax_included: boolean;
            /** @description What the buyer pays. */
            total: components["schemas"]["Money"];
        };
        /** @description How to follow a parcel. */
        Tracking: {
            /** @description `DHL` */
            carrier?: string | null;
            /** @description The carrier's number. */
            number?: string | null;
            /** @description A page for people. */
            url?: string | null;
        };
        /** @description Which message. */
        TransactionalTemplate: "delivery_delayed" | "ready_for_pickup" | "service_message";
        /** @description What to change: absent members stay, null clears. */
        UpdateCartBody: {
            /** @description Where mails about the order go. */
            email?: string | null;
            /** @description Where it is delivered. */
            shipping_address?: components["schemas"]["AddressInput"] | null;
            /** @description Who gets the invoice; the shipping address if absent. */
            billing_address?: components["schemas"]["AddressInput"] | null;
            /** @description The code of one of the cart's shipping options. */
            shipping_method?: string | null;
        };
        /** @description The new quantity. */
        UpdateCartLineBody: {
            /**
             * Format: int64
             * @description How many.
             */
            quantity: number;
        };
        /** @description What to change: absent members stay, null clears. */
        UpdateFulfillmentBody: {
            /** @description Where it is now. */
            status?: components["schemas"]["MoveBody"] | null;
            /** @description `DHL` */
            carrier?: string | null;
            /** @description The carrier's number. */
            tracking_number?: string | null;
            /** @description A page for people: http or https. */
            tracking_url?: string | null;
        };
        /** @description What to change: absent members stay. */
        UpdateJobBody: {
            /** @description Where it is to stand. */
            state?: components["schemas"]["WantedState"] | null;
        };
        /** @description What to change; absent members stay as they are. */
        UpdateNotification: {
            /** @description Whether it counts as seen. */
            seen?: boolean | null;
            /** @description Whether it is put away. */
            archived?: boolean | null;
        };
        /** @description Request body, a merge patch (RFC 7396): absent members stay as they are, null clears. */
        UpdatePriceListBody: {
            name?: string | null;
            status?: components["schemas"]["PriceListStatus"] | null;
            /**
             * Format: date-time
             * @description null: since ever.
             */
            valid_from?: string | null;
            /**
             * Format: date-time
             * @description null: for ever.
             */
            valid_until?: string | null;
            /** Format: int64 */
            priority?: number | null;
            /** @description All groups it is for from now on. Empty: for everybody. */
            customer_group_ids?: string[] | null;
        };
        /** @description Request body, a merge patch (RFC 7396): absent members stay as they are, null clears. */
        UpdateProductBody: {
            slug?: string | null;
            title?: string | null;
            description?: string | null;
            image?: string | null;
            category_id?: string | null;
            /** @description A product that was for sale does not become a draft again. */
            status?: components["schemas"]["ProductStatus"] | null;
        };
        /** @description What to change: absent members stay, null clears. */
        UpdatePromotionBody: {
            /** @description Whether it is to count. */
            status?: components["schemas"]["PromotionState"] | null;
            /** @description All of them; an empty list asks for nothing. */
            minimum_subtotals?: components["schemas"]["Money"][] | null;
            /**
             * Format: date-time
             * @description It counts from this moment.
             */
            valid_from?: string | null;
            /**
             * Format: date-time
             * @description From this moment it does not count any more.
             */
            valid_until?: string | null;
            /**
             * Format: int64
             * @description How often all buyers together may redeem it: not less than they have.
             */
            total_limit?: number | null;
            /**
             * Format: int64
             * @description How often one buyer may redeem it.
             */
            customer_limit?: number | null;
        };
        /** @description Request body, a merge patch (RFC 7396). */
        UpdateVariantBody: {
            sku?: string | null;
            title?: string | null;
            /** @description `active` or `archived`. */
            status?: components["schemas"]["ProductStatus"] | null;
        };
        /** @description What to change; absent members stay as they are. */
        UpdateWebhookEndpoint: {
            /** @description Where webhooks go. */
            url?: string | null;
            /** @description For people. */
            description?: string | null;
            /** @description Types of events, all if the list is empty: of what is not scheduled yet. */
            event_types?: string[] | null;
            /** @description In what order. */
            mode?: components["schemas"]["WebhookMode"] | null;
            /**
             * Format: uint32
             * @description Most calls in a second.
             */
            max_per_second?: number | null;
            /** @description `disabled` stops it; `enabled` has it go on from where it stopped. */
            status?: components["schemas"]["WebhookEndpointStatus"] | null;
        };
        /** @description A user as administrators see them. */
        User: {
            /** @description Who. */
            id: string;
            /** @description As written at registration. */
            email: string;
            /** @description Whether the person has proved that the address is theirs. */
            email_verified: boolean;
            /** @description What to call them. */
            display_name: string | null;
            /** @description What they may do. */
            roles: components["schemas"]["Role"][];
            /** @description Whether they are kept out. */
            locked: boolean;
            /**
             * Format: date-time
             * @description Since when.
             */
            locked_at: string | null;
            /** @description Why. */
            lock_reason: string | null;
            /**
             * Format: date-time
             * @description When they last signed in.
             */
            last_signed_in_at: string | null;
            /**
             * Format: date-time
             * @description When the account was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updated_at: string;
        };
        /** @description Who has signed in (OpenID Connect Core §5.1), as far as the scope goes. */
        UserInfo: {
            /** @description Always the same for a person. */
            sub: string;
            /** @description What to call them. With `profile`, and if they have said. */
            name?: string | null;
            /**
             * Format: int64
             * @description Seconds since 1970 at which it last changed. With `profile`.
             */
            updated_at?: number | null;
            /** @description With `email`. */
            email?: string | null;
            /** @description Whether the address is known to be theirs. With `email`. */
            email_verified?: boolean | null;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        UserList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["User"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description What changes; absent members stay. A password is not among them: nobody chooses one for someone else. */
        UserPatch: {
            /** @description All roles that the user has from now on. */
            roles?: components["schemas"]["Role"][] | null;
            /** @description Whether the user is kept out. */
            locked?: boolean | null;
            /** @description Why, with `"locked": true`: 1 to 500 characters. */
            lock_reason?: string | null;
        };
        /** @description What is bought. */
        Variant: {
            id: string;
            product_id: string;
            /** @description Stock keeping unit. */
            sku: string;
            /** @description Tells variants of a product apart: `100 g`. */
            title: string;
            status: components["schemas"]["VariantStatus"];
            /**
             * Format: int64
             * @description Send it as `If-Match: "v<version>"` to change this variant.
             */
            version: number;
            /** @description One for each currency it is sold in. */
            prices: components["schemas"]["Money"][];
            /** @description Whether there is a piece that nobody has reserved. */
            in_stock: boolean;
        };
        /** @description A further variant. */
        VariantBody: {
            /** @description Stock keeping unit; unique in the shop. */
            sku: string;
            /** @description Tells variants of a product apart: `100 g`. */
            title: string;
            /**
             * @description One for each currency it is sold in.
             * @default []
             */
            prices: components["schemas"]["Money"][];
        };
        /** @description What a variant is called. */
        VariantLabel: {
            id: string;
            product_id: string;
            product_title: string;
            /** @description Tells variants of a product apart. */
            title: string;
            /** @description Stock keeping unit. */
            sku: string;
        };
        /**
         * @description Whether a variant of an active product can be bought.
         * @enum {string}
         */
        VariantStatus: "active" | "archived";
        /** @description What the telephone was sent. */
        VerifyContactPoint: {
            /** @description Six digits. */
            code: string;
        };
        /** @description Request body. */
        VoidPaymentBody: {
            /** @description For people. */
            reason: string;
        };
        /** @description Where a refund stands. */
        WantedRefundStatus: "awaiting_approval" | "pending" | "succeeded" | "failed" | "unknown";
        /** @description Where a job can be put. */
        WantedState: "pending" | "cancelled";
        /** @description The delivery of one event to one receiver. */
        WebhookDelivery: {
            /** @description Its id. */
            id: string;
            /** @description Who receives it. */
            endpoint_id: string;
            /** @description What asked for it. */
            kind: components["schemas"]["WebhookDeliveryKind"];
            /** @description `webhook-id`: the same in each attempt. */
            event_id: string;
            /** @description `order.placed` */
            event_type: string;
            /** @description Id of the thing that the event is about. */
            subject: string;
            /** @description Where it stands. */
            state: components["schemas"]["WebhookDeliveryState"];
            /**
             * Format: int64
             * @description Attempts so far.
             */
            attempts: number;
            /**
             * Format: date-time
             * @description When the next attempt is due; absent where there will be none, or it waits for an earlier event.
             */
            due_at?: string | null;
            /** @description Why the last attempt failed: `status 500`, `timeout`, `connection`, `not_allowed`, `event_gone`, `no_secret`. */
            last_error?: string | null;
            /**
             * Format: date-time
             * @description When the last attempt began.
             */
            attempted_at?: string | null;
            /**
             * Format: date-time
             * @description When it was scheduled.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was over.
             */
            finished_at?: string | null;
        };
        /** @description What asked for a delivery. */
        WebhookDeliveryKind: "event" | "replay" | "test";
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        WebhookDeliveryList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["WebhookDelivery"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description Where a delivery stands. */
        WebhookDeliveryState: "waiting" | "pending" | "sending" | "delivered" | "dead";
        /** @description Why nothing is sent to a receiver of webhooks. */
        WebhookDisableReason: "requested" | "gone" | "failing" | "unknown";
        /** @description A receiver of webhooks. */
        WebhookEndpoint: {
            /** @description Its id. */
            id: string;
            /** @description Where webhooks go. */
            url: string;
            /** @description For people. */
            description: string;
            /** @description Types of events it gets; all if the list is empty. */
            event_types: string[];
            /** @description In what order. */
            mode: components["schemas"]["WebhookMode"];
            /**
             * Format: uint32
             * @description Most calls in a second.
             */
            max_per_second: number;
            /** @description Whether it is sent anything. */
            status: components["schemas"]["WebhookEndpointStatus"];
            /** @description Why not. */
            disabled_reason?: components["schemas"]["WebhookDisableReason"] | null;
            /**
             * Format: date-time
             * @description First of the failed attempts since the last success.
             */
            failing_since?: string | null;
            /** @description Why the last of them failed: `status 500`, `timeout`, `connection`, `not_allowed`. */
            last_error?: string | null;
            /** @description How it is signed. */
            signature: components["schemas"]["WebhookSignature"];
            /** @description `whpk_…` and its 32 bytes in base64, where `signature` is `v1a`: what its receiver verifies with. */
            public_key?: string | null;
            /** @description The public key before this one, which is good as long as `previous_secret_until` says. */
            previous_public_key?: string | null;
            /**
             * Format: date-time
             * @description Until when the secret, or private key, before this one signs too.
             */
            previous_secret_until?: string | null;
            /** @description `whsec_…` where `signature` is `v1`, in the answer to the request that made it and in no other. */
            secret?: string | null;
            /**
             * Format: int64
             * @description Grows with each change: `If-Match: "v<version>"`.
             */
            version: number;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was changed.
             */
            updated_at: string;
        };
        /** @description A page of a list: `{data, next_cursor, has_more}`. */
        WebhookEndpointList: {
            /** @description At most `limit` items. */
            data: components["schemas"]["WebhookEndpoint"][];
            /** @description Send it back as `cursor` for the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Whether there is a next page. */
            has_more: boolean;
        };
        /** @description Whether a receiver is sent anything. */
        WebhookEndpointStatus: "enabled" | "disabled";
        /** @description In what order a receiver gets events. */
        WebhookMode: "unordered" | "keyed";
        /** @description A stretch of the log that is being sent again. */
        WebhookReplay: {
            /** @description Its id. */
            id: string;
            /** @description To whom. */
            endpoint_id: string;
            /** @description What comes after this `sequence`. */
            after: string;
            /** @description Up to this `sequence`. */
            until: string;
        };
        /** @description How a receiver knows that a webhook comes from the shop. */
        WebhookSignature: "v1" | "v1a";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description The version, `"v17"`. */
        ETag: string;
        /** @description The answer of an earlier request with the same key. */
        "Idempotent-Replayed": "true";
        /** @description Where the thing is that was made or is being changed. */
        Location: string;
        /** @description The preferences of `Prefer` that were followed. */
        "Preference-Applied": string;
        /** @description What is left of the limit: `"default";r=571;t=12`. */
        RateLimit: string;
        /** @description The limit: `"default";q=600;w=60`. */
        "RateLimit-Policy": string;
        /** @description Seconds to wait. */
        "Retry-After": number;
        /** @description Names the request in logs and traces. */
        "Trace-Id": string;
        /** @description Names the events that the request caused: sent back with a read, the read waits for them. */
        "Consistency-Token": string;
        /** @description Since when what the caller used is deprecated (RFC 9745): `@1796083200`. */
        Deprecation: string;
        /** @description Until when what the caller used certainly stays (RFC 8594). */
        Sunset: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    create_registration: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegistrationBody"];
            };
        };
        responses: {
            /** @description The registration was taken. */
            202: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
        };
    };
    create_challenge: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChallengeBody"];
            };
        };
        responses: {
            /** @description The wish was taken. */
            202: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
        };
    };
    create_challenge_response: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description From the mail. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChallengeResponseBody"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    create_session: {
        parameters: {
            query?: never;
            header?: {
                /** @description Shown in the list of sessions. */
                "User-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInBody"];
            };
        };
        responses: {
            /** @description The session with its tokens. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
        };
    };
    create_session_confirmation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Shown in the list of sessions. */
                "User-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionConfirmationBody"];
            };
        };
        responses: {
            /** @description The session with its tokens. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
        };
    };
    delete_current_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out. */
            204: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    create_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshBody"];
            };
        };
        responses: {
            /** @description The next tokens. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
        };
    };
    create_first_administrator: {
        parameters: {
            query?: never;
            header?: {
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BootstrapBody"];
            };
        };
        responses: {
            /** @description The administrator, who can sign in now. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Bootstrapped"];
                };
            };
        };
    };
    get_me: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `display_name`, `email`, `email_verified`, `id`, `roles`, `updated_at`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description You. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    delete_me: {
        parameters: {
            query?: never;
            header?: {
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description When it happens. */
            202: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erasure"];
                };
            };
        };
    };
    update_me: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["MePatch"];
                "application/json": components["schemas"]["MePatch"];
            };
        };
        responses: {
            /** @description You, as you are now. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    list_my_sessions: {
        parameters: {
            query?: {
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `client`, `created_at`, `current`, `expires_at`, `id`, `last_used_at`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Your live sessions. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionList"];
                };
            };
        };
    };
    delete_my_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description From the list of your sessions. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ended. */
            204: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_users: {
        parameters: {
            query?: {
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only the user with this address. */
                email?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `display_name`, `email`, `email_verified`, `id`, `last_signed_in_at`, `lock_reason`, `locked`, `locked_at`, `roles`, `updated_at`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Users. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserList"];
                };
            };
        };
    };
    create_user: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateUser"];
            };
        };
        responses: {
            /** @description The user, who has not proved the address yet. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    get_user: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `display_name`, `email`, `email_verified`, `id`, `last_signed_in_at`, `lock_reason`, `locked`, `locked_at`, `roles`, `updated_at`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description Which user. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    update_user: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description Which user. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["UserPatch"];
                "application/json": components["schemas"]["UserPatch"];
            };
        };
        responses: {
            /** @description The user as they are now. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    get_jwks: {
        parameters: {
            query?: never;
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A JSON Web Key Set. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Jwks"];
                };
            };
        };
    };
    get_my_erasure: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `erase_at`, `requested_at`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description When it happens. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erasure"];
                };
            };
        };
    };
    cancel_my_erasure: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It stays. */
            204: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_my_factors: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `confirmed_at`, `created_at`, `id`, `kind`, `last_used_at`, `name`, `status`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Your factors: five apps and ten passkeys at most. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Factors"];
                };
            };
        };
    };
    create_my_factor: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateFactor"];
            };
        };
        responses: {
            /** @description The factor, with what it begins with. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewFactor"];
                };
            };
        };
    };
    create_my_factor_confirmation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The factor. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FactorConfirmationBody"];
            };
        };
        responses: {
            /** @description The factor; with the first one, recovery codes. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfirmedFactor"];
                };
            };
        };
    };
    delete_my_factor: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The factor. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    create_my_recovery_codes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The codes. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
        };
    };
    delete_user_factors: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Whose. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They have none. */
            204: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    create_passkey_challenge: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PasskeyChallengeBody"];
            };
        };
        responses: {
            /** @description The challenge. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyChallenge"];
                };
            };
        };
    };
    create_passkey_session: {
        parameters: {
            query?: never;
            header?: {
                /** @description Shown in the list of sessions. */
                "User-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeySessionBody"];
            };
        };
        responses: {
            /** @description The session with its tokens. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
        };
    };
    list_oauth_clients: {
        parameters: {
            query?: {
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `grants`, `id`, `name`, `previous_secret_until`, `redirect_uris`, `scopes`, `secret`, `type`, `updated_at`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Clients. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OauthClientList"];
                };
            };
        };
    };
    create_oauth_client: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateOauthClient"];
            };
        };
        responses: {
            /** @description The client, with its secret. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OauthClient"];
                };
            };
        };
    };
    get_oauth_client: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `grants`, `id`, `name`, `previous_secret_until`, `redirect_uris`, `scopes`, `secret`, `type`, `updated_at`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The client. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The client. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OauthClient"];
                };
            };
        };
    };
    delete_oauth_client: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
            };
            path: {
                /** @description The client. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_oauth_client: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description The client. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["OauthClientPatch"];
                "application/json": components["schemas"]["OauthClientPatch"];
            };
        };
        responses: {
            /** @description The client as it is now. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OauthClient"];
                };
            };
        };
    };
    rotate_oauth_client_secret: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The client. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The client, with its new secret. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OauthClient"];
                };
            };
        };
    };
    list_my_consents: {
        parameters: {
            query?: {
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `client_id`, `client_name`, `granted_at`, `scopes`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Consents. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsentList"];
                };
            };
        };
    };
    delete_my_consent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description From the list of your consents. */
                client_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ended. */
            204: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    authorize: {
        parameters: {
            query?: {
                /** @description `code` */
                response_type?: string;
                /** @description `query`, which it is unless said. */
                response_mode?: string;
                /** @description The program that asks. */
                client_id?: string;
                /** @description Where the answer goes: one of those registered, character by character. */
                redirect_uri?: string;
                /** @description What is asked for, with spaces between. */
                scope?: string;
                /** @description Comes back with the answer: at most 1,000 characters. */
                state?: string;
                /** @description Comes back in the ID token: at most 1,000 characters. */
                nonce?: string;
                /** @description SHA-256 of the code verifier, in base64url without padding. */
                code_challenge?: string;
                /** @description `S256` */
                code_challenge_method?: string;
                /** @description `none`, or any of `login`, `consent` and `select_account`. */
                prompt?: string;
                /** @description Seconds since the person signed in, at most. */
                max_age?: string;
                /** @description Whom the program expects: filled in on the page. */
                login_hint?: string;
                /** @description Refused. */
                request?: string;
                /** @description Refused. */
                request_uri?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page to sign in or to agree on. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    submit_sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["SignInForm"];
            };
        };
        responses: {
            /** @description The page to agree on; the browser gets a cookie. Or one to type a code on. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    submit_code: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["CodeForm"];
            };
        };
        responses: {
            /** @description The page to agree on; the browser gets a cookie. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    submit_consent: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["ConsentForm"];
            };
        };
        responses: never;
    };
    submit_passkey_challenge: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["PasskeyChallengeForm"];
            };
        };
        responses: {
            /** @description The challenge. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyChallenge"];
                };
            };
        };
    };
    submit_passkey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["PasskeyForm"];
            };
        };
        responses: {
            /** @description The page to agree on; the browser gets a cookie. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    leave_to_provider: {
        parameters: {
            query: {
                /** @description The query that the page was shown for. */
                request: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The provider. */
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: never;
    };
    return_from_provider: {
        parameters: {
            query?: {
                /** @description What the browser was sent there with. */
                state?: string;
                /** @description What the provider gives the tokens for. */
                code?: string;
                /** @description Why there is no code. */
                error?: string;
                /** @description The issuer that answers. */
                iss?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The provider. */
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page to agree on; the browser gets a cookie. Or one to type a code on. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    create_oauth_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["TokenForm"];
            };
        };
        responses: {
            /** @description The tokens. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OauthTokens"];
                };
            };
        };
    };
    revoke_oauth_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["OneTokenForm"];
            };
        };
        responses: {
            /** @description It is over. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    introspect_oauth_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["OneTokenForm"];
            };
        };
        responses: {
            /** @description What it is. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Introspection"];
                };
            };
        };
    };
    get_userinfo: {
        parameters: {
            query?: never;
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserInfo"];
                };
            };
        };
    };
    post_userinfo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserInfo"];
                };
            };
        };
    };
    get_openid_configuration: {
        parameters: {
            query?: never;
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The description. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthorizationServer"];
                };
            };
        };
    };
    get_authorization_server_metadata: {
        parameters: {
            query?: never;
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The description. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthorizationServer"];
                };
            };
        };
    };
    list_providers: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `display_name`, `name`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The providers of the settings. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Providers"];
                };
            };
        };
    };
    begin_federation: {
        parameters: {
            query?: {
                /** @description Where the browser goes in the end: one of those of the settings, character by character. */
                return_url?: string;
                /** @description Comes back with the browser: at most 1,000 bytes. Bind it to the browser, and compare it. */
                state?: string;
                /** @description SHA-256 of a code verifier that you keep, in base64url without padding (RFC 7636). */
                code_challenge?: string;
                /** @description `S256` */
                code_challenge_method?: string;
                /** @description Seconds since the person signed in at the provider, at most 86,400; 0 has them sign in anew. */
                max_age?: number;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The provider. */
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: never;
    };
    create_federated_session: {
        parameters: {
            query?: never;
            header?: {
                /** @description Shown in the list of sessions. */
                "User-Agent"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateFederatedSession"];
            };
        };
        responses: {
            /** @description The session with its tokens. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
        };
    };
    list_my_identities: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `email`, `id`, `issuer`, `last_used_at`, `provider`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Your linked accounts, ten at most. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FederatedIdentities"];
                };
            };
        };
    };
    link_my_identity: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkIdentity"];
            };
        };
        responses: {
            /** @description The linked account. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FederatedIdentity"];
                };
            };
        };
    };
    unlink_my_identity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The linked account. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_api_keys: {
        parameters: {
            query?: {
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `expires_at`, `id`, `last_used_at`, `name`, `networks`, `previous_secret_until`, `scopes`, `secret`, `service_account_id`, `updated_at`, `user_id`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Your keys. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyList"];
                };
            };
        };
    };
    create_api_key: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateApiKey"];
            };
        };
        responses: {
            /** @description The key, with its secret. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
        };
    };
    get_api_key: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `expires_at`, `id`, `last_used_at`, `name`, `networks`, `previous_secret_until`, `scopes`, `secret`, `service_account_id`, `updated_at`, `user_id`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The key. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key, without its secret. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
        };
    };
    delete_api_key: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
            };
            path: {
                /** @description The key. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ended. */
            204: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_api_key: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description The key. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["ApiKeyPatch"];
                "application/json": components["schemas"]["ApiKeyPatch"];
            };
        };
        responses: {
            /** @description The key as it is now, without its secret. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
        };
    };
    rotate_api_key: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The key. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateApiKey"];
            };
        };
        responses: {
            /** @description The key, with its new secret. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
        };
    };
    list_service_accounts: {
        parameters: {
            query?: {
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `id`, `lock_reason`, `locked`, `name`, `roles`, `updated_at`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accounts. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccountList"];
                };
            };
        };
    };
    create_service_account: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateServiceAccount"];
            };
        };
        responses: {
            /** @description The account. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccount"];
                };
            };
        };
    };
    get_service_account: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `id`, `lock_reason`, `locked`, `name`, `roles`, `updated_at`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The account. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccount"];
                };
            };
        };
    };
    update_service_account: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description The account. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["ServiceAccountPatch"];
                "application/json": components["schemas"]["ServiceAccountPatch"];
            };
        };
        responses: {
            /** @description The account as it is now. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccount"];
                };
            };
        };
    };
    list_service_account_keys: {
        parameters: {
            query?: {
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `expires_at`, `id`, `last_used_at`, `name`, `networks`, `previous_secret_until`, `scopes`, `secret`, `service_account_id`, `updated_at`, `user_id`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The account. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its keys. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyList"];
                };
            };
        };
    };
    create_service_account_key: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The account. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateApiKey"];
            };
        };
        responses: {
            /** @description The key, with its secret. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
        };
    };
    list_products: {
        parameters: {
            query?: {
                /** @description Items of a page. */
                limit?: number;
                /** @description From `next_cursor` of the page before. */
                cursor?: string;
                /** @description Slug of a category. */
                category?: string;
                /** @description Part of the title or of a SKU, in upper or lower case. */
                q?: string;
                /** @description `active` unless said; only staff get anything for the others. */
                status?: components["schemas"]["ProductStatus"];
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `category`, `created_at`, `description`, `id`, `image`, `slug`, `status`, `title`, `updated_at`, `variants`, `version`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of products. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductList"];
                };
            };
        };
    };
    create_product: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateProductBody"];
            };
        };
        responses: {
            /** @description The product. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
        };
    };
    search: {
        parameters: {
            query?: {
                /** @description Items of a page. */
                limit?: number;
                /** @description From `next_cursor` of the page before. */
                cursor?: string;
                /** @description Words, at most eight; everything on sale without it. */
                q?: string;
                /** @description Slug of a category. */
                category?: string;
                /** @description Title of a variant: `100 g`. Price and availability must hold for that variant. */
                option?: string;
                /** @description Whether one of the wanted variants can be had. */
                availability?: components["schemas"]["Availability"];
                /** @description What prices are in; `price_min`, `price_max`, the orders by price and the facet of prices need it. */
                currency?: "AUD" | "BHD" | "BRL" | "CAD" | "CHF" | "CNY" | "CZK" | "DKK" | "EUR" | "GBP" | "HKD" | "HUF" | "IDR" | "ILS" | "INR" | "ISK" | "JOD" | "JPY" | "KRW" | "KWD" | "MXN" | "MYR" | "NOK" | "NZD" | "OMR" | "PHP" | "PLN" | "RON" | "SEK" | "SGD" | "THB" | "TND" | "TRY" | "TWD" | "USD" | "VND" | "ZAR" | null;
                /** @description In minor units of `currency`, itself included. */
                price_min?: number;
                /** @description In minor units of `currency`, itself included. */
                price_max?: number;
                /**
                 * @description What comes first: `relevance` if there is a `q`, else `newest`. Products are compared by the lowest price of their
                 *     wanted variants; those without one come last. What is equal comes newest first.
                 */
                sort?: components["schemas"]["SearchSort"];
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `category`, `created_at`, `description`, `id`, `image`, `slug`, `status`, `title`, `updated_at`, `variants`, `version`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of products, and what can be chosen. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchResult"];
                };
            };
        };
    };
    get_product: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `category`, `created_at`, `description`, `id`, `image`, `slug`, `status`, `title`, `updated_at`, `variants`, `version`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description `prd_…`, or `slug:darjeeling-first-flush` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The product. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
        };
    };
    update_product: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description The product. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["UpdateProductBody"];
                "application/json": components["schemas"]["UpdateProductBody"];
            };
        };
        responses: {
            /** @description The product as it is now. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
        };
    };
    add_variant: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description The product. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VariantBody"];
            };
        };
        responses: {
            /** @description The variant. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Variant"];
                };
            };
        };
    };
    update_variant: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description The variant. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["UpdateVariantBody"];
                "application/json": components["schemas"]["UpdateVariantBody"];
            };
        };
        responses: {
            /** @description The variant as it is now. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Variant"];
                };
            };
        };
    };
    set_prices: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description The variant. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetPricesBody"];
            };
        };
        responses: {
            /** @description The variant as it is now. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Variant"];
                };
            };
        };
    };
    list_categories: {
        parameters: {
            query?: {
                /** @description Items of a page. */
                limit?: number;
                /** @description From `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `description`, `id`, `position`, `slug`, `title`, `version`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of categories. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CategoryList"];
                };
            };
        };
    };
    create_category: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateCategoryBody"];
            };
        };
        responses: {
            /** @description The category. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Category"];
                };
            };
        };
    };
    list_stock_levels: {
        parameters: {
            query?: {
                /** @description Items of a page. */
                limit?: number;
                /** @description From `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only this variant's. */
                variant_id?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `available`, `location_id`, `on_hand`, `reserved`, `updated_at`, `variant`, `variant_id`. */
                fields?: string;
                /** @description What the answer is to have in it, separated by commas: `variant`: what the variant is called. An answer with it has no `ETag`. */
                expand?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of levels. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockLevelList"];
                };
            };
        };
    };
    adjust_inventory: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdjustInventoryBody"];
            };
        };
        responses: {
            /** @description What the adjustment did. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InventoryAdjustment"];
                };
            };
        };
    };
    list_stock_movements: {
        parameters: {
            query?: {
                /** @description Items of a page. */
                limit?: number;
                /** @description From `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only this variant's. */
                variant_id?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `actor`, `at`, `delta_on_hand`, `delta_reserved`, `id`, `location_id`, `reason`, `reference`, `reservation_id`, `variant`, `variant_id`. */
                fields?: string;
                /** @description What the answer is to have in it, separated by commas: `variant`: what the variant is called. An answer with it has no `ETag`. */
                expand?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of movements. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockMovementList"];
                };
            };
        };
    };
    list_price_lists: {
        parameters: {
            query?: {
                /** @description Items of a page. */
                limit?: number;
                /** @description From `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only those. */
                status?: components["schemas"]["PriceListStatus"];
                /** @description Only those in this currency. */
                currency?: "AUD" | "BHD" | "BRL" | "CAD" | "CHF" | "CNY" | "CZK" | "DKK" | "EUR" | "GBP" | "HKD" | "HUF" | "IDR" | "ILS" | "INR" | "ISK" | "JOD" | "JPY" | "KRW" | "KWD" | "MXN" | "MYR" | "NOK" | "NZD" | "OMR" | "PHP" | "PLN" | "RON" | "SEK" | "SGD" | "THB" | "TND" | "TRY" | "TWD" | "USD" | "VND" | "ZAR" | null;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `currency`, `customer_group_ids`, `id`, `name`, `priority`, `status`, `updated_at`, `valid_from`, `valid_until`, `version`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of price lists. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PriceListList"];
                };
            };
        };
    };
    create_price_list: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreatePriceListBody"];
            };
        };
        responses: {
            /** @description The price list. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PriceList"];
                };
            };
        };
    };
    get_price_list: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `currency`, `customer_group_ids`, `id`, `name`, `priority`, `status`, `updated_at`, `valid_from`, `valid_until`, `version`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The price list. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The price list. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PriceList"];
                };
            };
        };
    };
    update_price_list: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description The price list. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["UpdatePriceListBody"];
                "application/json": components["schemas"]["UpdatePriceListBody"];
            };
        };
        responses: {
            /** @description The price list as it is now. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PriceList"];
                };
            };
        };
    };
    list_price_list_prices: {
        parameters: {
            query?: {
                /** @description Items of a page. */
                limit?: number;
                /** @description From `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only this variant's. */
                variant_id?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `min_quantity`, `unit_price`, `variant_id`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The price list. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of rows. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PriceListPriceList"];
                };
            };
        };
    };
    set_price_list_prices: {
        parameters: {
            query?: never;
            header?: {
                /** @description `return=minimal` leaves out the body of the answer; `respond-async` answers 202 at once with an operation, which tells how the work goes. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description The price list. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetPriceRowsBody"];
            };
        };
        responses: {
            /** @description What the request did. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PriceListChange"];
                };
            };
            /** @description The rows are good; the operation writes them. */
            202: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    /** @description Seconds after which to look at the operation. */
                    "Retry-After"?: string;
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
        };
    };
    list_customer_groups: {
        parameters: {
            query?: {
                /** @description Items of a page. */
                limit?: number;
                /** @description From `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only those that this person is in. */
                user_id?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `id`, `name`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of groups. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerGroupList"];
                };
            };
        };
    };
    create_customer_group: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateCustomerGroupBody"];
            };
        };
        responses: {
            /** @description The group. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerGroup"];
                };
            };
        };
    };
    quote_prices: {
        parameters: {
            query?: {
                /** @description Whether to show every candidate of each line and what became of it; for staff, with at most 20 lines. */
                explain?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QuotePricesBody"];
            };
        };
        responses: {
            /** @description The prices. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PriceQuote"];
                };
            };
        };
    };
    list_customer_group_members: {
        parameters: {
            query?: {
                /** @description Items of a page. */
                limit?: number;
                /** @description From `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `added_at`, `user_id`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The group. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of members. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerGroupMemberList"];
                };
            };
        };
    };
    add_customer_group_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The group. */
                id: string;
                /** @description Who. */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They are in it. */
            204: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    remove_customer_group_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The group. */
                id: string;
                /** @description Who. */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They are not in it. */
            204: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_payment: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `amount`, `attempts`, `authorized`, `capture`, `captured`, `captures`, `created_at`, `id`, `next_action`, `order_id`, `refunded`, `refunds`, `status`, `updated_at`, `void_requested`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description `pay_…` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The payment. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
        };
    };
    capture_payment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description `pay_…` */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CapturePaymentBody"];
            };
        };
        responses: {
            /** @description The payment after the capture. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            /** @description The payment; the capture's outcome is being found out. */
            202: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
        };
    };
    void_payment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description `pay_…` */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VoidPaymentBody"];
            };
        };
        responses: {
            /** @description The payment; its state says how far the undoing is. */
            202: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
        };
    };
    refund_payment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description `pay_…` */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefundPaymentBody"];
            };
        };
        responses: {
            /** @description The refund, done or refused by the provider. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refund"];
                };
            };
            /** @description The refund; it waits for approval, or its outcome is being found out. */
            202: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refund"];
                };
            };
        };
    };
    list_refunds: {
        parameters: {
            query?: {
                /** @description Items of a page. */
                limit?: number;
                /** @description From `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only refunds of this payment. */
                payment_id?: string;
                /** @description Only refunds that stand here. */
                status?: components["schemas"]["WantedRefundStatus"];
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `amount`, `approval`, `created_at`, `id`, `payment_id`, `reason`, `status`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of refunds. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefundList"];
                };
            };
        };
    };
    get_refund: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `amount`, `approval`, `created_at`, `id`, `payment_id`, `reason`, `status`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description `rfd_…` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The refund. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refund"];
                };
            };
        };
    };
    approve_refund: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description `rfd_…` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DecideRefundBody"];
            };
        };
        responses: {
            /** @description The refund, done or refused by the provider. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refund"];
                };
            };
            /** @description The refund; its outcome is being found out. */
            202: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refund"];
                };
            };
        };
    };
    reject_refund: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description `rfd_…` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DecideRefundBody"];
            };
        };
        responses: {
            /** @description The refund, which came to nothing. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refund"];
                };
            };
        };
    };
    reconcile_payment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `pay_…` */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The payment as it is now. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
        };
    };
    list_ledger_entries: {
        parameters: {
            query?: {
                /** @description Items of a page. */
                limit?: number;
                /** @description From `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only entries about this payment. */
                payment_id?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `id`, `kind`, `order_id`, `payment_id`, `posted_at`, `transfers`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of entries. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LedgerEntryList"];
                };
            };
        };
    };
    receive_provider_webhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description `t=<unix seconds>,v1=<hex>` */
                "simulator-signature"?: string;
            };
            path: {
                /** @description The provider's name: `simulator` */
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event is stored. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderWebhookReceived"];
                };
            };
        };
    };
    create_cart: {
        parameters: {
            query?: never;
            header?: {
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateCartBody"];
            };
        };
        responses: {
            /** @description The cart. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    /** @description The secret that opens a guest's cart, this once. */
                    "Cart-Token"?: string;
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cart"];
                };
            };
        };
    };
    get_cart: {
        parameters: {
            query?: {
                /** @description `true` adds `explanation`: each step to the total, with what roundings left out. */
                explain?: boolean;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `billing_address`, `checkout_id`, `created_at`, `currency`, `email`, `explanation`, `id`, `lines`, `merged_into`, `missing`, `problems`, `promotion_codes`, `shipping_address`, `shipping_method`, `status`, `totals`, `updated_at`. */
                fields?: string;
            };
            header?: {
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description Which cart. */
                cart_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cart. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cart"];
                };
            };
        };
    };
    update_cart: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description Which cart. */
                cart_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["UpdateCartBody"];
                "application/json": components["schemas"]["UpdateCartBody"];
            };
        };
        responses: {
            /** @description The cart. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cart"];
                };
            };
        };
    };
    add_cart_line: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description Which cart. */
                cart_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddCartLineBody"];
            };
        };
        responses: {
            /** @description The cart. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cart"];
                };
            };
        };
    };
    delete_cart_line: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description Which cart. */
                cart_id: string;
                /** @description Which line of it. */
                line_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cart without the line. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cart"];
                };
            };
        };
    };
    update_cart_line: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description Which cart. */
                cart_id: string;
                /** @description Which line of it. */
                line_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["UpdateCartLineBody"];
                "application/json": components["schemas"]["UpdateCartLineBody"];
            };
        };
        responses: {
            /** @description The cart. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cart"];
                };
            };
        };
    };
    add_promotion_code: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description Which cart. */
                cart_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddPromotionCodeBody"];
            };
        };
        responses: {
            /** @description The cart. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cart"];
                };
            };
        };
    };
    delete_promotion_code: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description Which cart. */
                cart_id: string;
                /** @description Which code of it, in any letter case. */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cart without the code. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cart"];
                };
            };
        };
    };
    list_shipping_options: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `code`, `days`, `name`, `price`. */
                fields?: string;
            };
            header?: {
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description Which cart. */
                cart_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ways of delivery. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShippingOptionsView"];
                };
            };
        };
    };
    merge_cart: {
        parameters: {
            query?: never;
            header: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description The guest's cart. */
                cart_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["MergeCartBody"];
            };
        };
        responses: {
            /** @description The cart that holds everything now. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cart"];
                };
            };
        };
    };
    start_checkout: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartCheckoutBody"];
            };
        };
        responses: {
            /** @description The checkout, with what to do next. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Checkout"];
                };
            };
        };
    };
    get_checkout: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `cart_id`, `created_at`, `expires_at`, `id`, `lines`, `next_action`, `order_id`, `payment`, `problems`, `reason`, `status`, `totals`. */
                fields?: string;
            };
            header?: {
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description `wait=n`: seconds to wait for the next change, at most 20. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description Which checkout. */
                checkout_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The checkout. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Checkout"];
                };
            };
        };
    };
    confirm_checkout: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
            };
            path: {
                /** @description Which checkout. */
                checkout_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ConfirmCheckoutBody"];
            };
        };
        responses: {
            /** @description The checkout as it stands now. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Checkout"];
                };
            };
        };
    };
    confirm_checkout_by_verb: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
            };
            path: {
                /** @description Which checkout. */
                checkout_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ConfirmCheckoutBody"];
            };
        };
        responses: {
            /** @description The checkout as it stands now. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Checkout"];
                };
            };
        };
    };
    cancel_checkout: {
        parameters: {
            query?: never;
            header?: {
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description Which checkout. */
                checkout_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The checkout, undone. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Checkout"];
                };
            };
            /** @description The checkout, being undone. */
            202: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Checkout"];
                };
            };
        };
    };
    cancel_checkout_by_verb: {
        parameters: {
            query?: never;
            header?: {
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description Which checkout. */
                checkout_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The checkout, undone. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Checkout"];
                };
            };
            /** @description The checkout, being undone. */
            202: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Checkout"];
                };
            };
        };
    };
    list_orders: {
        parameters: {
            query?: {
                /** @description Items of a page. */
                limit?: number;
                /** @description From `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only orders in this state. */
                status?: components["schemas"]["StatusFilter"];
                /** @description Staff only: orders of this person. */
                user_id?: string;
                /** @description Staff only: orders whose mails go to this address. */
                email?: string;
                /** @description Staff only: the order with this number. */
                number?: number;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `cancel_reason`, `cancelled_at`, `captured`, `cart_id`, `created_at`, `customer`, `fulfillments`, `id`, `lines`, `number`, `payment_id`, `payment_status`, `placed_at`, `rates_source`, `refunded`, `returns`, `shipping_method`, `status`, `totals`. */
                fields?: string;
                /** @description What the answer is to have in it, separated by commas: `fulfillments`: the parcels of each order; `returns`: what came back of each order, or is to. An answer with it has no `ETag`. */
                expand?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of orders. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderSummaryList"];
                };
            };
        };
    };
    get_order: {
        parameters: {
            query?: {
                /** @description `true` adds `explanation`: each step to the total, with what roundings left out. */
                explain?: boolean;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `billing_address`, `cancel_reason`, `cancelled_at`, `captured`, `cart_id`, `created_at`, `customer`, `explanation`, `fulfillments`, `id`, `lines`, `number`, `payment_id`, `payment_status`, `placed_at`, `rates_source`, `refunded`, `returns`, `shipping_address`, `shipping_method`, `status`, `totals`. */
                fields?: string;
                /** @description What the answer is to have in it, separated by commas: `returns`: what came back of it, or is to. An answer with it has no `ETag`. */
                expand?: string;
            };
            header?: {
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description Which order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
        };
    };
    get_order_timeline: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `amount`, `at`, `fulfillment_id`, `kind`, `reason`, `return_id`. */
                fields?: string;
            };
            header?: {
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description Which order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What happened. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderTimelineView"];
                };
            };
        };
    };
    cancel_order: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description Which order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CancelOrderBody"];
            };
        };
        responses: {
            /** @description The order; money and stock are on their way back. */
            202: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderSummary"];
                };
            };
        };
    };
    create_fulfillment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description Which order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateFulfillmentBody"];
            };
        };
        responses: {
            /** @description The parcel. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fulfillment"];
                };
            };
        };
    };
    update_fulfillment: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description Which parcel. */
                fulfillment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["UpdateFulfillmentBody"];
                "application/json": components["schemas"]["UpdateFulfillmentBody"];
            };
        };
        responses: {
            /** @description The parcel. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fulfillment"];
                };
            };
        };
    };
    list_promotions: {
        parameters: {
            query?: {
                /** @description Items of a page. */
                limit?: number;
                /** @description From `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only the promotion with this code, in any letter case. */
                code?: string;
                /** @description Only promotions in this state. */
                status?: components["schemas"]["PromotionState"];
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `amounts`, `code`, `combinable`, `created_at`, `customer_limit`, `id`, `kind`, `minimum_subtotals`, `rate`, `redeemed`, `status`, `total_limit`, `updated_at`, `valid_from`, `valid_until`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of promotions. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PromotionList"];
                };
            };
        };
    };
    create_promotion: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreatePromotionBody"];
            };
        };
        responses: {
            /** @description The promotion. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Promotion"];
                };
            };
        };
    };
    get_promotion: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `amounts`, `code`, `combinable`, `created_at`, `customer_limit`, `id`, `kind`, `minimum_subtotals`, `rate`, `redeemed`, `status`, `total_limit`, `updated_at`, `valid_from`, `valid_until`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description Which promotion. */
                promotion_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The promotion. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Promotion"];
                };
            };
        };
    };
    update_promotion: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description Which promotion. */
                promotion_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["UpdatePromotionBody"];
                "application/json": components["schemas"]["UpdatePromotionBody"];
            };
        };
        responses: {
            /** @description The promotion. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Promotion"];
                };
            };
        };
    };
    list_returns: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `approved_at`, `closed_at`, `created_at`, `decision_note`, `id`, `lines`, `note`, `order_id`, `received_at`, `refund`, `requested_by`, `restock_status`, `status`, `version`. */
                fields?: string;
            };
            header?: {
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description Which order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its returns. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderReturnsView"];
                };
            };
        };
    };
    create_return: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description Which order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateReturnBody"];
            };
        };
        responses: {
            /** @description The return. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Return"];
                };
            };
        };
    };
    get_return: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `approved_at`, `closed_at`, `created_at`, `decision_note`, `id`, `lines`, `note`, `order_id`, `received_at`, `refund`, `requested_by`, `restock_status`, `status`, `version`. */
                fields?: string;
            };
            header?: {
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description Which return. */
                return_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The return. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Return"];
                };
            };
        };
    };
    decide_return: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description Which return. */
                return_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["DecideReturnBody"];
                "application/json": components["schemas"]["DecideReturnBody"];
            };
        };
        responses: {
            /** @description The return. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Return"];
                };
            };
        };
    };
    cancel_return: {
        parameters: {
            query?: never;
            header?: {
                /** @description The secret of a guest's cart, from the answer that created it. The carts of signed-in people need none. */
                "Cart-Token"?: string;
            };
            path: {
                /** @description Which return. */
                return_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The return, given up. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Return"];
                };
            };
        };
    };
    receive_return: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description Which return. */
                return_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReceiveReturnBody"];
            };
        };
        responses: {
            /** @description The return; stock and money are on their way back. */
            202: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Return"];
                };
            };
        };
    };
    list_my_notifications: {
        parameters: {
            query?: {
                /** @description Only those that were neither seen nor put away. */
                unread?: boolean;
                /** @description Also those that were put away. */
                archived?: boolean;
                /** @description Nothing but those that were put away. */
                only_archived?: boolean;
                /** @description 1 to 200 notifications, 50 unless said. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `archived_at`, `body`, `created_at`, `id`, `kind`, `seen_at`, `subject`, `title`, `version`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the inbox, with how many are unread. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Inbox"];
                };
            };
        };
    };
    update_my_notification: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description The notification. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["UpdateNotification"];
                "application/json": components["schemas"]["UpdateNotification"];
            };
        };
        responses: {
            /** @description The notification as it is now. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Notification"];
                };
            };
        };
    };
    count_my_notifications: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `inbox`, `unread`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How much there is. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationCounts"];
                };
            };
        };
    };
    mark_my_notifications_seen: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MarkNotificationsSeen"];
            };
        };
        responses: {
            /** @description How many were marked. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationsSeen"];
                };
            };
        };
    };
    get_my_notification_preferences: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `choices`, `digest_hour`, `quiet_hours`, `time_zone`, `version`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One choice for each topic and channel, with what can be chosen. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationPreferences"];
                };
            };
        };
    };
    put_my_notification_preferences: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutNotificationPreferences"];
            };
        };
        responses: {
            /** @description The preferences as they are now. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationPreferences"];
                };
            };
        };
    };
    list_messages: {
        parameters: {
            query?: {
                /** @description About exactly this thing: `ord_…`, `usr_…`. */
                subject?: string;
                /** @description With this status. */
                status?: components["schemas"]["MessageStatus"];
                /** @description Made from this template. */
                template?: components["schemas"]["Template"];
                /** @description 1 to 200 messages, 50 unless said. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `attempts`, `channel`, `created_at`, `digest_id`, `id`, `last_error`, `reason`, `recipient_hash`, `send_at`, `sent_at`, `status`, `subject`, `template`, `uncertain`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of messages. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageList"];
                };
            };
        };
    };
    create_message: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateMessage"];
            };
        };
        responses: {
            /** @description The messages; each can be looked at, and cancelled while it is scheduled. */
            202: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestedMessages"];
                };
            };
        };
    };
    get_message: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `attempts`, `channel`, `created_at`, `digest_id`, `id`, `last_error`, `reason`, `recipient_hash`, `send_at`, `sent_at`, `status`, `subject`, `template`, `uncertain`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The message. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The message, without its text and without its address. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
        };
    };
    cancel_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The message. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The message: it will not be sent, `reason` is `cancelled`. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
        };
    };
    list_message_templates: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `description`, `parameters`, `template`, `topic`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them, on one page. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageTemplateList"];
                };
            };
        };
    };
    list_message_suppressions: {
        parameters: {
            query?: {
                /** @description Of exactly this address, as `recipient_hash` of a message names it. */
                recipient_hash?: string;
                /** @description 1 to 200 suppressions, 50 unless said. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `channel`, `created_at`, `id`, `last_error`, `message_id`, `recipient_hash`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of suppressions. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageSuppressionList"];
                };
            };
        };
    };
    delete_message_suppression: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The suppression. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_event_types: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `description`, `example`, `schema`, `source`, `type`, `version`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All types, by name. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventTypeList"];
                };
            };
        };
    };
    list_events: {
        parameters: {
            query?: {
                /** @description Of exactly this type. */
                type?: string;
                /** @description About exactly this thing. */
                subject?: string;
                /** @description 1 to 200 events, 50 unless said. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `data`, `datacontenttype`, `dataschema`, `id`, `sequence`, `source`, `specversion`, `subject`, `time`, `type`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
        };
    };
    get_event: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `data`, `datacontenttype`, `dataschema`, `id`, `sequence`, `source`, `specversion`, `subject`, `time`, `type`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The event. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
        };
    };
    stream_events: {
        parameters: {
            query?: {
                /** @description Of exactly this type. */
                type?: string;
                /** @description About exactly this thing. */
                subject?: string;
            };
            header?: {
                /** @description The `id` of the last event that the caller has: the stream goes on after it. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    list_webhook_endpoints: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `description`, `disabled_reason`, `event_types`, `failing_since`, `id`, `last_error`, `max_per_second`, `mode`, `previous_public_key`, `previous_secret_until`, `public_key`, `secret`, `signature`, `status`, `updated_at`, `url`, `version`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All receivers; at most 100. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointList"];
                };
            };
        };
    };
    create_webhook_endpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateWebhookEndpoint"];
            };
        };
        responses: {
            /** @description The receiver, with its secret. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
        };
    };
    get_webhook_endpoint: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `description`, `disabled_reason`, `event_types`, `failing_since`, `id`, `last_error`, `max_per_second`, `mode`, `previous_public_key`, `previous_secret_until`, `public_key`, `secret`, `signature`, `status`, `updated_at`, `url`, `version`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The receiver. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The receiver. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
        };
    };
    delete_webhook_endpoint: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
            };
            path: {
                /** @description The receiver. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_webhook_endpoint: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description The receiver. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["UpdateWebhookEndpoint"];
                "application/json": components["schemas"]["UpdateWebhookEndpoint"];
            };
        };
        responses: {
            /** @description The receiver as it is now. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
        };
    };
    rotate_webhook_secret: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The receiver. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateWebhookSecret"];
            };
        };
        responses: {
            /** @description The receiver, with its new secret. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
        };
    };
    test_webhook_endpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description The receiver. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TestWebhookEndpoint"];
            };
        };
        responses: {
            /** @description The delivery, which will be sent at once. */
            202: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
        };
    };
    replay_webhooks: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The receiver. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayWebhooks"];
            };
        };
        responses: {
            /** @description What will be sent again. */
            202: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookReplay"];
                };
            };
        };
    };
    list_webhook_deliveries: {
        parameters: {
            query?: {
                /** @description To this receiver. */
                endpoint_id?: string;
                /** @description In this state. */
                state?: components["schemas"]["WebhookDeliveryState"];
                /** @description Of this event. */
                event_id?: string;
                /** @description 1 to 200 deliveries, 50 unless said. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `attempted_at`, `attempts`, `created_at`, `due_at`, `endpoint_id`, `event_id`, `event_type`, `finished_at`, `id`, `kind`, `last_error`, `state`, `subject`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of deliveries. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryList"];
                };
            };
        };
    };
    get_webhook_delivery: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `attempted_at`, `attempts`, `created_at`, `due_at`, `endpoint_id`, `event_id`, `event_type`, `finished_at`, `id`, `kind`, `last_error`, `state`, `subject`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The delivery. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
        };
    };
    retry_webhook_delivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path: {
                /** @description The delivery. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery as it is now. */
            202: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
        };
    };
    show_unsubscription: {
        parameters: {
            query?: never;
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The token of the link. */
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page with the button. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    create_unsubscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The token of the link. */
                token: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["OneClickUnsubscribe"];
            };
        };
        responses: {
            /** @description A page that says so. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    list_my_contact_points: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `hint`, `id`, `kind`, `platform`, `status`, `verified_at`, `version`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them; at most 10. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactPointList"];
                };
            };
        };
    };
    create_my_contact_point: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
                /** @description `return=minimal` leaves out the body of the answer. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateContactPoint"];
            };
        };
        responses: {
            /** @description The telephone or device. */
            201: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactPoint"];
                };
            };
        };
    };
    delete_my_contact_point: {
        parameters: {
            query?: never;
            header: {
                /** @description The `ETag` of the version you are changing. */
                "If-Match": string;
            };
            path: {
                /** @description The telephone or device. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    send_my_contact_point_code: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this command; repeats with it have one effect. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The telephone. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The code is on its way. */
            202: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactPoint"];
                };
            };
        };
    };
    verify_my_contact_point: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The telephone. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerifyContactPoint"];
            };
        };
        responses: {
            /** @description The telephone, which gets messages from now on. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactPoint"];
                };
            };
        };
    };
    list_audit_entries: {
        parameters: {
            query?: {
                /** @description Exactly this actor: a user's id, `service:orders`, or `anonymous`. */
                actor?: string;
                /** @description Exactly this action, for example `order.placed`. */
                action?: string;
                /** @description Exactly this target: the id of a thing. */
                target?: string;
                /** @description It happened then or later. */
                since?: string;
                /** @description It happened before then. */
                until?: string;
                /** @description 1 to 200 entries, 50 unless said. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `action`, `actor`, `after`, `before`, `causation_id`, `correlation_id`, `data`, `event_id`, `hash`, `id`, `interface`, `occurred_at`, `previous_hash`, `recorded_at`, `seq`, `source`, `target`, `trace_id`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of entries. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEntryList"];
                };
            };
        };
    };
    get_audit_entry: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `action`, `actor`, `after`, `before`, `causation_id`, `correlation_id`, `data`, `event_id`, `hash`, `id`, `interface`, `occurred_at`, `previous_hash`, `recorded_at`, `seq`, `source`, `target`, `trace_id`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The entry. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The entry. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEntry"];
                };
            };
        };
    };
    get_audit_entry_proof: {
        parameters: {
            query?: {
                /** @description Prove it in the tree of so many entries, the oldest: what was noted earlier. All that there are unless said. */
                tree_size?: number;
                /** @description Prove as well that this tree goes on from the one of so many entries. */
                consistent_with?: number;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `consistency_path`, `consistent_with`, `entry_id`, `inclusion_path`, `leaf_hash`, `leaf_index`, `root_hash`, `tree_size`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The entry. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The proof. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEntryProof"];
                };
            };
        };
    };
    get_idempotency_key: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `key`, `requests`, `state`. */
                fields?: string;
            };
            header?: {
                /** @description The secret of the guest whose keys these are. */
                "Cart-Token"?: string;
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The key as it was sent, percent-encoded. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What became of the key. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdempotencyKey"];
                };
            };
        };
    };
    list_invariants: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `checked_at`, `description`, `module`, `name`, `state`, `violations`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every rule, and whether it holds. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invariants"];
                };
            };
        };
    };
    list_deprecations: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `credentials`, `credentials_total`, `days_total`, `deprecated_at`, `module`, `part`, `successor`, `sunset_at`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every deprecated part. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deprecations"];
                };
            };
        };
    };
    get_operation: {
        parameters: {
            query?: {
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `ended_at`, `id`, `kind`, `location`, `problem`, `progress`, `result`, `state`, `updated_at`, `version`. */
                fields?: string;
            };
            header?: {
                /** @description `wait=n`: seconds to wait for the next change, at most 20. Preferences that are not known are ignored, unless there is `handling=strict`. */
                Prefer?: string;
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path: {
                /** @description The operation. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The operation. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    /** @description Seconds after which to look again; absent once it has ended. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
        };
    };
    list_jobs: {
        parameters: {
            query?: {
                /** @description Items of a page. */
                limit?: number;
                /** @description From `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only jobs in this state. */
                state?: components["schemas"]["JobState"];
                /** @description Only jobs of this kind: `orders.drive_checkout`. */
                kind?: string;
                /** @description Only jobs of this module; of one that there is not there are none. */
                module?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `attempts`, `created_at`, `finished_at`, `id`, `kind`, `leased_until`, `max_attempts`, `module`, `reason`, `run_at`, `state`, `unique_key`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of jobs. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobList"];
                };
            };
        };
    };
    update_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The job. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["UpdateJobBody"];
                "application/json": components["schemas"]["UpdateJobBody"];
            };
        };
        responses: {
            /** @description The job as it stands now. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
        };
    };
    list_sagas: {
        parameters: {
            query?: {
                /** @description Items of a page. */
                limit?: number;
                /** @description From `next_cursor` of the page before. */
                cursor?: string;
                /** @description Answers with these members of each thing only, separated by commas; `a.b` is the member `b` of `a`. There are `created_at`, `id`, `kind`, `module`, `status`, `step`, `updated_at`, `wake_at`. */
                fields?: string;
            };
            header?: {
                /** @description From the answer to a write: waits, two seconds at most, until what follows from it can be read. */
                "Consistency-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of sagas. */
            200: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SagaList"];
                };
            };
        };
    };
    resume_saga: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The saga. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is looked at; the saga as it stands. */
            202: {
                headers: {
                    "Trace-Id": components["headers"]["Trace-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Consistency-Token": components["headers"]["Consistency-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Saga"];
                };
            };
        };
    };
}
