-- Every table with a foreign key, at any distance, to a household or a person. What somebody has not saved yet (drafts,
-- kept every few seconds) and who is busy for an hour (claims) say nothing of what was done, and are left out.
DO $$
DECLARE
  tabel regclass;
BEGIN
  FOR tabel IN
    WITH RECURSIVE mens(oid) AS (
      SELECT unnest(ARRAY['outreach_household', 'outreach_person']::regclass[])::oid
      UNION
      SELECT k.conrelid FROM pg_constraint k JOIN mens ON mens.oid = k.confrelid WHERE k.contype = 'f')
    SELECT m.oid::regclass FROM mens m
    WHERE m.oid <> ALL (ARRAY['outreach_draft', 'outreach_claim']::regclass[]) ORDER BY 1
  LOOP
    PERFORM audit.volg(tabel);
  END LOOP;
END $$;
