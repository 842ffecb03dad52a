-- Each serves the list of refunds, newest first, with the filter it begins with; ids do not tell when they were made.
CREATE INDEX refunds_newest ON refunds (created_at, id);
CREATE INDEX refunds_by_status ON refunds (status, created_at, id);
CREATE INDEX refunds_awaiting ON refunds (created_at, id) WHERE approval = 'awaiting';
