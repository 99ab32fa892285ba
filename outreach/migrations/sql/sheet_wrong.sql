-- Who has paper, or walks with it, is told that it is wrong as soon as somebody on it may not be visited any more: after
-- an opt-out, since a newer BRP says that he died or moved, since a colleague was told so at the door, and where the
-- paper is of a team outside the municipality, since the address is protected. Where who printed it left, who leads the
-- team of the list is told. Not who, and not where.
GRANT SELECT (looplijst_id) ON outreach_sheet TO bereik_eigenaar;
GRANT SELECT (id, team_id, assigned_to_id) ON outreach_looplijst TO bereik_eigenaar;
CREATE POLICY papier ON outreach_looplijst FOR SELECT TO bereik_eigenaar USING (true);
GRANT SELECT (id, municipal, all_areas) ON outreach_team TO bereik_eigenaar;

SET LOCAL ROLE bereik_eigenaar;
-- With `buiten` only paper of a list, or of somebody, of a team outside the municipality.
CREATE FUNCTION poort.vertel_papier(huishoudens uuid[], buiten boolean) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  WITH papier AS (
    SELECT s.id, s.made_by_id, l.assigned_to_id, l.team_id
    FROM public.outreach_sheet s
    JOIN public.outreach_looplijst l ON l.id = s.looplijst_id
    WHERE s.state = 'in_gebruik' AND s.households && huishoudens
      AND (NOT buiten OR EXISTS (
        SELECT FROM public.outreach_team t
        LEFT JOIN public.outreach_user u ON u.team_id = t.id AND u.id = s.made_by_id
        WHERE NOT t.municipal AND (t.id = l.team_id OR u.id IS NOT NULL)))
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

CREATE OR REPLACE FUNCTION poort.meld_papier() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM poort.vertel_papier(ARRAY(
    SELECT m.household_id FROM public.outreach_householdmember m WHERE m.person_id = NEW.id AND m.adult), false);
  RETURN NULL;
END $$;

CREATE FUNCTION poort.meld_papier_geheim() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM poort.vertel_papier(ARRAY[NEW.id], true);
  RETURN NULL;
END $$;

-- Somebody who is gone is gone from his other households too: outreach_toldgone says from which.
CREATE FUNCTION poort.meld_papier_weg() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM poort.vertel_papier(ARRAY(
    SELECT w.household_id FROM public.outreach_toldgone w WHERE w.household_id IN (
      SELECT o.household_id
      FROM public.outreach_householdmember m
      JOIN public.outreach_householdmember o ON o.person_id = m.person_id AND o.adult
      WHERE m.household_id = NEW.household_id AND m.adult)), false);
  RETURN NULL;
END $$;
RESET ROLE;

DROP TRIGGER meld_papier ON outreach_person;
CREATE TRIGGER meld_papier AFTER UPDATE OF no_contact, no_visit, departed ON outreach_person
  FOR EACH ROW WHEN ((NEW.no_contact OR NEW.no_visit OR NEW.departed <> '')
    AND NOT (OLD.no_contact OR OLD.no_visit OR OLD.departed <> ''))
  EXECUTE FUNCTION poort.meld_papier();
CREATE TRIGGER meld_papier AFTER UPDATE OF confidential ON outreach_household
  FOR EACH ROW WHEN (NEW.confidential AND NOT OLD.confidential) EXECUTE FUNCTION poort.meld_papier_geheim();
CREATE TRIGGER meld_papier AFTER INSERT ON outreach_gesprek
  FOR EACH ROW WHEN (NEW.result IN ('woont_hier_niet', 'overleden')) EXECUTE FUNCTION poort.meld_papier_weg();
