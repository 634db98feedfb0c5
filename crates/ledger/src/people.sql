-- People at the ledger: who may do what, what they follow, what they say about codings. Nothing here changes a coding.

CREATE TABLE accounts (
    account_id  INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    role        TEXT NOT NULL CHECK (role IN ('reader', 'editor', 'admin')),
    password    TEXT NOT NULL,
    opened_on   INTEGER NOT NULL,
    closed_on   INTEGER CHECK (closed_on >= opened_on)
) STRICT;
CREATE UNIQUE INDEX accounts_open ON accounts (name COLLATE NOCASE) WHERE closed_on IS NULL;

CREATE TABLE sessions (
    hash        BLOB PRIMARY KEY,
    account_id  INTEGER NOT NULL REFERENCES accounts,
    began_on    INTEGER NOT NULL,
    ends_on     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_account ON sessions (account_id);
CREATE INDEX sessions_by_end ON sessions (ends_on);

CREATE TABLE tokens (
    token_id    INTEGER PRIMARY KEY,
    account_id  INTEGER NOT NULL REFERENCES accounts,
    name        TEXT NOT NULL,
    hash        BLOB NOT NULL UNIQUE,
    scopes      TEXT NOT NULL,
    made_on     INTEGER NOT NULL,
    used_on     INTEGER,
    revoked_on  INTEGER
) STRICT;
CREATE INDEX tokens_by_account ON tokens (account_id);

CREATE TABLE audit (
    audit_id    INTEGER PRIMARY KEY,
    done_on     INTEGER NOT NULL,
    by          TEXT NOT NULL,
    action      TEXT NOT NULL,
    target      TEXT NOT NULL,
    address     TEXT
) STRICT;

CREATE TABLE corrections (
    correction_id INTEGER PRIMARY KEY,
    target      TEXT NOT NULL CHECK (target IN ('story', 'actor', 'event', 'claim')),
    target_id   INTEGER NOT NULL,
    story_id    INTEGER NOT NULL REFERENCES stories,
    revision_id INTEGER NOT NULL REFERENCES revisions,
    start       INTEGER,
    "end"       INTEGER CHECK ("end" >= start),
    verb        TEXT NOT NULL CHECK (verb IN ('note', 'accept', 'fix', 'reject')),
    field       TEXT,
    value       TEXT,
    note        TEXT,
    by          TEXT NOT NULL,
    made_on     INTEGER NOT NULL,
    undone_on   INTEGER CHECK (undone_on >= made_on),
    undone_by   TEXT,
    CHECK ((verb = 'fix') = (field IS NOT NULL))
) STRICT;
CREATE INDEX corrections_by_target ON corrections (target, target_id);
CREATE INDEX corrections_by_story ON corrections (story_id, start);

CREATE TABLE searches (
    search_id   INTEGER PRIMARY KEY,
    account_id  INTEGER REFERENCES accounts,
    name        TEXT NOT NULL,
    question    TEXT NOT NULL CHECK (question IN ('events', 'claims')),
    filter      TEXT NOT NULL,
    seen        INTEGER NOT NULL,
    feed        BLOB UNIQUE,
    mail        TEXT,
    webhook     TEXT,
    webhook_key TEXT,
    made_on     INTEGER NOT NULL,
    ended_on    INTEGER CHECK (ended_on >= made_on)
) STRICT;
CREATE INDEX searches_by_account ON searches (account_id);

CREATE TABLE alerts (
    alert_id    INTEGER PRIMARY KEY,
    search_id   INTEGER NOT NULL REFERENCES searches,
    event_id    INTEGER REFERENCES events,
    claim_id    INTEGER REFERENCES claims,
    found_on    INTEGER NOT NULL,
    CHECK ((event_id IS NULL) <> (claim_id IS NULL))
) STRICT;
CREATE INDEX alerts_by_search ON alerts (search_id, alert_id);
CREATE INDEX alerts_by_event ON alerts (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX alerts_by_claim ON alerts (claim_id) WHERE claim_id IS NOT NULL;

CREATE TABLE deliveries (
    delivery_id INTEGER PRIMARY KEY,
    search_id   INTEGER NOT NULL REFERENCES searches,
    alert_id    INTEGER NOT NULL REFERENCES alerts,
    channel     TEXT NOT NULL CHECK (channel IN ('webhook', 'mail')),
    due_on      INTEGER NOT NULL,
    n_tries     INTEGER NOT NULL DEFAULT 0,
    fault       TEXT,
    ended_on    INTEGER,
    UNIQUE (alert_id, channel)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (channel, due_on) WHERE ended_on IS NULL;
