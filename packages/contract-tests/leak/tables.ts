/**
 * The tables of a company that stored subjects: everything of PostgreSQL that stands in the way of a repair. Each row has a
 * `tag`, which nobody changes, and `seen`, which only writers change.
 */
const ROW = "tag text NOT NULL, seen int NOT NULL DEFAULT 0";

/** Names as an attacker would choose them, quoted. */
export const HOSTILE = {
  schema: `"odd ""schema""; --"`,
  table: `"Robert'); DROP TABLE users;--"`,
  key: `"no. ""$1"" %s"`,
  column: `"user ""id"" \\ ü"`,
};

const FOREIGN_KEYS = `
  CREATE TABLE users (${ROW}, id text PRIMARY KEY, about text);
  CREATE TABLE runs (${ROW}, id bigint PRIMARY KEY, user_id text NOT NULL REFERENCES users, title text);
  CREATE TABLE steps (${ROW}, id int PRIMARY KEY, user_id text REFERENCES users ON UPDATE CASCADE);
  CREATE TABLE comments (${ROW}, id uuid PRIMARY KEY, author text REFERENCES users DEFERRABLE);
  CREATE TABLE accounts (${ROW}, user_id text PRIMARY KEY REFERENCES users);
  CREATE TABLE orders (${ROW}, id int PRIMARY KEY, account text REFERENCES accounts, referrer text REFERENCES users);
  CREATE TABLE restricted (${ROW}, id int PRIMARY KEY, user_id text REFERENCES users ON UPDATE RESTRICT);
  CREATE TABLE managers (${ROW}, id person PRIMARY KEY, boss person REFERENCES managers);
`;

const UNIQUE = `
  CREATE TABLE favourites (${ROW}, user_id text, run int, PRIMARY KEY (user_id, run));
  CREATE TABLE profiles (${ROW}, id int PRIMARY KEY, user_id text UNIQUE);
  CREATE TABLE settings (${ROW}, id int PRIMARY KEY, user_id text, is_default boolean, lowered text,
    mirror text GENERATED ALWAYS AS (user_id) STORED);
  CREATE UNIQUE INDEX ON settings (user_id) WHERE is_default;
  CREATE TABLE handles (${ROW}, id int PRIMARY KEY, user_id text);
  CREATE UNIQUE INDEX ON handles (lower(user_id));
  CREATE TABLE narrow (${ROW}, id int PRIMARY KEY, user_id varchar(30));
  CREATE TABLE checked (${ROW}, id int PRIMARY KEY, user_id text CHECK (user_id LIKE '%|%'));
`;

const FORMS = `
  CREATE TABLE audit (${ROW}, at timestamptz, number numeric, kind kind, actor text, target varchar(255), note text,
    PRIMARY KEY (at, number, kind));
  CREATE TABLE documents (${ROW}, id int PRIMARY KEY, body jsonb, raw json, history jsonb[]);
  CREATE TABLE teams (${ROW}, id int PRIMARY KEY, members text[], grid varchar(200)[], shifted text[]);
  CREATE TABLE mentions (${ROW}, k text PRIMARY KEY, user_id citext, badge char(60));
  CREATE TABLE events (${ROW}, day date, id int, user_id text, PRIMARY KEY (day, id)) PARTITION BY RANGE (day);
  CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE events_later PARTITION OF events DEFAULT;
  CREATE TABLE shards (${ROW}, user_id text, n int, PRIMARY KEY (user_id, n)) PARTITION BY HASH (user_id);
  CREATE TABLE shard_0 PARTITION OF shards FOR VALUES WITH (MODULUS 2, REMAINDER 0);
  CREATE TABLE shard_1 PARTITION OF shards FOR VALUES WITH (MODULUS 2, REMAINDER 1);
  CREATE TABLE notes (${ROW}, id int PRIMARY KEY, user_id text);
  CREATE TABLE pinned_notes (pinned_by text, PRIMARY KEY (id)) INHERITS (notes);
  CREATE TABLE mailboxes (${ROW}, address text PRIMARY KEY, user_id text);
  CREATE TABLE loose (${ROW}, user_id text, about text);
  CREATE SCHEMA ${HOSTILE.schema};
  CREATE TABLE ${HOSTILE.schema}.${HOSTILE.table} (${ROW}, ${HOSTILE.key} int PRIMARY KEY, ${HOSTILE.column} text);
`;

/** One trigger whose change the way back takes back, and one whose rows stay. */
const DERIVED = `
  CREATE VIEW active_users AS SELECT id, about FROM users;
  CREATE MATERIALIZED VIEW runs_by_user AS SELECT user_id, count(*) FROM runs GROUP BY user_id;
  CREATE FUNCTION keep_lowered() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.lowered := lower(NEW.user_id); RETURN NEW; END $$;
  CREATE TRIGGER keep_lowered BEFORE INSERT OR UPDATE ON settings FOR EACH ROW EXECUTE FUNCTION keep_lowered();
  CREATE TABLE touched (${ROW}, id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
  CREATE FUNCTION note_touched() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO touched (tag) VALUES ('touched'); RETURN NULL; END $$;
  CREATE TRIGGER note_touched AFTER UPDATE ON comments FOR EACH ROW EXECUTE FUNCTION note_touched();
`;

/** After the rows. Every table has an index of tags, by which writers find a row. */
export const INDEXES: string = `
  CREATE INDEX ON runs (user_id);
  CREATE INDEX ON steps (user_id);
  CREATE INDEX ON comments (author);
  CREATE INDEX ON orders (account);
  CREATE INDEX ON orders (referrer);
  CREATE INDEX ON managers (boss);
  DO $$ DECLARE t record; BEGIN
    FOR t IN SELECT oid::regclass AS name FROM pg_class
      WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace NOT IN (SELECT oid FROM pg_namespace
        WHERE nspname LIKE 'pg\\_%' OR nspname = 'information_schema') AND relpersistence = 'p'
    LOOP EXECUTE format('CREATE INDEX ON %s (tag)', t.name); END LOOP;
  END $$;
`;

export const TABLES: string = [
  "CREATE EXTENSION citext;",
  "CREATE DOMAIN person AS text CHECK (length(VALUE) < 300);",
  "CREATE TYPE kind AS ENUM ('first', 'other');",
  FOREIGN_KEYS,
  UNIQUE,
  FORMS,
  DERIVED,
].join("\n");
