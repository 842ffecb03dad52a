// Generated from docs/openapi.json: `cargo xtask sdk check --bless`.

/** What the client must know about an operation beyond its types. */
export interface Operation {
  /** Its `operationId`. */
  readonly id: string;
  /** Takes an `Idempotency-Key`: repeats with the same one have one effect. */
  readonly keyed?: true;
  /** Takes the secret of a guest's cart. */
  readonly cartToken?: true;
  /** Takes an access token. */
  readonly bearer?: true;
  /** Media type of its body. */
  readonly body?: string;
}

/** All operations, by method and path. */
export const operations: Readonly<Record<string, Operation>> = {
  "POST /v1/auth/registrations": { id: "create_registration", keyed: true, bearer: true, body: "application/json" },
  "POST /v1/auth/challenges": { id: "create_challenge", keyed: true, bearer: true, body: "application/json" },
  "POST /v1/auth/challenges/{id}/responses": { id: "create_challenge_response", body: "application/json" },
  "POST /v1/auth/sessions": { id: "create_session", bearer: true, body: "application/json" },
  "POST /v1/auth/sessions/confirmations": { id: "create_session_confirmation", body: "application/json" },
  "DELETE /v1/auth/sessions/current": { id: "delete_current_session", bearer: true },
  "POST /v1/auth/tokens": { id: "create_tokens", body: "application/json" },
  "POST /v1/auth/bootstrap": { id: "create_first_administrator", body: "application/json" },
  "GET /v1/me": { id: "get_me", bearer: true },
  "PATCH /v1/me": { id: "update_me", bearer: true, body: "application/merge-patch+json" },
  "DELETE /v1/me": { id: "delete_me", bearer: true },
  "GET /v1/me/sessions": { id: "list_my_sessions", bearer: true },
  "DELETE /v1/me/sessions/{id}": { id: "delete_my_session", bearer: true },
  "GET /v1/users": { id: "list_users", bearer: true },
  "POST /v1/users": { id: "create_user", keyed: true, bearer: true, body: "application/json" },
  "GET /v1/users/{id}": { id: "get_user", bearer: true },
  "PATCH /v1/users/{id}": { id: "update_user", bearer: true, body: "application/merge-patch+json" },
  "GET /.well-known/jwks.json": { id: "get_jwks", bearer: true },
  "GET /v1/me/erasure": { id: "get_my_erasure", bearer: true },
  "DELETE /v1/me/erasure": { id: "cancel_my_erasure", bearer: true },
  "GET /v1/me/factors": { id: "list_my_factors", bearer: true },
  "POST /v1/me/factors": { id: "create_my_factor", keyed: true, bearer: true, body: "application/json" },
  "POST /v1/me/factors/{id}/confirmations": { id: "create_my_factor_confirmation", bearer: true, body: "application/json" },
  "DELETE /v1/me/factors/{id}": { id: "delete_my_factor", bearer: true },
  "POST /v1/me/recovery-codes": { id: "create_my_recovery_codes", bearer: true },
  "DELETE /v1/users/{id}/factors": { id: "delete_user_factors", bearer: true },
  "POST /v1/auth/passkey-challenges": { id: "create_passkey_challenge", bearer: true, body: "application/json" },
  "POST /v1/auth/passkey-sessions": { id: "create_passkey_session", body: "application/json" },
  "GET /v1/oauth/clients": { id: "list_oauth_clients", bearer: true },
  "POST /v1/oauth/clients": { id: "create_oauth_client", keyed: true, bearer: true, body: "application/json" },
  "GET /v1/oauth/clients/{id}": { id: "get_oauth_client", bearer: true },
  "PATCH /v1/oauth/clients/{id}": { id: "update_oauth_client", bearer: true, body: "application/merge-patch+json" },
  "DELETE /v1/oauth/clients/{id}": { id: "delete_oauth_client", bearer: true },
  "POST /v1/oauth/clients/{id}/secret-rotations": { id: "rotate_oauth_client_secret", keyed: true, bearer: true },
  "GET /v1/me/consents": { id: "list_my_consents", bearer: true },
  "DELETE /v1/me/consents/{client_id}": { id: "delete_my_consent", bearer: true },
  "GET /oauth/authorize": { id: "authorize" },
  "POST /oauth/sign-in": { id: "submit_sign_in", body: "application/x-www-form-urlencoded" },
  "POST /oauth/code": { id: "submit_code", body: "application/x-www-form-urlencoded" },
  "POST /oauth/consent": { id: "submit_consent", body: "application/x-www-form-urlencoded" },
  "POST /oauth/passkey-challenges": { id: "submit_passkey_challenge", body: "application/x-www-form-urlencoded" },
  "POST /oauth/passkey": { id: "submit_passkey", body: "application/x-www-form-urlencoded" },
  "GET /oauth/federation/{provider}": { id: "leave_to_provider" },
  "GET /v1/auth/federation/{provider}/callback": { id: "return_from_provider" },
  "POST /oauth/token": { id: "create_oauth_tokens", body: "application/x-www-form-urlencoded" },
  "POST /oauth/revoke": { id: "revoke_oauth_token", body: "application/x-www-form-urlencoded" },
  "POST /oauth/introspect": { id: "introspect_oauth_token", body: "application/x-www-form-urlencoded" },
  "GET /oauth/userinfo": { id: "get_userinfo", bearer: true },
  "POST /oauth/userinfo": { id: "post_userinfo", bearer: true },
  "GET /.well-known/openid-configuration": { id: "get_openid_configuration", bearer: true },
  "GET /.well-known/oauth-authorization-server": { id: "get_authorization_server_metadata", bearer: true },
  "GET /v1/auth/federation": { id: "list_providers", bearer: true },
  "GET /v1/auth/federation/{provider}": { id: "begin_federation" },
  "POST /v1/auth/federation/sessions": { id: "create_federated_session", body: "application/json" },
  "GET /v1/me/identities": { id: "list_my_identities", bearer: true },
  "POST /v1/me/identities": { id: "link_my_identity", keyed: true, bearer: true, body: "application/json" },
  "DELETE /v1/me/identities/{id}": { id: "unlink_my_identity", bearer: true },
  "GET /v1/api-keys": { id: "list_api_keys", bearer: true },
  "POST /v1/api-keys": { id: "create_api_key", keyed: true, bearer: true, body: "application/json" },
  "GET /v1/api-keys/{id}": { id: "get_api_key", bearer: true },
  "PATCH /v1/api-keys/{id}": { id: "update_api_key", bearer: true, body: "application/merge-patch+json" },
  "DELETE /v1/api-keys/{id}": { id: "delete_api_key", bearer: true },
  "POST /v1/api-keys/{id}/rotations": { id: "rotate_api_key", keyed: true, bearer: true, body: "application/json" },
  "GET /v1/service-accounts": { id: "list_service_accounts", bearer: true },
  "POST /v1/service-accounts": { id: "create_service_account", keyed: true, bearer: true, body: "application/json" },
  "GET /v1/service-accounts/{id}": { id: "get_service_account", bearer: true },
  "PATCH /v1/service-accounts/{id}": { id: "update_service_account", bearer: true, body: "application/merge-patch+json" },
  "GET /v1/service-accounts/{id}/api-keys": { id: "list_service_account_keys", bearer: true },
  "POST /v1/service-accounts/{id}/api-keys": { id: "create_service_account_key", keyed: true, bearer: true, body: "application/json" },
  "GET /v1/products": { id: "list_products", bearer: true },
  "POST /v1/products": { id: "create_product", keyed: true, bearer: true, body: "application/json" },
  "GET /v1/search": { id: "search", bearer: true },
  "GET /v1/products/{id}": { id: "get_product", bearer: true },
  "PATCH /v1/products/{id}": { id: "update_product", bearer: true, body: "application/merge-patch+json" },
  "POST /v1/products/{id}/variants": { id: "add_variant", keyed: true, bearer: true, body: "application/json" },
  "PATCH /v1/variants/{id}": { id: "update_variant", bearer: true, body: "application/merge-patch+json" },
  "PUT /v1/variants/{id}/prices": { id: "set_prices", bearer: true, body: "application/json" },
  "GET /v1/categories": { id: "list_categories", bearer: true },
  "POST /v1/categories": { id: "create_category", keyed: true, bearer: true, body: "application/json" },
  "GET /v1/inventory/levels": { id: "list_stock_levels", bearer: true },
  "POST /v1/inventory/adjustments": { id: "adjust_inventory", keyed: true, bearer: true, body: "application/json" },
  "GET /v1/inventory/movements": { id: "list_stock_movements", bearer: true },
  "GET /v1/price-lists": { id: "list_price_lists", bearer: true },
  "POST /v1/price-lists": { id: "create_price_list", keyed: true, bearer: true, body: "application/json" },
  "GET /v1/price-lists/{id}": { id: "get_price_list", bearer: true },
  "PATCH /v1/price-lists/{id}": { id: "update_price_list", bearer: true, body: "application/merge-patch+json" },
  "GET /v1/price-lists/{id}/prices": { id: "list_price_list_prices", bearer: true },
  "PUT /v1/price-lists/{id}/prices": { id: "set_price_list_prices", bearer: true, body: "application/json" },
  "GET /v1/customer-groups": { id: "list_customer_groups", bearer: true },
  "POST /v1/customer-groups": { id: "create_customer_group", keyed: true, bearer: true, body: "application/json" },
  "POST /v1/price-quotes": { id: "quote_prices", bearer: true, body: "application/json" },
  "GET /v1/customer-groups/{id}/members": { id: "list_customer_group_members", bearer: true },
  "PUT /v1/customer-groups/{id}/members/{user_id}": { id: "add_customer_group_member", bearer: true },
  "DELETE /v1/customer-groups/{id}/members/{user_id}": { id: "remove_customer_group_member", bearer: true },
  "GET /v1/payments/{id}": { id: "get_payment", bearer: true },
  "POST /v1/payments/{id}/captures": { id: "capture_payment", keyed: true, bearer: true, body: "application/json" },
  "POST /v1/payments/{id}/voids": { id: "void_payment", keyed: true, bearer: true, body: "application/json" },
  "POST /v1/payments/{id}/refunds": { id: "refund_payment", keyed: true, bearer: true, body: "application/json" },
  "GET /v1/refunds": { id: "list_refunds", bearer: true },
  "GET /v1/refunds/{id}": { id: "get_refund", bearer: true },
  "POST /v1/refunds/{id}/approvals": { id: "approve_refund", keyed: true, bearer: true, body: "application/json" },
  "POST /v1/refunds/{id}/rejections": { id: "reject_refund", keyed: true, bearer: true, body: "application/json" },
  "POST /v1/payments/{id}/reconciliations": { id: "reconcile_payment", bearer: true },
  "GET /v1/ledger/entries": { id: "list_ledger_entries", bearer: true },
  "POST /v1/provider-webhooks/{provider}": { id: "receive_provider_webhook" },
  "POST /v1/carts": { id: "create_cart", bearer: true, body: "application/json" },
  "GET /v1/carts/{cart_id}": { id: "get_cart", cartToken: true, bearer: true },
  "PATCH /v1/carts/{cart_id}": { id: "update_cart", cartToken: true, bearer: true, body: "application/merge-patch+json" },
  "POST /v1/carts/{cart_id}/lines": { id: "add_cart_line", keyed: true, cartToken: true, bearer: true, body: "application/json" },
  "PATCH /v1/carts/{cart_id}/lines/{line_id}": { id: "update_cart_line", cartToken: true, bearer: true, body: "application/merge-patch+json" },
  "DELETE /v1/carts/{cart_id}/lines/{line_id}": { id: "delete_cart_line", cartToken: true, bearer: true },
  "POST /v1/carts/{cart_id}/promotion-codes": { id: "add_promotion_code", keyed: true, cartToken: true, bearer: true, body: "application/json" },
  "DELETE /v1/carts/{cart_id}/promotion-codes/{code}": { id: "delete_promotion_code", cartToken: true, bearer: true },
  "GET /v1/carts/{cart_id}/shipping-options": { id: "list_shipping_options", cartToken: true, bearer: true },
  "POST /v1/carts/{cart_id}/merge": { id: "merge_cart", keyed: true, cartToken: true, bearer: true, body: "application/json" },
  "POST /v1/checkouts": { id: "start_checkout", keyed: true, cartToken: true, bearer: true, body: "application/json" },
  "GET /v1/checkouts/{checkout_id}": { id: "get_checkout", cartToken: true, bearer: true },
  "POST /v1/checkouts/{checkout_id}/confirmations": { id: "confirm_checkout", keyed: true, cartToken: true, bearer: true, body: "application/json" },
  "POST /v1/checkouts/{checkout_id}/confirm": { id: "confirm_checkout_by_verb", keyed: true, cartToken: true, bearer: true, body: "application/json" },
  "POST /v1/checkouts/{checkout_id}/cancellations": { id: "cancel_checkout", cartToken: true, bearer: true },
  "POST /v1/checkouts/{checkout_id}/cancel": { id: "cancel_checkout_by_verb", cartToken: true, bearer: true },
  "GET /v1/orders": { id: "list_orders", bearer: true },
  "GET /v1/orders/{order_id}": { id: "get_order", cartToken: true, bearer: true },
  "GET /v1/orders/{order_id}/timeline": { id: "get_order_timeline", cartToken: true, bearer: true },
  "POST /v1/orders/{order_id}/cancellations": { id: "cancel_order", keyed: true, cartToken: true, bearer: true, body: "application/json" },
  "POST /v1/orders/{order_id}/fulfillments": { id: "create_fulfillment", keyed: true, bearer: true, body: "application/json" },
  "PATCH /v1/fulfillments/{fulfillment_id}": { id: "update_fulfillment", bearer: true, body: "application/merge-patch+json" },
  "GET /v1/promotions": { id: "list_promotions", bearer: true },
  "POST /v1/promotions": { id: "create_promotion", keyed: true, bearer: true, body: "application/json" },
  "GET /v1/promotions/{promotion_id}": { id: "get_promotion", bearer: true },
  "PATCH /v1/promotions/{promotion_id}": { id: "update_promotion", bearer: true, body: "application/merge-patch+json" },
  "GET /v1/orders/{order_id}/returns": { id: "list_returns", cartToken: true, bearer: true },
  "POST /v1/orders/{order_id}/returns": { id: "create_return", keyed: true, cartToken: true, bearer: true, body: "application/json" },
  "GET /v1/returns/{return_id}": { id: "get_return", cartToken: true, bearer: true },
  "PATCH /v1/returns/{return_id}": { id: "decide_return", bearer: true, body: "application/merge-patch+json" },
  "POST /v1/returns/{return_id}/cancellations": { id: "cancel_return", cartToken: true, bearer: true },
  "POST /v1/returns/{return_id}/receipts": { id: "receive_return", keyed: true, bearer: true, body: "application/json" },
  "GET /v1/me/notifications": { id: "list_my_notifications", bearer: true },
  "PATCH /v1/me/notifications/{id}": { id: "update_my_notification", bearer: true, body: "application/merge-patch+json" },
  "GET /v1/me/notification-counts": { id: "count_my_notifications", bearer: true },
  "POST /v1/me/notification-seen-marks": { id: "mark_my_notifications_seen", bearer: true, body: "application/json" },
  "GET /v1/me/notification-preferences": { id: "get_my_notification_preferences", bearer: true },
  "PUT /v1/me/notification-preferences": { id: "put_my_notification_preferences", bearer: true, body: "application/json" },
  "GET /v1/messages": { id: "list_messages", bearer: true },
  "POST /v1/messages": { id: "create_message", keyed: true, bearer: true, body: "application/json" },
  "GET /v1/messages/{id}": { id: "get_message", bearer: true },
  "POST /v1/messages/{id}/cancellations": { id: "cancel_message", bearer: true },
  "GET /v1/message-templates": { id: "list_message_templates", bearer: true },
  "GET /v1/message-suppressions": { id: "list_message_suppressions", bearer: true },
  "DELETE /v1/message-suppressions/{id}": { id: "delete_message_suppression", bearer: true },
  "GET /v1/event-types": { id: "list_event_types", bearer: true },
  "GET /v1/events": { id: "list_events", bearer: true },
  "GET /v1/events/{id}": { id: "get_event", bearer: true },
  "GET /v1/events/stream": { id: "stream_events", bearer: true },
  "GET /v1/webhook-endpoints": { id: "list_webhook_endpoints", bearer: true },
  "POST /v1/webhook-endpoints": { id: "create_webhook_endpoint", keyed: true, bearer: true, body: "application/json" },
  "GET /v1/webhook-endpoints/{id}": { id: "get_webhook_endpoint", bearer: true },
  "PATCH /v1/webhook-endpoints/{id}": { id: "update_webhook_endpoint", bearer: true, body: "application/merge-patch+json" },
  "DELETE /v1/webhook-endpoints/{id}": { id: "delete_webhook_endpoint", bearer: true },
  "POST /v1/webhook-endpoints/{id}/secret-rotations": { id: "rotate_webhook_secret", keyed: true, bearer: true, body: "application/json" },
  "POST /v1/webhook-endpoints/{id}/test-events": { id: "test_webhook_endpoint", keyed: true, bearer: true, body: "application/json" },
  "POST /v1/webhook-endpoints/{id}/replays": { id: "replay_webhooks", keyed: true, bearer: true, body: "application/json" },
  "GET /v1/webhook-deliveries": { id: "list_webhook_deliveries", bearer: true },
  "GET /v1/webhook-deliveries/{id}": { id: "get_webhook_delivery", bearer: true },
  "POST /v1/webhook-deliveries/{id}/retries": { id: "retry_webhook_delivery", bearer: true },
  "GET /v1/unsubscriptions/{token}": { id: "show_unsubscription" },
  "POST /v1/unsubscriptions/{token}": { id: "create_unsubscription", body: "application/x-www-form-urlencoded" },
  "GET /v1/me/contact-points": { id: "list_my_contact_points", bearer: true },
  "POST /v1/me/contact-points": { id: "create_my_contact_point", keyed: true, bearer: true, body: "application/json" },
  "DELETE /v1/me/contact-points/{id}": { id: "delete_my_contact_point", bearer: true },
  "POST /v1/me/contact-points/{id}/codes": { id: "send_my_contact_point_code", keyed: true, bearer: true },
  "POST /v1/me/contact-points/{id}/verifications": { id: "verify_my_contact_point", bearer: true, body: "application/json" },
  "GET /v1/audit/entries": { id: "list_audit_entries", bearer: true },
  "GET /v1/audit/entries/{id}": { id: "get_audit_entry", bearer: true },
  "GET /v1/audit/entries/{id}/proof": { id: "get_audit_entry_proof", bearer: true },
  "GET /v1/idempotency-keys/{key}": { id: "get_idempotency_key", cartToken: true, bearer: true },
  "GET /v1/admin/invariants": { id: "list_invariants", bearer: true },
  "GET /v1/admin/deprecations": { id: "list_deprecations", bearer: true },
  "GET /v1/operations/{id}": { id: "get_operation", bearer: true },
  "GET /v1/admin/jobs": { id: "list_jobs", bearer: true },
  "PATCH /v1/admin/jobs/{id}": { id: "update_job", bearer: true, body: "application/merge-patch+json" },
  "GET /v1/admin/sagas": { id: "list_sagas", bearer: true },
  "POST /v1/admin/sagas/{id}/resumptions": { id: "resume_saga", bearer: true },
};

/** The codes of problem documents; each has a page at `/errors/{code}`. */
export type ErrorCode =
  | "ambiguous_framing"
  | "audit.entry_not_found"
  | "audit.invalid_cursor"
  | "audit.invalid_request"
  | "body_too_large"
  | "catalog.customer_group_not_found"
  | "catalog.invalid"
  | "catalog.invalid_cursor"
  | "catalog.price_list_not_found"
  | "catalog.product_not_found"
  | "catalog.sku_taken"
  | "catalog.slug_taken"
  | "catalog.staff_only"
  | "catalog.stale_version"
  | "catalog.stock_conflict"
  | "catalog.variant_not_found"
  | "deadline_exceeded"
  | "forbidden"
  | "idempotency_key_in_flight"
  | "idempotency_key_required"
  | "idempotency_key_reused"
  | "identity.api_key_not_found"
  | "identity.bootstrap_refused"
  | "identity.challenge_failed"
  | "identity.consent_not_found"
  | "identity.email_taken"
  | "identity.erasure_not_found"
  | "identity.factor_confirmed"
  | "identity.factor_not_found"
  | "identity.federated_identity_not_found"
  | "identity.federation_failed"
  | "identity.identity_not_linked"
  | "identity.identity_taken"
  | "identity.invalid_credentials"
  | "identity.invalid_cursor"
  | "identity.invalid_refresh_token"
  | "identity.invalid_request"
  | "identity.last_administrator"
  | "identity.last_factor"
  | "identity.last_way_in"
  | "identity.mfa_required"
  | "identity.no_factor"
  | "identity.oauth_client_has_no_secret"
  | "identity.oauth_client_not_found"
  | "identity.own_account"
  | "identity.passkey_refused"
  | "identity.passkeys_unavailable"
  | "identity.provider_email_unverified"
  | "identity.provider_not_found"
  | "identity.provider_unavailable"
  | "identity.second_factor_required"
  | "identity.service_account_not_found"
  | "identity.session_not_found"
  | "identity.sign_in_again"
  | "identity.sign_in_expired"
  | "identity.stale_version"
  | "identity.too_many_api_keys"
  | "identity.too_many_attempts"
  | "identity.too_many_factors"
  | "identity.too_many_identities"
  | "identity.user_not_found"
  | "identity.weak_password"
  | "identity.wrong_code"
  | "identity.wrong_passkey"
  | "identity.wrong_password"
  | "incomplete_body"
  | "insufficient_scope"
  | "insufficient_user_authentication"
  | "internal"
  | "invalid_cursor"
  | "invalid_host"
  | "invalid_request"
  | "invalid_token"
  | "job_not_cancellable"
  | "job_not_found"
  | "job_transition"
  | "malformed_id"
  | "malformed_json"
  | "not_acceptable"
  | "not_caught_up"
  | "notifications.channel_unavailable"
  | "notifications.contact_point_not_found"
  | "notifications.event_not_found"
  | "notifications.events_gone"
  | "notifications.invalid_cursor"
  | "notifications.invalid_request"
  | "notifications.message_not_found"
  | "notifications.message_not_scheduled"
  | "notifications.no_code_expected"
  | "notifications.not_reachable"
  | "notifications.notification_not_found"
  | "notifications.stale_version"
  | "notifications.suppression_not_found"
  | "notifications.too_many_codes"
  | "notifications.too_many_contact_points"
  | "notifications.too_many_webhook_endpoints"
  | "notifications.webhook_delivery_not_found"
  | "notifications.webhook_endpoint_not_found"
  | "notifications.wrong_code"
  | "operation_not_found"
  | "orders.cart_changed"
  | "orders.cart_closed"
  | "orders.cart_frozen"
  | "orders.cart_has_owner"
  | "orders.cart_incomplete"
  | "orders.cart_line_not_found"
  | "orders.cart_not_found"
  | "orders.checkout_closed"
  | "orders.checkout_exists"
  | "orders.checkout_not_found"
  | "orders.fulfillment_not_found"
  | "orders.fulfillment_transition"
  | "orders.invalid_cursor"
  | "orders.invalid_request"
  | "orders.order_not_cancellable"
  | "orders.order_not_found"
  | "orders.order_not_fulfillable"
  | "orders.order_not_returnable"
  | "orders.out_of_stock"
  | "orders.promotion_code_invalid"
  | "orders.promotion_code_not_in_cart"
  | "orders.promotion_code_taken"
  | "orders.promotion_exhausted"
  | "orders.promotion_not_combinable"
  | "orders.promotion_not_found"
  | "orders.quote_expired"
  | "orders.rates_unavailable"
  | "orders.return_not_found"
  | "orders.return_transition"
  | "orders.return_window_closed"
  | "orders.stale_version"
  | "origin_not_allowed"
  | "overloaded"
  | "payments.approval_by_requester"
  | "payments.approval_required"
  | "payments.bad_signature"
  | "payments.capture_exceeds_authorized"
  | "payments.currency_mismatch"
  | "payments.invalid_amount"
  | "payments.invalid_cursor"
  | "payments.invalid_request"
  | "payments.not_capturable"
  | "payments.not_found"
  | "payments.refund_exceeds_captured"
  | "payments.refund_not_awaiting"
  | "payments.refund_not_found"
  | "payments.unknown_provider"
  | "payments.unreadable_event"
  | "precondition_required"
  | "rate_limited"
  | "request_timeout"
  | "saga_not_found"
  | "saga_not_resumable"
  | "too_many_streams"
  | "unauthenticated"
  | "unavailable"
  | "unsupported_media_type"
  | "wrong_id_type";
