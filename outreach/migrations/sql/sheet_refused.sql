-- Paper is wrong too once somebody on it refuses all that his visit was for: said in a gesprek, or opted out of just
-- that regeling. Only where nothing is left to go past the door for, and only paper of that round: what another round
-- brings stands on other paper. `Sheet.is_wrong` asks the same.
GRANT SELECT (id, round_id, household_id, regeling_id, result, lapsed) ON outreach_approach TO bereik_eigenaar;
CREATE POLICY papier ON outreach_approach FOR SELECT TO bereik_eigenaar USING (true);
GRANT SELECT (round_id) ON outreach_looplijst TO bereik_eigenaar;

SET LOCAL ROLE bereik_eigenaar;
-- Whether the adults of a household refused, and nothing of this round is left to go past their door for.
CREATE FUNCTION poort.wil_niets_meer(huishouden uuid, ronde bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH brengt AS (
    SELECT a.result, a.lapsed, EXISTS (
        SELECT FROM public.outreach_householdmember m JOIN public.outreach_person p ON p.id = m.person_id
        WHERE m.household_id = huishouden AND m.adult AND a.regeling_id = ANY (p.no_contact_for)) AS afgemeld,
      EXISTS (
        SELECT FROM public.outreach_approach g
        WHERE g.household_id = huishouden AND g.regeling_id = a.regeling_id AND g.result = 'toegekend') AS heeft
    FROM public.outreach_approach a WHERE a.household_id = huishouden AND a.round_id = ronde
  )
  SELECT coalesce(bool_or(result = 'wil_niet' OR result = 'open' AND NOT lapsed AND afgemeld)
    AND NOT bool_or(result = 'open' AND NOT lapsed AND NOT afgemeld AND NOT heeft), false)
  FROM brengt
$$;

-- Who is told of prints, whatever made them wrong.
CREATE FUNCTION poort.vertel_afdrukken(afdrukken bigint[]) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  WITH papier AS (
    SELECT s.id, s.made_by_id, l.assigned_to_id, l.team_id
    FROM public.outreach_sheet s
    JOIN public.outreach_looplijst l ON l.id = s.looplijst_id
    WHERE s.id = ANY (afdrukken)
  ), leiding AS (
    SELECT u.id, CASE WHEN NOT t.all_areas THEN t.id END AS van
    FROM public.outreach_user u LEFT JOIN public.outreach_team t ON t.id = u.team_id
    WHERE u.is_active AND u.role = 'teamleider'
  ), wie AS (
    SELECT p.id, u.id AS aan
    FROM papier p JOIN public.outreach_user u ON u.is_active AND u.id IN (p.made_by_id, p.assigned_to_id)
    UNION
    SELECT p.id, g.id
    FROM papier p
    JOIN public.outreach_user u ON u.id = p.made_by_id AND NOT u.is_active
    JOIN leiding g ON g.van = p.team_id
      OR g.van IS NULL AND NOT EXISTS (SELECT FROM leiding eigen WHERE eigen.van = p.team_id)
  )
  INSERT INTO public.outreach_notification (user_id, kind, about, day)
  SELECT w.aan, 'afdruk_afgemeld', w.id, (now() AT TIME ZONE 'Europe/Amsterdam')::date
  FROM wie w WHERE w.aan::text IS DISTINCT FROM current_setting('bereik.actor', true)
  ON CONFLICT DO NOTHING
$$;

CREATE OR REPLACE FUNCTION poort.vertel_papier(huishoudens uuid[], buiten boolean) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT poort.vertel_afdrukken(ARRAY(
    SELECT s.id
    FROM public.outreach_sheet s
    JOIN public.outreach_looplijst l ON l.id = s.looplijst_id
    WHERE s.state = 'in_gebruik' AND s.households && huishoudens
      AND (NOT buiten OR EXISTS (
        SELECT FROM public.outreach_team t
        LEFT JOIN public.outreach_user u ON u.team_id = t.id AND u.id = s.made_by_id
        WHERE NOT t.municipal AND (t.id = l.team_id OR u.id IS NOT NULL)))))
$$;

-- Also by what ends beside it: of two regelingen the one was refused before the other was there already.
CREATE FUNCTION poort.meld_papier_wil_niet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM poort.vertel_afdrukken(ARRAY(
    SELECT s.id
    FROM public.outreach_sheet s
    JOIN public.outreach_looplijst l ON l.id = s.looplijst_id
    WHERE s.state = 'in_gebruik' AND l.round_id = NEW.round_id AND s.households @> ARRAY[NEW.household_id]
      AND poort.wil_niets_meer(NEW.household_id, NEW.round_id)));
  RETURN NULL;
END $$;

CREATE FUNCTION poort.meld_papier_regeling() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM poort.vertel_afdrukken(ARRAY(
    SELECT s.id
    FROM public.outreach_householdmember m
    JOIN public.outreach_sheet s ON s.state = 'in_gebruik' AND s.households @> ARRAY[m.household_id]
    JOIN public.outreach_looplijst l ON l.id = s.looplijst_id
    WHERE m.person_id = NEW.id AND m.adult
      AND EXISTS (
        SELECT FROM public.outreach_approach a
        WHERE a.household_id = m.household_id AND a.round_id = l.round_id
          AND a.regeling_id = ANY (NEW.no_contact_for) AND NOT a.regeling_id = ANY (OLD.no_contact_for)
          AND a.result = 'open' AND NOT a.lapsed)
      AND poort.wil_niets_meer(m.household_id, l.round_id)));
  RETURN NULL;
END $$;
RESET ROLE;

CREATE TRIGGER meld_papier AFTER UPDATE OF result ON outreach_approach
  FOR EACH ROW WHEN (OLD.result <> NEW.result AND NEW.result IN ('wil_niet', 'heeft_al', 'geen_recht', 'hulp_bij_aanvraag'))
  EXECUTE FUNCTION poort.meld_papier_wil_niet();
CREATE TRIGGER meld_papier_regeling AFTER UPDATE OF no_contact_for ON outreach_person
  FOR EACH ROW WHEN (NEW.no_contact_for <> OLD.no_contact_for AND cardinality(NEW.no_contact_for) > 0)
  EXECUTE FUNCTION poort.meld_papier_regeling();
