-- An agreement counts once all of it was written down: who the supplier is and in which role, what the privacy
-- committee decided, how long is kept, and what each column is for (AVG articles 5 and 28). Until then it is a draft.
CREATE FUNCTION public.afspraak_volledig(
  leverancier text, rol text, besluit text, maanden smallint, kolommen text[], gebruik jsonb
) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT leverancier <> '' AND rol <> '' AND besluit <> '' AND maanden IS NOT NULL
    AND NOT EXISTS (SELECT FROM unnest(kolommen) AS k WHERE coalesce(gebruik ->> k, '') = '')
$$;

CREATE OR REPLACE FUNCTION public.afspraak_geldt(bron text, dag date, doel text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM public.eligibility_agreement a
    WHERE a.bron_id = bron AND doel = ANY (a.purposes)
      AND a.valid_from <= dag AND (a.valid_to IS NULL OR dag <= a.valid_to)
      AND public.afspraak_volledig(a.supplier, a.role, a.committee_reference, a.retention_months, a.columns, a.uses))
$$;

CREATE OR REPLACE FUNCTION public.afspraak_geldt(bron text, dag date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT public.afspraak_geldt(bron, dag, 'minimavoorzieningen')
$$;

REVOKE EXECUTE ON FUNCTION public.afspraak_volledig(text, text, text, smallint, text[], jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.afspraak_volledig(text, text, text, smallint, text[], jsonb) TO web, koppel;
