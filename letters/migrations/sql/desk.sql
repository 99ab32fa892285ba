-- A resident comes to the desk of any team with a letter in his hand. Who has what is printed on it may read that
-- one letter, also of somebody elsewhere: not who else lives there, nor what was said. Nobody reads it unseen: the
-- line in the audit is written here, for a miss too, and the tries of one person are counted in it.
GRANT SELECT ON outreach_regeling, letters_letterevent TO bereik_eigenaar;
CREATE POLICY balie ON letters_letterevent FOR SELECT TO bereik_eigenaar USING (true);

SET LOCAL ROLE bereik_eigenaar;
CREATE INDEX gebeurtenis_balie ON audit.gebeurtenis (actor, op) WHERE handeling = 'brief_aan_balie';

CREATE FUNCTION poort.brief_aan_balie(gedrukt text, ronde bigint, reden text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  wie text := current_setting('bereik.actor', true);
  pogingen bigint;
  missers bigint;
  huishouden uuid;
  brief jsonb;
BEGIN
  IF NOT public.ziet_mensen() OR coalesce(wie, '') = '' THEN
    RAISE EXCEPTION 'nobody asks' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF reden IS NULL OR NOT reden = ANY ('{balie,deur,telefoon}') THEN
    RAISE EXCEPTION 'a reason is chosen' USING ERRCODE = 'check_violation', CONSTRAINT = 'reden_gekozen';
  END IF;
  -- Of two tries at once the second sees the first.
  PERFORM pg_advisory_xact_lock(hashtextextended('balie|' || wie, 0));
  SELECT count(*), count(*) FILTER (WHERE bijzonderheden ->> 'gevonden' = 'nee') INTO pogingen, missers
    FROM audit.gebeurtenis
    WHERE handeling = 'brief_aan_balie' AND actor = wie AND op > clock_timestamp() - interval '1 hour';
  IF pogingen >= 30 OR missers >= 10 THEN
    RETURN '{"antwoord": "te_vaak"}';
  END IF;
  -- A whole code is twelve characters; the eight of a kenmerk only count together with their round.
  IF length(gedrukt) = 12 OR (length(gedrukt) = 8 AND ronde IS NOT NULL) THEN
    SELECT l.household_id, jsonb_build_object(
        'round_id', l.round_id, 'form_code', l.form_code, 'kind', l.kind, 'regeling', g.name,
        'given_names', p.given_names, 'prefix', p.prefix, 'family_name', p.family_name, 'name_usage', p.name_usage,
        'partner_prefix', p.partner_prefix, 'partner_family_name', p.partner_family_name, 'sex', p.sex,
        'street', h.street, 'house_number', h.house_number, 'house_letter', h.house_letter,
        'house_suffix', h.house_suffix, 'postcode', h.postcode, 'city', h.city,
        'reply_by', l.reply_by, 'response', l.response, 'delivery', l.delivery,
        'sent_on', (SELECT max(e.occurred_at) FROM public.letters_letterevent e
                    WHERE e.letter_id = l.id AND e.axis = 'productie' AND e.code = 'verzonden'))
      INTO huishouden, brief
      FROM public.letters_letter l
      JOIN public.outreach_approach a ON a.id = l.approach_id
      JOIN public.outreach_regeling g ON g.code = a.regeling_id
      JOIN public.outreach_household h ON h.id = l.household_id
      JOIN public.outreach_householdmember m ON m.household_id = h.id AND m.addressee
      JOIN public.outreach_person p ON p.id = m.person_id
      WHERE l.form_code ~>=~ gedrukt AND l.form_code ~<~ (gedrukt || '~')
        AND (ronde IS NULL OR l.round_id = ronde)
        AND l.production IN ('vrijgegeven', 'bevestigd', 'geprint', 'verzonden')
        AND (NOT h.confidential OR public.ziet_geheim())
      LIMIT 1;
  END IF;
  INSERT INTO audit.gebeurtenis (handeling, onderwerp, ids, bijzonderheden)
    VALUES ('brief_aan_balie', 'huishouden', array_remove(ARRAY[huishouden::text], NULL),
            jsonb_build_object('reden', reden, 'gevonden', CASE WHEN brief IS NULL THEN 'nee' ELSE 'ja' END));
  IF brief IS NULL THEN
    RETURN '{"antwoord": "niet_gevonden"}';
  END IF;
  RETURN jsonb_build_object('antwoord', 'gevonden', 'brief', brief);
END $$;
GRANT EXECUTE ON FUNCTION poort.brief_aan_balie(text, bigint, text) TO web;
RESET ROLE;
