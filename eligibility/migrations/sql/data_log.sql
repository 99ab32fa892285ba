-- Who came out of a koppeling has a line each in the Logboek Dataverwerkingen. Of the mass that was only looked through there
-- is one line for each delivery: a million pseudonyms in a log would outlive the destruction of that delivery.
SET LOCAL ROLE bereik_eigenaar;
CREATE FUNCTION audit.welke_levering(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT 'levering', d.id::text, 'bron-' || d.bron_id FROM public.eligibility_delivery d WHERE d.id = ANY (ids::bigint[])
$$;
CREATE FUNCTION audit.welke_leveringen_van(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT 'levering', d.id::text, 'bron-' || d.bron_id
  FROM public.eligibility_run_deliveries r JOIN public.eligibility_delivery d ON d.id = r.delivery_id
  WHERE r.run_id = ANY (ids::bigint[])
$$;
-- At its end, in the transaction that hands over: the members of the households that it found, by one set.
CREATE FUNCTION audit.wie_kwam_eruit(handeling text, ids text[])
RETURNS TABLE (soort text, sleutel text, verwerking text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT l.soort, l.sleutel, l.verwerking FROM audit.welke_leveringen_van(handeling, ids) l
  UNION ALL
  (SELECT DISTINCT 'persoon', m.person_id::text, 'koppeling'
   FROM public.outreach_household h JOIN public.outreach_householdmember m ON m.household_id = h.id
   WHERE h.handover_id = ANY (ids::bigint[]))
$$;
INSERT INTO audit.soort_verwerking (onderwerp, handeling, verwerking, functie, status_code) VALUES
  ('levering', 'levering_ingeladen', 'koppeling', 'welke_levering', 1),
  ('koppeling', 'koppeling_klaar', 'koppeling', 'wie_kwam_eruit', 1),
  ('koppeling', 'koppeling_gestrand', 'koppeling', 'welke_leveringen_van', 2);
RESET ROLE;
GRANT SELECT (id, bron_id) ON eligibility_delivery TO bereik_eigenaar;
GRANT SELECT (run_id, delivery_id) ON eligibility_run_deliveries TO bereik_eigenaar;
