-- All names of a person as somebody may type them: without accents or capitals, each word behind a blank.
-- unaccent asks which dictionary is configured, and is therefore only STABLE; naming it makes the answer fixed.
CREATE FUNCTION public.zoeksleutel(namen text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT ' ' || btrim(regexp_replace(
    lower(public.unaccent('public.unaccent'::regdictionary, normalize(namen, NFC))), '[[:space:][:punct:]]+', ' ', 'g'))
$$;
GRANT EXECUTE ON FUNCTION public.zoeksleutel(text) TO web, bereik_eigenaar;
