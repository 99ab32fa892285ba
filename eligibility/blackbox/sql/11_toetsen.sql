-- What the Inlichtingenbureau answered about the adults of a household, for the years that are a ground.
-- Two different answers for one BSN, and onbekend, are no answer.
WITH antwoord AS (
    SELECT a.levering, a.bsn, min(a.antwoord) AS antwoord
    FROM blackbox.antwoord a
    JOIN blackbox.run_levering l ON l.run = %(run)s AND l.levering = a.levering
    JOIN blackbox.run_instelling s ON s.run = %(run)s
    JOIN blackbox.run_grond g
        ON g.run = %(run)s AND g.bron = l.bron AND g.jaar_offset = l.jaar - extract(year FROM s.peildatum)
    WHERE a.levering = ANY (%(antwoorden)s::bigint[])
    GROUP BY a.levering, a.bsn
    HAVING min(a.antwoord) = max(a.antwoord) AND min(a.antwoord) IN ('ja', 'nee')
)
INSERT INTO blackbox.run_toets_%(run)s (run, huishouden, uitslag)
SELECT %(run)s, m.huishouden, CASE WHEN bool_or(a.antwoord = 'nee') THEN 'nee' ELSE 'ja' END
FROM antwoord a
JOIN blackbox.run_lid_%(run)s m ON m.bsn = a.bsn AND m.volwassen
GROUP BY m.huishouden;
