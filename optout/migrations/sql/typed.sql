-- A page writes a number that it cannot read back: encrypted for the worker, or not at all.
ALTER TABLE optout_typedwish ADD CONSTRAINT typed_encrypted
  CHECK (sealed IS NULL OR substring(sealed FROM 1 FOR 21) = convert_to('age-encryption.org/v1', 'UTF8'));
REVOKE ALL ON optout_typedwish FROM web;
GRANT INSERT ON optout_typedwish TO web;
GRANT SELECT (id, kind, scope, regeling_id, channel, registered_by_id, registered_at, settled_at)
  ON optout_typedwish TO web;
GRANT SELECT, UPDATE ON optout_typedwish TO bereik_eigenaar;
GRANT UPDATE (withdrawn_at, withdrawn_by_id) ON optout_optout TO bereik_eigenaar;
