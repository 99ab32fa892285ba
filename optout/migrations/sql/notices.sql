-- A notice was published by the day it is written down, its scan lies encrypted, and it stays as it is.
ALTER TABLE optout_publicnotice
  ADD CONSTRAINT notice_was_published
    CHECK (published_on <= (registered_at AT TIME ZONE 'Europe/Amsterdam')::date),
  ADD CONSTRAINT notice_encrypted
    CHECK (substring(scan FROM 1 FOR 21) = convert_to('age-encryption.org/v1', 'UTF8'));
REVOKE UPDATE, DELETE ON optout_publicnotice FROM web;
