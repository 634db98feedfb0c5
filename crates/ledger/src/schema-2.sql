-- The ledger, version 2: what is concluded is kept up to date story by story, and questions find their rows at once.

-- Every name that any actor bears, once, and the words in them.
CREATE TABLE names (
    name_id     INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE
) STRICT;
CREATE VIRTUAL TABLE names_words USING fts5 (
    name, content = 'names', content_rowid = 'name_id', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO names (name) SELECT DISTINCT name FROM actors ORDER BY 1;
INSERT INTO names_words (names_words) VALUES ('rebuild');

-- How much the current codings hold, by the day of their stories ('' where none is known).
CREATE TABLE tallies (
    what        TEXT NOT NULL CHECK (what IN ('publisher', 'claims', 'type', 'status')),
    value       TEXT NOT NULL,
    day         TEXT NOT NULL,
    n           INTEGER NOT NULL,
    PRIMARY KEY (what, value, day)
) STRICT, WITHOUT ROWID;
INSERT INTO tallies
    SELECT 'publisher', coalesce(s.publisher, ''), coalesce(r.day, ''), count(*)
    FROM codings c JOIN revisions r USING (revision_id) JOIN stories s ON s.story_id = c.story_id
    WHERE c.retired_on IS NULL GROUP BY 2, 3
    UNION ALL
    SELECT 'claims', '', coalesce(r.day, ''), count(*)
    FROM claims k JOIN codings c USING (coding_id) JOIN revisions r USING (revision_id)
    WHERE c.retired_on IS NULL GROUP BY 3
    UNION ALL
    SELECT 'type', e.type, coalesce(r.day, ''), count(*)
    FROM events e JOIN codings c USING (coding_id) JOIN revisions r USING (revision_id)
    WHERE c.retired_on IS NULL GROUP BY 2, 3
    UNION ALL
    SELECT 'status', e.status, coalesce(r.day, ''), count(*)
    FROM events e JOIN codings c USING (coding_id) JOIN revisions r USING (revision_id)
    WHERE c.retired_on IS NULL GROUP BY 2, 3;

-- Offices by the actor that a story states them of, so that a new statement moves no old one.
ALTER TABLE entity_roles RENAME TO entity_roles_1;
CREATE TABLE entity_roles (
    actor_id    INTEGER NOT NULL REFERENCES actors,
    position    INTEGER NOT NULL,
    entity_id   INTEGER NOT NULL REFERENCES entities ON DELETE CASCADE,
    title       TEXT NOT NULL,
    "of"        TEXT,
    status      TEXT CHECK (status IN ('acting', 'former', 'designate')),
    day         TEXT,
    story_id    INTEGER NOT NULL REFERENCES stories,
    PRIMARY KEY (actor_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO entity_roles
    SELECT actor_id, row_number() OVER (PARTITION BY actor_id ORDER BY position) - 1, entity_id, title, "of", status, day, story_id
    FROM entity_roles_1;
DROP TABLE entity_roles_1;
CREATE INDEX entity_roles_by_entity ON entity_roles (entity_id, day);

-- Claims over stories that speak of one thing; `proposition` is the least key among them.
CREATE TABLE propositions (
    claim_id    INTEGER PRIMARY KEY REFERENCES claims,
    proposition INTEGER NOT NULL REFERENCES claims
) STRICT;
CREATE INDEX propositions_by_proposition ON propositions (proposition, claim_id);

-- Stories that are copies, to count them out.
CREATE INDEX origins_copied ON origins (story_id) WHERE origin <> story_id;
CREATE INDEX lives_by_beginning ON lives (earliest, latest, life_id);

-- What resolution remembers between two settlings. Worth nothing outside it, and made anew by a rebuild.
CREATE TABLE resolution_facts (
    place       INTEGER PRIMARY KEY,
    story_id    INTEGER NOT NULL UNIQUE REFERENCES stories,
    coding_id   INTEGER NOT NULL REFERENCES codings,
    facts       BLOB NOT NULL
) STRICT;
CREATE TABLE resolution_shelves (
    shelf       INTEGER NOT NULL,
    key         BLOB NOT NULL,
    value       BLOB NOT NULL,
    PRIMARY KEY (shelf, key)
) STRICT, WITHOUT ROWID;
