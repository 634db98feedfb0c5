-- The ledger, version 1. docs/reference/ledger.md tells what every table and column means.
--
-- Spans are [start, end) in Unicode code points of the revision's text. Moments (`…_on`) are milliseconds since
-- 1970-01-01 UTC; days are TEXT `YYYY-MM-DD`. Missing is NULL, never a default. Lists keep the order of the text: by row
-- id, or by `position` from 0.

-- Where stories came from, and what was made of them -----------------------------------------------------------------

CREATE TABLE inputs (
    input_id    INTEGER PRIMARY KEY,
    input       TEXT NOT NULL UNIQUE,
    position    TEXT NOT NULL DEFAULT '',
    updated_on  INTEGER NOT NULL
) STRICT;

CREATE TABLE runs (
    run_id      INTEGER PRIMARY KEY,
    model       TEXT NOT NULL,
    codebook    TEXT NOT NULL,
    program     TEXT NOT NULL,
    started_on  INTEGER NOT NULL,
    ended_on    INTEGER,
    n_added     INTEGER NOT NULL DEFAULT 0,
    n_revised   INTEGER NOT NULL DEFAULT 0,
    n_known     INTEGER NOT NULL DEFAULT 0,
    n_reread    INTEGER NOT NULL DEFAULT 0,
    n_failed    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE stories (
    story_id    INTEGER PRIMARY KEY,
    publisher   TEXT,
    url         TEXT,
    outlet      TEXT NOT NULL,
    first_added INTEGER NOT NULL
) STRICT;
CREATE INDEX stories_by_publisher ON stories (publisher);
CREATE UNIQUE INDEX stories_by_url ON stories (url, outlet) WHERE url IS NOT NULL;

CREATE TABLE revisions (
    revision_id INTEGER PRIMARY KEY,
    story_id    INTEGER NOT NULL REFERENCES stories,
    hash        BLOB NOT NULL UNIQUE,
    id          TEXT NOT NULL,
    title       TEXT,
    published   TEXT,
    day         TEXT,
    agency      TEXT,
    credit      TEXT,
    byline      TEXT,
    dateline    TEXT,
    language    TEXT,
    known_on    INTEGER NOT NULL,
    retired_on  INTEGER CHECK (retired_on >= known_on),
    text        TEXT NOT NULL
) STRICT;
CREATE INDEX revisions_by_story ON revisions (story_id);
CREATE UNIQUE INDEX revisions_active ON revisions (story_id) WHERE retired_on IS NULL;
CREATE INDEX revisions_by_day ON revisions (day);
CREATE INDEX revisions_by_id ON revisions (id);

CREATE VIRTUAL TABLE revisions_words USING fts5 (
    title, text, content = 'revisions', content_rowid = 'revision_id',
    tokenize = 'porter unicode61 remove_diacritics 2'
);

CREATE TABLE intakes (
    input_id    INTEGER NOT NULL REFERENCES inputs,
    record      INTEGER NOT NULL,
    revision_id INTEGER NOT NULL REFERENCES revisions,
    run_id      INTEGER NOT NULL REFERENCES runs,
    PRIMARY KEY (input_id, record, revision_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX intakes_by_revision ON intakes (revision_id);

CREATE TABLE failures (
    failure_id  INTEGER PRIMARY KEY,
    run_id      INTEGER NOT NULL REFERENCES runs,
    input       TEXT NOT NULL,
    record      INTEGER NOT NULL,
    id          TEXT,
    stage       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    failed_on   INTEGER NOT NULL,
    UNIQUE (run_id, input, record, stage, reason)
) STRICT;

-- What the stories say: one coding for each reading of a revision ---------------------------------------------------

CREATE TABLE codings (
    coding_id   INTEGER PRIMARY KEY,
    story_id    INTEGER NOT NULL REFERENCES stories,
    revision_id INTEGER NOT NULL REFERENCES revisions,
    run_id      INTEGER NOT NULL REFERENCES runs,
    known_on    INTEGER NOT NULL,
    retired_on  INTEGER CHECK (retired_on >= known_on)
) STRICT;
CREATE INDEX codings_by_revision ON codings (revision_id);
CREATE UNIQUE INDEX codings_active ON codings (story_id) WHERE retired_on IS NULL;
CREATE INDEX codings_by_story ON codings (story_id);
CREATE INDEX codings_by_known_on ON codings (known_on);

CREATE TABLE actors (
    actor_id    INTEGER PRIMARY KEY,
    coding_id   INTEGER NOT NULL REFERENCES codings,
    id          TEXT NOT NULL,
    name        TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('person', 'organization', 'group', 'country', 'place')),
    country     TEXT,
    sector      TEXT,
    wikidata    TEXT,
    reason      TEXT NOT NULL,
    UNIQUE (coding_id, id)
) STRICT;
CREATE INDEX actors_by_name ON actors (name COLLATE NOCASE);
CREATE INDEX actors_by_party ON actors (country, sector);
CREATE INDEX actors_by_wikidata ON actors (wikidata) WHERE wikidata IS NOT NULL;

CREATE TABLE actor_mentions (
    actor_id    INTEGER NOT NULL REFERENCES actors,
    position    INTEGER NOT NULL,
    start       INTEGER NOT NULL,
    "end"       INTEGER NOT NULL CHECK ("end" >= start),
    PRIMARY KEY (actor_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE actor_roles (
    actor_id    INTEGER NOT NULL REFERENCES actors,
    position    INTEGER NOT NULL,
    title       TEXT NOT NULL,
    "of"        TEXT,
    status      TEXT CHECK (status IN ('acting', 'former', 'designate')),
    start       INTEGER NOT NULL,
    "end"       INTEGER NOT NULL CHECK ("end" >= start),
    PRIMARY KEY (actor_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE claims (
    claim_id      INTEGER PRIMARY KEY,
    coding_id     INTEGER NOT NULL REFERENCES codings,
    story_id      INTEGER NOT NULL REFERENCES stories,
    id            TEXT NOT NULL,
    source_start  INTEGER,
    source_end    INTEGER CHECK (source_end >= source_start),
    source_actor  INTEGER REFERENCES actors,
    source_kind   TEXT NOT NULL CHECK (source_kind IN ('named', 'role', 'anonymous', 'document', 'media', 'implicit')),
    cue_start     INTEGER,
    cue_end       INTEGER CHECK (cue_end >= cue_start),
    manner        TEXT NOT NULL CHECK (manner IN ('direct', 'indirect', 'mixed')),
    act           TEXT NOT NULL,
    disputes      INTEGER REFERENCES claims DEFERRABLE INITIALLY DEFERRED,
    confidence    REAL NOT NULL,
    reason        TEXT NOT NULL,
    known_on      INTEGER NOT NULL,
    retired_on    INTEGER,
    UNIQUE (coding_id, id)
) STRICT;
CREATE INDEX claims_by_story ON claims (story_id);
CREATE INDEX claims_by_source ON claims (source_actor) WHERE source_actor IS NOT NULL;
CREATE INDEX claims_by_act ON claims (act, claim_id);
CREATE INDEX claims_disputing ON claims (disputes) WHERE disputes IS NOT NULL;

CREATE TABLE claim_contents (
    claim_id    INTEGER NOT NULL REFERENCES claims,
    position    INTEGER NOT NULL,
    start       INTEGER NOT NULL,
    "end"       INTEGER NOT NULL CHECK ("end" >= start),
    PRIMARY KEY (claim_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    event_id        INTEGER PRIMARY KEY,
    coding_id       INTEGER NOT NULL REFERENCES codings,
    story_id        INTEGER NOT NULL REFERENCES stories,
    id              TEXT NOT NULL,
    trigger_start   INTEGER NOT NULL,
    trigger_end     INTEGER NOT NULL CHECK (trigger_end >= trigger_start),
    type            TEXT NOT NULL,
    mode            TEXT,
    quad            TEXT NOT NULL,
    score           REAL NOT NULL,
    place_start     INTEGER,
    place_end       INTEGER CHECK (place_end >= place_start),
    place_name      TEXT,
    place_country   TEXT,
    geonames        INTEGER,
    lat             REAL,
    lon             REAL,
    place_precision TEXT,
    time_start      INTEGER,
    time_end        INTEGER CHECK (time_end >= time_start),
    earliest        TEXT,
    latest          TEXT CHECK (latest >= earliest),
    time_precision  TEXT,
    killed          INTEGER,
    injured         INTEGER,
    status          TEXT NOT NULL CHECK (status IN ('happened', 'planned', 'possible', 'denied')),
    claim           INTEGER REFERENCES claims,
    confidence      REAL NOT NULL,
    reason          TEXT NOT NULL,
    day             TEXT,
    known_on        INTEGER NOT NULL,
    retired_on      INTEGER,
    UNIQUE (coding_id, id)
) STRICT;
CREATE INDEX events_by_story ON events (story_id);
CREATE INDEX events_by_day ON events (day, event_id);
CREATE INDEX events_by_type ON events (type, day);
CREATE INDEX events_by_status ON events (status, latest, earliest);
CREATE INDEX events_by_country ON events (place_country, day);
CREATE INDEX events_by_place ON events (geonames, day) WHERE geonames IS NOT NULL;
CREATE INDEX events_by_place_name ON events (place_name COLLATE NOCASE, day) WHERE place_name IS NOT NULL;
CREATE INDEX events_by_claim ON events (claim) WHERE claim IS NOT NULL;

CREATE TABLE event_mentions (
    event_id    INTEGER NOT NULL REFERENCES events,
    position    INTEGER NOT NULL,
    start       INTEGER NOT NULL,
    "end"       INTEGER NOT NULL CHECK ("end" >= start),
    PRIMARY KEY (event_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE event_contexts (
    event_id    INTEGER NOT NULL REFERENCES events,
    position    INTEGER NOT NULL,
    context     TEXT NOT NULL,
    PRIMARY KEY (event_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_contexts_by_context ON event_contexts (context, event_id);

CREATE TABLE event_actors (
    event_id    INTEGER NOT NULL REFERENCES events,
    position    INTEGER NOT NULL,
    actor_id    INTEGER NOT NULL REFERENCES actors,
    country     TEXT,
    sector      TEXT,
    PRIMARY KEY (event_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_actors_by_actor ON event_actors (actor_id);
CREATE INDEX event_actors_by_party ON event_actors (country, sector, event_id);

CREATE TABLE event_recipients (
    event_id    INTEGER NOT NULL REFERENCES events,
    position    INTEGER NOT NULL,
    actor_id    INTEGER NOT NULL REFERENCES actors,
    country     TEXT,
    sector      TEXT,
    PRIMARY KEY (event_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_recipients_by_actor ON event_recipients (actor_id);
CREATE INDEX event_recipients_by_party ON event_recipients (country, sector, event_id);

CREATE TABLE timexes (
    coding_id   INTEGER NOT NULL REFERENCES codings,
    position    INTEGER NOT NULL,
    start       INTEGER NOT NULL,
    "end"       INTEGER NOT NULL CHECK ("end" >= start),
    type        TEXT NOT NULL,
    value       TEXT NOT NULL,
    earliest    TEXT,
    latest      TEXT,
    PRIMARY KEY (coding_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE toponyms (
    coding_id   INTEGER NOT NULL REFERENCES codings,
    position    INTEGER NOT NULL,
    start       INTEGER NOT NULL,
    "end"       INTEGER NOT NULL CHECK ("end" >= start),
    name        TEXT NOT NULL,
    geonames    INTEGER,
    country     TEXT,
    lat         REAL NOT NULL,
    lon         REAL NOT NULL,
    class       TEXT NOT NULL,
    PRIMARY KEY (coding_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX toponyms_by_place ON toponyms (geonames) WHERE geonames IS NOT NULL;

CREATE TABLE notes (
    coding_id   INTEGER NOT NULL REFERENCES codings,
    position    INTEGER NOT NULL,
    start       INTEGER NOT NULL,
    "end"       INTEGER NOT NULL CHECK ("end" >= start),
    kind        TEXT NOT NULL,
    text        TEXT NOT NULL,
    PRIMARY KEY (coding_id, position)
) STRICT, WITHOUT ROWID;

-- What is concluded over stories: derived, and rebuilt from the codings and the decisions alone ---------------------

CREATE TABLE decisions (
    decision_id INTEGER PRIMARY KEY,
    decided_on  INTEGER NOT NULL,
    by          TEXT NOT NULL,
    layer       TEXT NOT NULL CHECK (layer IN ('origin', 'entity', 'happening', 'life', 'claim')),
    verb        TEXT NOT NULL CHECK (verb IN ('merge', 'split')),
    left        TEXT NOT NULL,
    right       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    undone_on   INTEGER
) STRICT;

CREATE TABLE origins (
    story_id    INTEGER PRIMARY KEY REFERENCES stories,
    origin      INTEGER NOT NULL REFERENCES stories,
    reason      TEXT NOT NULL,
    score       REAL NOT NULL
) STRICT;
CREATE INDEX origins_by_origin ON origins (origin);

CREATE TABLE entities (
    entity_id   INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    country     TEXT,
    sector      TEXT,
    wikidata    TEXT,
    n_stories   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX entities_by_name ON entities (name COLLATE NOCASE);
CREATE INDEX entities_by_party ON entities (country, sector);

CREATE TABLE entity_names (
    entity_id   INTEGER NOT NULL REFERENCES entities ON DELETE CASCADE,
    name        TEXT NOT NULL,
    n_stories   INTEGER NOT NULL,
    PRIMARY KEY (entity_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX entity_names_by_name ON entity_names (name COLLATE NOCASE);

CREATE TABLE entity_roles (
    entity_id   INTEGER NOT NULL REFERENCES entities ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    title       TEXT NOT NULL,
    "of"        TEXT,
    status      TEXT CHECK (status IN ('acting', 'former', 'designate')),
    day         TEXT,
    story_id    INTEGER NOT NULL REFERENCES stories,
    actor_id    INTEGER NOT NULL REFERENCES actors,
    PRIMARY KEY (entity_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE entity_members (
    actor_id    INTEGER PRIMARY KEY REFERENCES actors,
    entity_id   INTEGER NOT NULL REFERENCES entities ON DELETE CASCADE,
    reason      TEXT NOT NULL,
    score       REAL NOT NULL
) STRICT;
CREATE INDEX entity_members_by_entity ON entity_members (entity_id);

CREATE TABLE happenings (
    happening_id  INTEGER PRIMARY KEY,
    type          TEXT NOT NULL,
    mode          TEXT,
    status        TEXT NOT NULL,
    earliest      TEXT,
    latest        TEXT,
    place_name    TEXT,
    place_country TEXT,
    geonames      INTEGER,
    killed_min    INTEGER,
    killed_max    INTEGER,
    injured_min   INTEGER,
    injured_max   INTEGER,
    n_reports     INTEGER NOT NULL,
    n_stories     INTEGER NOT NULL,
    n_origins     INTEGER NOT NULL
) STRICT;
CREATE INDEX happenings_by_type ON happenings (type, earliest);
CREATE INDEX happenings_by_time ON happenings (earliest, latest);
CREATE INDEX happenings_by_origins ON happenings (n_origins);

CREATE TABLE happening_reports (
    event_id      INTEGER PRIMARY KEY REFERENCES events,
    happening_id  INTEGER NOT NULL REFERENCES happenings ON DELETE CASCADE,
    reason        TEXT NOT NULL,
    score         REAL NOT NULL
) STRICT;
CREATE INDEX happening_reports_by_happening ON happening_reports (happening_id);

CREATE TABLE lives (
    life_id     INTEGER PRIMARY KEY,
    status      TEXT NOT NULL
                CHECK (status IN ('planned', 'confirmed', 'took place', 'postponed', 'cancelled', 'overdue')),
    earliest    TEXT,
    latest      TEXT
) STRICT;
CREATE INDEX lives_by_window ON lives (latest, earliest);
CREATE INDEX lives_by_status ON lives (status, latest);

CREATE TABLE life_steps (
    life_id     INTEGER NOT NULL REFERENCES lives ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    step        TEXT NOT NULL
                CHECK (step IN ('planned', 'confirmed', 'took place', 'postponed', 'cancelled', 'overdue')),
    event_id    INTEGER REFERENCES events,
    day         TEXT,
    earliest    TEXT,
    latest      TEXT,
    reason      TEXT NOT NULL,
    score       REAL NOT NULL,
    PRIMARY KEY (life_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX life_steps_by_event ON life_steps (event_id) WHERE event_id IS NOT NULL;

CREATE TABLE claim_relations (
    claim_id    INTEGER NOT NULL REFERENCES claims,
    relation    TEXT NOT NULL CHECK (relation IN ('denies', 'disputes', 'confirms', 'updates', 'retracts')),
    other_id    INTEGER NOT NULL REFERENCES claims,
    reason      TEXT NOT NULL,
    score       REAL NOT NULL,
    PRIMARY KEY (claim_id, relation, other_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_relations_by_other ON claim_relations (other_id);

-- The record as it stands. `Ledger::as_of` puts views of the same names in front of these that show an earlier day. ----

CREATE VIEW current_revisions AS SELECT * FROM revisions WHERE retired_on IS NULL;
CREATE VIEW current_codings AS SELECT * FROM codings WHERE retired_on IS NULL;
CREATE VIEW current_events AS SELECT * FROM events WHERE retired_on IS NULL;
CREATE VIEW current_claims AS SELECT * FROM claims WHERE retired_on IS NULL;
CREATE VIEW current_stories AS
    SELECT s.story_id, r.revision_id, r.id, s.publisher, s.url, r.title, r.agency, r.credit, r.byline, r.dateline, r.published,
           r.day, r.language, s.first_added, r.known_on, r.retired_on, r.text
    FROM stories s JOIN revisions r USING (story_id) WHERE r.retired_on IS NULL;
