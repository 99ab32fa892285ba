-- Who asks why somebody came out, and what was answered: read by the privacy officer and the juridisch adviseur, and
-- the answer by the two who opened it, for as long as it may be read.
REVOKE INSERT, UPDATE, DELETE ON eligibility_runseal, eligibility_unsealanswer FROM web;
REVOKE UPDATE, DELETE ON eligibility_unsealrequest FROM web;
GRANT UPDATE (state, adviser_id, decided_at) ON eligibility_unsealrequest TO web;
GRANT SELECT, INSERT, UPDATE (destroyed_at) ON eligibility_runseal TO koppel;
GRANT SELECT, UPDATE (state, opened_at, readable_until, identity, problem) ON eligibility_unsealrequest TO koppel;
GRANT SELECT, INSERT, DELETE ON eligibility_unsealanswer TO koppel;
GRANT SELECT ON eligibility_unsealrequest TO bereik_eigenaar;

ALTER TABLE eligibility_unsealanswer SET UNLOGGED;
ALTER TABLE eligibility_unsealanswer ALTER COLUMN sealed SET STATISTICS 0;
ALTER TABLE eligibility_unsealanswer ADD CONSTRAINT unseal_answer_encrypted
  CHECK (substring(sealed FROM 1 FOR 21) = convert_to('age-encryption.org/v1', 'UTF8'));

CREATE FUNCTION public.ziet_ontzegelen() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(current_setting('bereik.soort', true), '') IN ('privacy_officer', 'juridisch_adviseur')
$$;
GRANT EXECUTE ON FUNCTION public.ziet_ontzegelen() TO web;

ALTER TABLE eligibility_unsealrequest ENABLE ROW LEVEL SECURITY;
ALTER TABLE eligibility_unsealrequest FORCE ROW LEVEL SECURITY;
CREATE POLICY toezicht ON eligibility_unsealrequest TO web USING ((SELECT public.ziet_ontzegelen()));
CREATE POLICY werker ON eligibility_unsealrequest TO koppel USING (true);
CREATE POLICY bewaking ON eligibility_unsealrequest TO bereik_eigenaar USING (true);
CREATE POLICY onderhoud ON eligibility_unsealrequest TO migrate USING (true);

ALTER TABLE eligibility_unsealanswer ENABLE ROW LEVEL SECURITY;
ALTER TABLE eligibility_unsealanswer FORCE ROW LEVEL SECURITY;
CREATE POLICY de_twee ON eligibility_unsealanswer FOR SELECT TO web
  USING ((SELECT public.ziet_ontzegelen()) AND EXISTS (
    SELECT FROM eligibility_unsealrequest r
    WHERE r.id = request_id AND r.state = 'geopend'
      AND r.readable_until >= (now() AT TIME ZONE 'Europe/Amsterdam')::date
      AND (SELECT coalesce(current_setting('bereik.actor', true), '')) IN (r.asked_by_id::text, r.adviser_id::text)));
CREATE POLICY werker ON eligibility_unsealanswer TO koppel USING (true);
CREATE POLICY onderhoud ON eligibility_unsealanswer TO migrate USING (true);

CREATE TRIGGER stand BEFORE INSERT OR UPDATE ON eligibility_unsealrequest FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_stand('gevraagd',
    'gevraagd>toegestaan gevraagd>geweigerd gevraagd>ingetrokken toegestaan>ingetrokken toegestaan>geopend toegestaan>mislukt geopend>verlopen', 'vast');
CREATE TRIGGER wie BEFORE INSERT OR UPDATE ON eligibility_unsealrequest FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_wie('asked_by_id', 'adviser_id');
CREATE TRIGGER rol BEFORE INSERT OR UPDATE ON eligibility_unsealrequest FOR EACH ROW
  EXECUTE FUNCTION poort.bewaak_rol('asked_by_id', 'privacy_officer', 'adviser_id', 'juridisch_adviseur');
CREATE TRIGGER bewaking BEFORE INSERT OR UPDATE ON eligibility_unsealrequest FOR EACH ROW
  EXECUTE FUNCTION poort.bewaak_ontzegelen();
