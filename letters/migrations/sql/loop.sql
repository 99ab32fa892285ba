-- What must hold whatever the code above it does: who sees what hangs on a letter, that events stay, that an
-- approved text stays, and that no letter is released to who may not get it.

-- A letter and what hangs on it are seen by who sees the household. A vendor sees the letters of his own released
-- batches, and nobody's name: names are on no row below.
CREATE FUNCTION public.is_drukker() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(current_setting('bereik.soort', true), '') = 'drukker'
$$;
GRANT EXECUTE ON FUNCTION public.is_drukker() TO web;
CREATE POLICY eigen_partijen ON letters_letter FOR SELECT TO web
  USING ((SELECT public.is_drukker())
         AND EXISTS (SELECT FROM letters_part p JOIN letters_batch b ON b.id = p.batch_id
                     WHERE b.vendor_id::text = (SELECT public.eigen_team())
                       AND b.state IN ('vrijgegeven', 'bevestigd')
                       AND (p.id = part_id
                            OR p.id IN (SELECT f.part_id FROM letters_formerprint f
                                        WHERE f.letter_id = letters_letter.id))));

ALTER TABLE letters_letterevent ENABLE ROW LEVEL SECURITY;
ALTER TABLE letters_letterevent FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON letters_letterevent TO web
  USING ((SELECT public.ziet_mensen())
         AND (letter_id IS NULL OR (SELECT public.ziet_overal() AND public.ziet_geheim())
              OR EXISTS (SELECT FROM letters_letter l WHERE l.id = letter_id)));
CREATE POLICY eigen_meldingen ON letters_letterevent FOR SELECT TO web
  USING ((SELECT public.is_drukker())
         AND client_id IN (SELECT c.id FROM letters_vendorclient c
                           WHERE c.vendor_id::text = (SELECT public.eigen_team())));

ALTER TABLE letters_application ENABLE ROW LEVEL SECURITY;
ALTER TABLE letters_application FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON letters_application TO web
  USING ((SELECT public.ziet_mensen())
         AND EXISTS (SELECT FROM letters_letter l WHERE l.id = letter_id));

ALTER TABLE letters_grant ENABLE ROW LEVEL SECURITY;
ALTER TABLE letters_grant FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON letters_grant TO web
  USING ((SELECT public.ziet_mensen())
         AND EXISTS (SELECT FROM outreach_approach a WHERE a.id = approach_id));

ALTER TABLE letters_workitem ENABLE ROW LEVEL SECURITY;
ALTER TABLE letters_workitem FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON letters_workitem TO web
  USING ((SELECT public.ziet_mensen())
         AND (household_id IS NULL OR EXISTS (SELECT FROM outreach_household h WHERE h.id = household_id)));

ALTER TABLE letters_reminderpause ENABLE ROW LEVEL SECURITY;
ALTER TABLE letters_reminderpause FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON letters_reminderpause TO web
  USING ((SELECT public.ziet_mensen())
         AND EXISTS (SELECT FROM outreach_household h WHERE h.id = household_id));

ALTER TABLE letters_formerprint ENABLE ROW LEVEL SECURITY;
ALTER TABLE letters_formerprint FORCE ROW LEVEL SECURITY;
-- A place in a file says nothing of anybody; and the policy of the letter looks here, so this may not look there.
CREATE POLICY eigen_gebied ON letters_formerprint TO web USING ((SELECT public.ziet_mensen()));
CREATE POLICY eigen_partijen ON letters_formerprint FOR SELECT TO web
  USING ((SELECT public.is_drukker())
         AND EXISTS (SELECT FROM letters_part p JOIN letters_batch b ON b.id = p.batch_id
                     WHERE p.id = part_id AND b.vendor_id::text = (SELECT public.eigen_team())));

ALTER TABLE letters_recall ENABLE ROW LEVEL SECURITY;
ALTER TABLE letters_recall FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON letters_recall TO web
  USING ((SELECT public.ziet_mensen())
         AND ((SELECT public.ziet_overal() AND public.ziet_geheim())
              OR EXISTS (SELECT FROM letters_letter l WHERE l.id = letter_id)));
CREATE POLICY eigen_partijen ON letters_recall FOR SELECT TO web
  USING ((SELECT public.is_drukker()) AND vendor_id::text = (SELECT public.eigen_team()));

-- A scan that is linked to nobody yet is seen by all who handle forms.
ALTER TABLE letters_scan ENABLE ROW LEVEL SECURITY;
ALTER TABLE letters_scan FORCE ROW LEVEL SECURITY;
CREATE POLICY eigen_gebied ON letters_scan TO web
  USING ((SELECT public.ziet_mensen())
         AND (letter_id IS NULL OR (SELECT public.ziet_overal() AND public.ziet_geheim())
              OR EXISTS (SELECT FROM letters_letter l WHERE l.id = letter_id)));
CREATE POLICY eigen_aanleveringen ON letters_scan FOR SELECT TO web
  USING ((SELECT public.is_drukker())
         AND EXISTS (SELECT FROM letters_scandelivery d
                     WHERE d.id = delivery_id AND d.vendor_id::text = (SELECT public.eigen_team())));

-- Migrations change rows of these tables too; FORCE would hide them from the table's own owner.
CREATE POLICY onderhoud ON letters_formerprint TO migrate USING (true);
CREATE POLICY onderhoud ON letters_recall TO migrate USING (true);
CREATE POLICY onderhoud ON letters_scan TO migrate USING (true);
CREATE POLICY onderhoud ON letters_letterevent TO migrate USING (true);
CREATE POLICY onderhoud ON letters_application TO migrate USING (true);
CREATE POLICY onderhoud ON letters_grant TO migrate USING (true);
CREATE POLICY onderhoud ON letters_workitem TO migrate USING (true);
CREATE POLICY onderhoud ON letters_reminderpause TO migrate USING (true);

REVOKE UPDATE, DELETE ON letters_letterevent, letters_formerprint, letters_legalbasis FROM web;
REVOKE DELETE ON letters_batch, letters_recall, letters_scandelivery, letters_scan, letters_workitem,
  letters_application, letters_grant, letters_grantexport, letters_template, letters_vendor, letters_vendorclient
  FROM web;

-- Events stay as they were told.
CREATE FUNCTION public.alleen_toevoegen() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER alleen_toevoegen BEFORE UPDATE OR DELETE ON letters_letterevent
  FOR EACH ROW EXECUTE FUNCTION public.alleen_toevoegen();

-- A text that was approved is the text of letters that people have at home.
CREATE FUNCTION public.bewaak_brieftekst() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.state <> 'concept' AND (NEW.content, NEW.kind, NEW.regeling_id, NEW.number, NEW.sha256, NEW.approved_by_id,
                                 NEW.approved_at, NEW.judged_by_id, NEW.judged_on, NEW.judgement)
     IS DISTINCT FROM (OLD.content, OLD.kind, OLD.regeling_id, OLD.number, OLD.sha256, OLD.approved_by_id,
                       OLD.approved_at, OLD.judged_by_id, OLD.judged_on, OLD.judgement) THEN
    RAISE EXCEPTION 'an approved text does not change'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'brieftekst_ligt_vast';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ligt_vast BEFORE UPDATE ON letters_template
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_brieftekst();

-- Released is released to somebody who may get it. The first statement locks the persons, the second looks.
SET LOCAL ROLE bereik_eigenaar;
-- Whether a letter approaches somebody. An answer to who asked for something goes to who opted out as well.
CREATE FUNCTION poort.brengt_iets(soort text, wijze text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT soort IN ('aanvraag', 'herinnering') OR (soort = 'toekenning' AND wijze = 'ambtshalve')
$$;

CREATE OR REPLACE FUNCTION poort.bewaak_brief() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  a public.outreach_approach;
BEGIN
  SELECT * INTO a FROM public.outreach_approach WHERE id = NEW.approach_id;
  IF poort.brengt_iets(NEW.kind, a.mode) THEN
    PERFORM poort.weiger_contact(NEW.household_id, a.regeling_id);
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION poort.bewaak_vrijgave() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  a public.outreach_approach;
BEGIN
  SELECT * INTO a FROM public.outreach_approach WHERE id = NEW.approach_id FOR SHARE;
  IF NOT poort.brengt_iets(NEW.kind, a.mode) THEN
    RETURN NEW;
  END IF;
  PERFORM poort.weiger_contact(NEW.household_id, a.regeling_id);
  IF a.lapsed OR EXISTS (
      SELECT FROM public.outreach_householdmember m JOIN public.outreach_person p ON p.id = m.person_id
      WHERE m.household_id = NEW.household_id AND m.adult AND p.departed <> '') THEN
    RAISE EXCEPTION 'no letter any more' USING ERRCODE = 'check_violation', CONSTRAINT = 'brief_vervallen';
  END IF;
  RETURN NEW;
END $$;
RESET ROLE;
GRANT UPDATE ON outreach_approach TO bereik_eigenaar;
CREATE POLICY overdracht_bij ON outreach_approach FOR UPDATE TO bereik_eigenaar USING (true);
CREATE TRIGGER vrijgave BEFORE UPDATE OF production ON letters_letter
  FOR EACH ROW WHEN (NEW.production = 'vrijgegeven' AND OLD.production <> 'vrijgegeven')
  EXECUTE FUNCTION poort.bewaak_vrijgave();

-- Without a form only where the law allows it, for who was tested, on a basis that a lawyer signed.
CREATE FUNCTION public.bewaak_toekenning() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.basis = 'ambtshalve' AND NOT EXISTS (
      SELECT FROM public.outreach_approach a
      JOIN public.outreach_regeling r ON r.code = a.regeling_id
      JOIN public.letters_legalbasis g ON g.id = NEW.legal_basis_id AND g.regeling_id = a.regeling_id
      JOIN public.outreach_user u ON u.id = g.signed_by_id
      WHERE a.id = NEW.approach_id AND a.klasse = 'zeker' AND a.mode = 'ambtshalve' AND r.ambtshalve
        AND g.dated <= NEW.granted_on AND (g.valid_until IS NULL OR g.valid_until >= NEW.granted_on)) THEN
    RAISE EXCEPTION 'not without a form' USING ERRCODE = 'check_violation', CONSTRAINT = 'niet_ambtshalve';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER grondslag BEFORE INSERT OR UPDATE ON letters_grant
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_toekenning();

CREATE FUNCTION public.bewaak_grondslag() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM public.outreach_user u
                 WHERE u.id = NEW.signed_by_id AND u.role = 'juridisch_adviseur' AND u.is_active) THEN
    RAISE EXCEPTION 'signed by a lawyer' USING ERRCODE = 'check_violation', CONSTRAINT = 'grondslag_jurist';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER jurist BEFORE INSERT ON letters_legalbasis
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_grondslag();
