-- Participants without an adres_id: that of the participants at the same written address if those have
-- exactly one between them, else the written address itself, as a negative number.
WITH zonder AS MATERIALIZED (
    SELECT p.persoon, i.postcode, i.huisnummer, i.huisletter, i.toevoeging
    FROM blackbox.run_persoon p
    JOIN blackbox.inwoner i ON i.levering = %(bevolking)s AND i.regel = p.persoon
    WHERE p.run = %(run)s AND p.reden IS NULL AND p.adres IS NULL
),
geschreven AS (
    SELECT postcode, huisnummer, huisletter, toevoeging, -row_number() OVER () AS eigen
    FROM zonder
    GROUP BY postcode, huisnummer, huisletter, toevoeging
),
gedeeld AS (
    SELECT g.postcode, g.huisnummer, g.huisletter, g.toevoeging, min(p.adres) AS adres
    FROM geschreven g
    JOIN blackbox.inwoner i
        ON i.levering = %(bevolking)s
        AND (i.postcode, i.huisnummer, i.huisletter, i.toevoeging)
            = (g.postcode, g.huisnummer, g.huisletter, g.toevoeging)
    JOIN blackbox.run_persoon p
        ON p.run = %(run)s AND p.persoon = i.regel AND p.reden IS NULL AND p.adres IS NOT NULL
    GROUP BY g.postcode, g.huisnummer, g.huisletter, g.toevoeging
    HAVING min(p.adres) = max(p.adres)
)
INSERT INTO blackbox.run_adres (run, persoon, adres)
SELECT %(run)s, z.persoon, COALESCE(d.adres, g.eigen)
FROM zonder z
JOIN geschreven g USING (postcode, huisnummer, huisletter, toevoeging)
LEFT JOIN gedeeld d USING (postcode, huisnummer, huisletter, toevoeging);
