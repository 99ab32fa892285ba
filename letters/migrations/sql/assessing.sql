-- What must hold of a decision and of a file of grants, whatever the code above it does.

-- Who may not be granted by itself is granted by somebody who looked at income and assets, or is not granted: an
-- onzeker application has the limits and the sum on it that it was held to.
CREATE FUNCTION public.bewaak_besluit() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.limits = '{}'::jsonb AND EXISTS (
      SELECT FROM public.outreach_approach a WHERE a.id = NEW.approach_id AND a.klasse = 'onzeker') THEN
    RAISE EXCEPTION 'not assessed' USING ERRCODE = 'check_violation', CONSTRAINT = 'niet_beoordeeld';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER besluit BEFORE UPDATE OF state ON letters_application
  FOR EACH ROW WHEN (NEW.state = 'toegekend' AND OLD.state <> 'toegekend')
  EXECUTE FUNCTION public.bewaak_besluit();

-- A basis is signed by a lawyer, for a regeling that the law allows it for; what was signed stays, and can be
-- withdrawn by a lawyer.
CREATE OR REPLACE FUNCTION public.bewaak_grondslag() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  wie bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.signed_by_id ELSE NEW.withdrawn_by_id END;
BEGIN
  IF NOT EXISTS (SELECT FROM public.outreach_user u
                 WHERE u.id = wie AND u.role = 'juridisch_adviseur' AND u.is_active) THEN
    RAISE EXCEPTION 'signed by a lawyer' USING ERRCODE = 'check_violation', CONSTRAINT = 'grondslag_jurist';
  END IF;
  IF TG_OP = 'INSERT' AND NOT EXISTS (
      SELECT FROM public.outreach_regeling r
      WHERE r.code = NEW.regeling_id AND r.ambtshalve AND r.legal_basis !~* 'participatiewet') THEN
    RAISE EXCEPTION 'not this regeling' USING ERRCODE = 'check_violation', CONSTRAINT = 'grondslag_regeling';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NOT NULL THEN
    RAISE EXCEPTION 'withdrawn already' USING ERRCODE = 'check_violation', CONSTRAINT = 'grondslag_ligt_vast';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER jurist ON letters_legalbasis;
CREATE TRIGGER jurist BEFORE INSERT OR UPDATE ON letters_legalbasis
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_grondslag();
REVOKE UPDATE, DELETE ON letters_legalbasis FROM web;
GRANT UPDATE (withdrawn_at, withdrawn_by_id) ON letters_legalbasis TO web;

-- Without a form: only while a basis holds. Afterwards a grant stays a grant, so only what it rests on is looked at.
CREATE OR REPLACE FUNCTION public.bewaak_toekenning() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.basis = 'ambtshalve' AND NOT EXISTS (
      SELECT FROM public.outreach_approach a
      JOIN public.outreach_regeling r ON r.code = a.regeling_id
      JOIN public.letters_legalbasis g ON g.id = NEW.legal_basis_id AND g.regeling_id = a.regeling_id
      WHERE a.id = NEW.approach_id AND a.klasse = 'zeker' AND a.mode = 'ambtshalve' AND NOT a.lapsed
        AND r.ambtshalve AND r.legal_basis !~* 'participatiewet'
        AND g.dated <= NEW.granted_on AND (g.valid_until IS NULL OR g.valid_until >= NEW.granted_on)
        AND g.withdrawn_at IS NULL) THEN
    RAISE EXCEPTION 'not without a form' USING ERRCODE = 'check_violation', CONSTRAINT = 'niet_ambtshalve';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER grondslag ON letters_grant;
CREATE TRIGGER grondslag BEFORE INSERT OR UPDATE OF basis, approach_id, legal_basis_id, granted_on ON letters_grant
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_toekenning();

-- The law of a regeling is what closes the way round it: from the Participatiewet no page takes it away.
CREATE FUNCTION public.bewaak_wet() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the law stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'wet_ligt_vast';
END $$;
CREATE TRIGGER wet_ligt_vast BEFORE UPDATE OF legal_basis ON outreach_regeling
  FOR EACH ROW WHEN (OLD.legal_basis ~* 'participatiewet' AND NEW.legal_basis !~* 'participatiewet'
                     AND current_user <> 'migrate')
  EXECUTE FUNCTION public.bewaak_wet();
-- The regelingen come with the software, each with its law.
REVOKE INSERT, DELETE ON outreach_regeling FROM web;

-- A file of grants is asked and fetched by the pages; that it was made is said by the worker alone, and once.
REVOKE UPDATE ON letters_grantexport FROM web;
GRANT UPDATE (fetched_by_id, fetched_at) ON letters_grantexport TO web;
CREATE FUNCTION public.bewaak_ophalen() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'fetched already' USING ERRCODE = 'check_violation', CONSTRAINT = 'uitvoer_eenmaal';
END $$;
CREATE TRIGGER eenmaal BEFORE UPDATE ON letters_grantexport
  FOR EACH ROW WHEN (OLD.fetched_at IS NOT NULL) EXECUTE FUNCTION public.bewaak_ophalen();
-- What was asked stays what was asked: the key and the day are written once.
CREATE FUNCTION public.bewaak_uitvoer() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'not made yet' USING ERRCODE = 'check_violation', CONSTRAINT = 'uitvoer_nieuw';
END $$;
CREATE TRIGGER nieuw BEFORE INSERT ON letters_grantexport
  FOR EACH ROW WHEN (NEW.made_at IS NOT NULL OR NEW.fetched_at IS NOT NULL)
  EXECUTE FUNCTION public.bewaak_uitvoer();

GRANT SELECT ON letters_grant, letters_grantexport TO bereik_eigenaar;
GRANT UPDATE (made_at, grants_count, rows, size, sha256) ON letters_grantexport TO bereik_eigenaar;
CREATE POLICY uitvoer ON letters_grant FOR SELECT TO bereik_eigenaar USING (true);

SET LOCAL ROLE bereik_eigenaar;
-- The files that were asked and not made yet: their number, and the key to encrypt to.
CREATE FUNCTION poort.uitvoer_te_maken() RETURNS TABLE (uitvoer bigint, openbare_sleutel text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT id, public_key FROM public.letters_grantexport WHERE made_at IS NULL ORDER BY id
$$;

-- What a file holds: for each grant the sealed numbers of the addressee and of whom it is for. Only for a file
-- that was asked and is not made yet: what was made is never opened again.
CREATE FUNCTION poort.uitvoer(p_uitvoer bigint)
RETURNS TABLE (toekenning bigint, zegel bytea, rol text, voor boolean, regeling text, datum date, grond text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT g.id, b.zegel,
    CASE WHEN m.addressee THEN 'aanvrager' WHEN m.adult THEN 'partner' ELSE 'kind' END,
    c.person_id IS NOT NULL, a.regeling_id, g.granted_on, g.basis
  FROM public.letters_grantexport u
  JOIN public.letters_grant g ON g.export_id = u.id
  JOIN public.outreach_approach a ON a.id = g.approach_id
  JOIN public.outreach_householdmember m ON m.household_id = a.household_id
  LEFT JOIN public.outreach_candidacy k ON k.household_id = a.household_id AND k.regeling_id = a.regeling_id
  LEFT JOIN public.outreach_candidacy_persons c ON c.candidacy_id = k.id AND c.person_id = m.person_id
  LEFT JOIN blackbox.bekende_persoon b ON b.person_id = m.person_id
  WHERE u.id = p_uitvoer AND u.made_at IS NULL AND (m.addressee OR c.person_id IS NOT NULL)
  ORDER BY g.id, NOT m.addressee, NOT m.adult, m.id
$$;

-- The worker says that a file lies ready, with all that was asked in it. False when somebody said so before.
CREATE FUNCTION poort.uitvoer_gemaakt(p_uitvoer bigint, p_toekenningen integer, p_regels integer, p_bytes bigint,
                                      p_sha256 text)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_toekenningen <> (SELECT count(*) FROM public.letters_grant WHERE export_id = p_uitvoer) THEN
    RAISE EXCEPTION 'not all grants' USING ERRCODE = 'check_violation', CONSTRAINT = 'uitvoer_onvolledig';
  END IF;
  UPDATE public.letters_grantexport
    SET made_at = now(), grants_count = p_toekenningen, rows = p_regels, size = p_bytes, sha256 = p_sha256
    WHERE id = p_uitvoer AND made_at IS NULL;
  RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION poort.uitvoer_te_maken(), poort.uitvoer(bigint),
  poort.uitvoer_gemaakt(bigint, integer, integer, bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.uitvoer_te_maken(), poort.uitvoer(bigint),
  poort.uitvoer_gemaakt(bigint, integer, integer, bigint, text) TO koppel;
RESET ROLE;
