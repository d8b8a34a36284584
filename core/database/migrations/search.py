"""The search structures, which only raw statements can make; one set for each engine."""

from sqlalchemy import Connection, text

SQLITE = (
    # The words of a conversation's contact, note and messages; rowid = conversation.activity_key, so that walking
    # backwards streams the newest conversation first. The text arrives folded, so the plainest tokenizer serves.
    "CREATE VIRTUAL TABLE search_text USING fts5"
    "(words, content='', detail=none, columnsize=0, tokenize='ascii', prefix='2 3')",
    # The digits of phones; rowid = contact.id.
    "CREATE VIRTUAL TABLE search_phone USING fts5(digits, content='', detail=none, columnsize=0, tokenize='trigram')",
    # Every word ever indexed: a long prefix is searched as its words, which stream; a prefix walk would gather.
    "CREATE TABLE search_word (word TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID",
)

POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    # A conversation's words; in several parts where they pass the engine's limit of one megabyte.
    "CREATE TABLE search_text (contact_id BIGINT NOT NULL, part SMALLINT NOT NULL, is_split SMALLINT NOT NULL,"
    " words TSVECTOR NOT NULL, PRIMARY KEY (contact_id, part))",
    "CREATE INDEX ix_search_text_words ON search_text USING gin (words)",
    "CREATE INDEX ix_search_text_split ON search_text (contact_id) WHERE is_split = 1",
    "ALTER TABLE search_text ALTER COLUMN words SET STATISTICS 1000",
    "CREATE INDEX ix_contact_phone_trigrams ON contact USING gin (phone gin_trgm_ops)",
)


def create_search(connection: Connection) -> None:
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.execute(text(statement))
