-- Participants without an adres_id: that of the participants at the same written address if those have
-- exactly one between them, else the written address itself, as a negative number.
WITH zonder AS MATERIALIZED (
    SELECT p.persoon, i.postcode, i.huisnummer, i.huisletter, i.toevoeging
    FROM blackbox.run_persoon_%(run)s p
    JOIN blackbox.inwoner_%(bevolking)s i ON i.regel = p.persoon
    WHERE p.reden IS NULL AND p.adres IS NULL
),
geschreven AS MATERIALIZED (
    SELECT postcode, huisnummer, huisletter, toevoeging, -row_number() OVER () AS eigen
    FROM zonder
    GROUP BY postcode, huisnummer, huisletter, toevoeging
),
-- First who lives at those few addresses: the whole town never meets its own second table.
ook_daar AS MATERIALIZED (
    SELECT g.eigen, i.regel
    FROM geschreven g
    JOIN blackbox.inwoner_%(bevolking)s i USING (postcode, huisnummer, huisletter, toevoeging)
),
gedeeld AS (
    SELECT d.eigen, min(p.adres) AS adres
    FROM ook_daar d
    JOIN blackbox.run_persoon_%(run)s p ON p.persoon = d.regel
    WHERE p.reden IS NULL AND p.adres IS NOT NULL
    GROUP BY d.eigen
    HAVING min(p.adres) = max(p.adres)
)
INSERT INTO blackbox.run_adres_%(run)s (run, persoon, adres)
SELECT %(run)s, z.persoon, COALESCE(d.adres, g.eigen)
FROM zonder z
JOIN geschreven g USING (postcode, huisnummer, huisletter, toevoeging)
LEFT JOIN gedeeld d USING (eigen);
