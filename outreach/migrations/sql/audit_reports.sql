-- Who looked at a household and what somebody did: read by the privacy officer alone, through doors that write down
-- that he did. The lines themselves stay closed to web.
SET LOCAL ROLE bereik_eigenaar;
CREATE INDEX gebeurtenis_ids ON audit.gebeurtenis USING gin (ids);
CREATE INDEX gebeurtenis_actor ON audit.gebeurtenis (actor, id);

CREATE FUNCTION poort.alleen_privacy_officer() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(current_setting('bereik.soort', true), '') <> 'privacy_officer'
     OR coalesce(current_setting('bereik.actor', true), '') = '' THEN
    RAISE EXCEPTION 'only the privacy officer reads the audit' USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

-- `sleutels` says under which keys something of the household stands: {"huishouden": [...], "brief": [...]}. Newest first,
-- from before line `voor`; 101 at most, of which the last tells that there are more.
CREATE FUNCTION poort.regels_over(huishouden uuid, sleutels jsonb, vanaf timestamptz, tot timestamptz, voor bigint)
RETURNS TABLE (nummer bigint, op timestamptz, wie text, rol text, team text, handeling text, onderwerp text,
  samen integer, bijzonderheden jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM poort.alleen_privacy_officer();
  RETURN QUERY
    SELECT g.id, g.op, g.actor, g.soort, g.team, g.handeling, g.onderwerp, cardinality(g.ids), g.bijzonderheden
    FROM audit.gebeurtenis g
    WHERE g.ids && ARRAY(SELECT DISTINCT w FROM jsonb_each(sleutels) e, jsonb_array_elements_text(e.value) w)
      AND g.ids && ARRAY(SELECT jsonb_array_elements_text(sleutels -> g.onderwerp))
      AND g.op >= vanaf AND g.op < tot AND g.id < voor
    ORDER BY g.id DESC LIMIT 101;
  INSERT INTO audit.gebeurtenis (handeling, onderwerp, ids)
    VALUES ('audit_ingezien', 'huishouden', ARRAY[huishouden::text]);
END $$;
GRANT EXECUTE ON FUNCTION poort.regels_over(uuid, jsonb, timestamptz, timestamptz, bigint) TO web;

CREATE FUNCTION poort.regels_van(medewerker text, vanaf timestamptz, tot timestamptz, voor bigint)
RETURNS TABLE (nummer bigint, op timestamptz, rol text, team text, handeling text, onderwerp text, ids text[],
  samen integer, bijzonderheden jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM poort.alleen_privacy_officer();
  RETURN QUERY
    SELECT g.id, g.op, g.soort, g.team, g.handeling, g.onderwerp, g.ids[1:20], cardinality(g.ids), g.bijzonderheden
    FROM audit.gebeurtenis g
    WHERE g.actor = medewerker AND g.op >= vanaf AND g.op < tot AND g.id < voor
    ORDER BY g.id DESC LIMIT 101;
  INSERT INTO audit.gebeurtenis (handeling, onderwerp, ids) VALUES ('audit_ingezien', 'gebruiker', ARRAY[medewerker]);
END $$;
GRANT EXECUTE ON FUNCTION poort.regels_van(text, timestamptz, timestamptz, bigint) TO web;

-- An address becomes the numbers under which its households are known, one for each koppeling. No name comes along.
CREATE FUNCTION poort.zoek_adres(gevraagd text, nummer integer)
RETURNS TABLE (huishouden uuid, adres text, peildatum date, mensen bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM poort.alleen_privacy_officer();
  RETURN QUERY
    SELECT h.id, concat_ws(' ', h.street, h.house_number::text, nullif(h.house_letter, ''), nullif(h.house_suffix, '')),
      o.peildatum, (SELECT count(*) FROM public.outreach_householdmember m WHERE m.household_id = h.id)
    FROM public.outreach_household h JOIN public.outreach_handover o ON o.id = h.handover_id
    WHERE h.postcode = gevraagd AND h.house_number = nummer
    ORDER BY o.peildatum DESC, 2, h.id LIMIT 50;
  INSERT INTO audit.gebeurtenis (handeling, onderwerp, ids)
    SELECT 'huishoudens_gezocht', 'huishouden', ARRAY(SELECT h.id::text FROM public.outreach_household h
      WHERE h.postcode = gevraagd AND h.house_number = nummer LIMIT 50);
END $$;
GRANT EXECUTE ON FUNCTION poort.zoek_adres(text, integer) TO web;

-- How far sealing is: no line and nobody's name in it.
CREATE FUNCTION poort.stand_van_verzegelen()
RETURNS TABLE (zegels bigint, laatste timestamptz, onverzegeld bigint, sinds timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM poort.alleen_privacy_officer();
  RETURN QUERY
    WITH open AS (
      SELECT count(*) AS aantal, min(g.op) AS oudste FROM audit.gebeurtenis g
      WHERE g.cluster = (pg_control_system()).system_identifier
        AND g.transactie >= coalesce((SELECT max(z.tot) FROM audit.zegel z
          WHERE z.cluster = (pg_control_system()).system_identifier), '0'))
    SELECT coalesce(max(z.nummer), 0), max(z.op), (SELECT aantal FROM open), (SELECT oudste FROM open) FROM audit.zegel z;
END $$;
GRANT EXECUTE ON FUNCTION poort.stand_van_verzegelen() TO web;
RESET ROLE;

-- Who has which role now. What is signed is this list as the database makes it, and not what a form sends.
CREATE FUNCTION public.rollenlijst() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('nummer', u.id, 'gebruiker', u.username,
    'naam', btrim(concat(u.first_name, ' ', u.last_name)), 'rol', u.role, 'team', coalesce(t.name, '')) ORDER BY u.id), '[]')
  FROM public.outreach_user u LEFT JOIN public.outreach_team t ON t.id = u.team_id WHERE u.is_active
$$;
GRANT EXECUTE ON FUNCTION public.rollenlijst() TO web;

CREATE FUNCTION public.bewaak_rollen_ondertekend() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.listed := public.rollenlijst();
  IF NEW.sha256 <> encode(sha256(convert_to(NEW.listed::text, 'UTF8')), 'hex') THEN
    RAISE EXCEPTION 'the list changed since it was shown'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'rollen_als_getoond';
  END IF;
  IF NEW.signed_by_id::text IS DISTINCT FROM current_setting('bereik.actor', true) OR NOT EXISTS (
      SELECT FROM public.outreach_user u
      WHERE u.id = NEW.signed_by_id AND u.is_active AND u.role = 'privacy_officer') THEN
    RAISE EXCEPTION 'the privacy officer signs for himself' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER als_getoond BEFORE INSERT ON public.outreach_rolereview
  FOR EACH ROW EXECUTE FUNCTION public.bewaak_rollen_ondertekend();
REVOKE INSERT, UPDATE, DELETE ON public.outreach_rolereview FROM web;
GRANT INSERT (quarter, sha256, remark, signed_by_id) ON public.outreach_rolereview TO web;
