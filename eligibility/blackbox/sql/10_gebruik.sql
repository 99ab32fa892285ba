-- Which bronnen the adults of a household stand in, and of which year, counted from that of the peildatum.
INSERT INTO blackbox.run_gebruik (run, persoon, huishouden, jaar_offset, bron, voor_kind)
SELECT DISTINCT
    %(run)s,
    m.persoon,
    m.huishouden,
    l.jaar - extract(year FROM s.peildatum)::integer,
    l.bron,
    k.kind IS NOT NULL
FROM blackbox.klant k
JOIN blackbox.run_levering l ON l.run = %(run)s AND l.levering = k.levering
JOIN blackbox.run_instelling s ON s.run = %(run)s
JOIN blackbox.run_lid m ON m.run = %(run)s AND m.bsn = k.bsn AND m.volwassen
WHERE k.levering = ANY (%(klanten)s::bigint[]);
