-- Version 4: planned events in the order in which their windows open.

CREATE INDEX events_by_opening ON events (status, earliest, event_id);
DROP INDEX events_by_status;
