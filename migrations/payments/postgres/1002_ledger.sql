-- The double-entry ledger. A row moves one amount from one account to another, so an entry cannot be out of balance:
-- there is no way to write one side only. Rows are never changed; a correction is a new entry.
-- An entry (one business fact) has one or more rows; UNIQUE (kind, source_id, line_no) makes posting a fact twice impossible.

CREATE TABLE ledger_transfers (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry_id uuid NOT NULL,
    line_no bigint NOT NULL CHECK (line_no >= 1),
    kind text NOT NULL CHECK (kind IN ('authorization', 'void', 'capture', 'refund')),
    source_id uuid NOT NULL,
    payment_id uuid NOT NULL REFERENCES payments (id),
    order_id uuid NOT NULL,
    debit_account text NOT NULL,
    credit_account text NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL CHECK (length(currency) = 3),
    shard bigint NOT NULL CHECK (shard BETWEEN 0 AND 15),
    posted_at timestamptz NOT NULL,
    CONSTRAINT transfer_line_of_entry UNIQUE (entry_id, line_no),
    CONSTRAINT transfer_posted_once UNIQUE (kind, source_id, line_no),
    CONSTRAINT transfer_amount_is_positive CHECK (amount > 0),
    CONSTRAINT transfer_has_two_sides CHECK (debit_account <> credit_account),
    CONSTRAINT transfer_accounts_are_known CHECK (
        (debit_account IN ('sales_clearing', 'refunds', 'authorizations')
            OR debit_account LIKE 'psp_receivable/_%' OR debit_account LIKE 'psp_authorized/_%')
        AND (credit_account IN ('sales_clearing', 'refunds', 'authorizations')
            OR credit_account LIKE 'psp_receivable/_%' OR credit_account LIKE 'psp_authorized/_%'))
);

CREATE INDEX ledger_by_payment ON ledger_transfers (payment_id, position); -- the entries of a payment, newest first

-- Balances, kept by the database itself. Sixteen rows an account spread the locks of parallel payments;
-- an account's balance is the sum of its rows.
CREATE TABLE ledger_balances (
    account text NOT NULL,
    currency text NOT NULL,
    shard bigint NOT NULL,
    debits bigint NOT NULL CHECK (debits >= 0),
    credits bigint NOT NULL CHECK (credits >= 0),
    PRIMARY KEY (account, currency, shard)
) WITH (fillfactor = 50); -- room for updates in place

-- Locks the two balance rows in account order, so that parallel entries never wait for each other in a circle.
CREATE FUNCTION ledger_fold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_balances (account, currency, shard, debits, credits)
    SELECT side.account, NEW.currency, NEW.shard, side.debits, side.credits
      FROM (VALUES (NEW.debit_account, NEW.amount, 0::bigint), (NEW.credit_account, 0::bigint, NEW.amount))
           AS side (account, debits, credits)
     ORDER BY side.account
    ON CONFLICT (account, currency, shard) DO UPDATE
       SET debits = ledger_balances.debits + excluded.debits,
           credits = ledger_balances.credits + excluded.credits;
    RETURN NULL;
END;
$$;

CREATE TRIGGER ledger_transfers_fold AFTER INSERT ON ledger_transfers
    FOR EACH ROW EXECUTE FUNCTION ledger_fold();

CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation';
END;
$$;

CREATE TRIGGER ledger_transfers_append_only BEFORE UPDATE OR DELETE ON ledger_transfers
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_transfers_no_truncate BEFORE TRUNCATE ON ledger_transfers
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

-- Balances change inside ledger_fold (depth 1) and nowhere else (depth 0).
CREATE TRIGGER ledger_balances_follow BEFORE INSERT OR UPDATE OR DELETE ON ledger_balances
    FOR EACH ROW WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_balances_no_truncate BEFORE TRUNCATE ON ledger_balances
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
