-- Large refunds wait for a second person: who asked for them, who decided, and until when somebody may.
-- A refund that waits is 'to_send' and looked at when its time is over, as any other is when it is due.

ALTER TABLE refunds ADD COLUMN requested_by BLOB CHECK (length(requested_by) = 16);
ALTER TABLE refunds ADD COLUMN approval TEXT
    CHECK (approval IN ('awaiting', 'approved', 'rejected', 'expired', 'undone'))
    CHECK (approval IS NULL OR approval <> 'awaiting' OR status = 'to_send');
ALTER TABLE refunds ADD COLUMN approval_expires_at INTEGER
    CHECK ((approval IS NULL) = (approval_expires_at IS NULL));
-- Nobody approves what they asked for.
ALTER TABLE refunds ADD COLUMN decided_by BLOB
    CHECK (approval IS NULL OR approval <> 'approved' OR (decided_by IS NOT NULL AND decided_by <> requested_by));
ALTER TABLE refunds ADD COLUMN decided_at INTEGER
    CHECK (approval IS NULL OR (approval = 'awaiting') = (decided_at IS NULL));
ALTER TABLE refunds ADD COLUMN decision_note TEXT CHECK (length(decision_note) <= 500);
