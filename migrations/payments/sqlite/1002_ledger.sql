-- The double-entry ledger. A row moves one amount from one account to another, so an entry cannot be out of balance:
-- there is no way to write one side only. Rows are never changed; a correction is a new entry.
-- An entry (one business fact) has one or more rows; UNIQUE (kind, source_id, line_no) makes posting a fact twice impossible.

CREATE TABLE ledger_transfers (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    entry_id BLOB NOT NULL CHECK (length(entry_id) = 16),
    line_no INTEGER NOT NULL CHECK (line_no >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('authorization', 'void', 'capture', 'refund')),
    source_id BLOB NOT NULL CHECK (length(source_id) = 16),
    payment_id BLOB NOT NULL REFERENCES payments (id),
    order_id BLOB NOT NULL CHECK (length(order_id) = 16),
    debit_account TEXT NOT NULL,
    credit_account TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    shard INTEGER NOT NULL CHECK (shard BETWEEN 0 AND 15),
    posted_at INTEGER NOT NULL,
    CONSTRAINT transfer_line_of_entry UNIQUE (entry_id, line_no),
    CONSTRAINT transfer_posted_once UNIQUE (kind, source_id, line_no),
    CONSTRAINT transfer_amount_is_positive CHECK (amount > 0),
    CONSTRAINT transfer_has_two_sides CHECK (debit_account <> credit_account),
    CONSTRAINT transfer_accounts_are_known CHECK (
        (debit_account IN ('sales_clearing', 'refunds', 'authorizations')
            OR debit_account LIKE 'psp_receivable/_%' OR debit_account LIKE 'psp_authorized/_%')
        AND (credit_account IN ('sales_clearing', 'refunds', 'authorizations')
            OR credit_account LIKE 'psp_receivable/_%' OR credit_account LIKE 'psp_authorized/_%'))
) STRICT;

CREATE INDEX ledger_by_payment ON ledger_transfers (payment_id, position); -- the entries of a payment, newest first

-- Balances, kept by the database itself. Sixteen rows an account spread the locks of parallel payments;
-- an account's balance is the sum of its rows.
CREATE TABLE ledger_balances (
    account TEXT NOT NULL,
    currency TEXT NOT NULL,
    shard INTEGER NOT NULL,
    debits INTEGER NOT NULL CHECK (debits >= 0),
    credits INTEGER NOT NULL CHECK (credits >= 0),
    PRIMARY KEY (account, currency, shard)
) STRICT;

CREATE TRIGGER ledger_transfers_fold AFTER INSERT ON ledger_transfers
BEGIN
    INSERT INTO ledger_balances (account, currency, shard, debits, credits)
    VALUES (NEW.debit_account, NEW.currency, NEW.shard, NEW.amount, 0)
    ON CONFLICT (account, currency, shard) DO UPDATE SET debits = debits + excluded.debits;
    INSERT INTO ledger_balances (account, currency, shard, debits, credits)
    VALUES (NEW.credit_account, NEW.currency, NEW.shard, 0, NEW.amount)
    ON CONFLICT (account, currency, shard) DO UPDATE SET credits = credits + excluded.credits;
END;

CREATE TRIGGER ledger_transfers_no_update BEFORE UPDATE ON ledger_transfers
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;

CREATE TRIGGER ledger_transfers_no_delete BEFORE DELETE ON ledger_transfers
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;

-- INSERT OR REPLACE would delete without the trigger above: recursive_triggers is off by default.
CREATE TRIGGER ledger_transfers_no_replace BEFORE INSERT ON ledger_transfers
WHEN EXISTS (SELECT 1 FROM ledger_transfers
              WHERE (entry_id = NEW.entry_id AND line_no = NEW.line_no)
                 OR (kind = NEW.kind AND source_id = NEW.source_id AND line_no = NEW.line_no))
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;

-- SQLite cannot tell the fold from other writers; what is left open here, `payments.ledger_balances` finds.
CREATE TRIGGER ledger_balances_only_grow BEFORE UPDATE ON ledger_balances
WHEN NEW.debits < OLD.debits OR NEW.credits < OLD.credits OR NEW.account <> OLD.account
    OR NEW.currency <> OLD.currency OR NEW.shard <> OLD.shard
BEGIN
    SELECT RAISE(ABORT, 'ledger balances follow the ledger');
END;

CREATE TRIGGER ledger_balances_no_delete BEFORE DELETE ON ledger_balances
BEGIN
    SELECT RAISE(ABORT, 'ledger balances follow the ledger');
END;
