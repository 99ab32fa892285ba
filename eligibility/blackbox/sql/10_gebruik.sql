-- Which bronnen someone stands in, and of which year, counted from that of the peildatum; with his household
-- if he is in one, and the minor in a household for whom it was granted.
WITH lijst AS NOT MATERIALIZED (
    SELECT k.bsn, k.kind, l.bron, l.jaar - extract(year FROM s.peildatum)::integer AS jaar_offset
    FROM blackbox.klant k
    JOIN blackbox.run_levering l ON l.run = %(run)s AND l.levering = k.levering
    JOIN blackbox.run_instelling s ON s.run = %(run)s
    WHERE k.levering = ANY (%(klanten)s::bigint[])
)
INSERT INTO blackbox.run_gebruik_%(run)s
    (run, persoon, huishouden, kind, jaar_offset, volwassen, voor_kind, bron, bsn)
SELECT
    %(run)s, m.persoon, m.huishouden, kind.persoon, k.jaar_offset, m.volwassen, k.kind IS NOT NULL, k.bron, k.bsn
FROM lijst k
LEFT JOIN blackbox.run_lid_%(run)s m ON m.bsn = k.bsn
LEFT JOIN blackbox.run_lid_%(run)s kind ON kind.bsn = k.kind AND NOT kind.volwassen;
