-- Those who take part, with their address, whether they are of age, and whom they name. Naming someone who
-- does not take part, or oneself, is naming nobody.
WITH genoemd AS NOT MATERIALIZED (
    SELECT persoon, bsn FROM blackbox.run_persoon_%(run)s WHERE reden IS NULL
)
INSERT INTO blackbox.run_deelnemer_%(run)s
    (run, persoon, vroegst, laatst, adres, partner, ouder1, ouder2, groep, bsn)
SELECT
    %(run)s,
    p.persoon,
    p.vroegst,
    p.laatst,
    COALESCE(p.adres, a.adres),
    NULLIF(partner.persoon, p.persoon),
    ouder1.persoon,
    ouder2.persoon,
    CASE
        WHEN p.laatst <= g.geboren_tot THEN 'volwassen'
        WHEN p.vroegst > g.geboren_tot THEN 'minderjarig'
        ELSE 'onbekend'
    END,
    p.bsn
FROM blackbox.run_persoon_%(run)s p
JOIN blackbox.run_grens_%(run)s g ON g.leeftijd = '18'
LEFT JOIN blackbox.run_adres_%(run)s a ON a.persoon = p.persoon
LEFT JOIN genoemd partner ON partner.bsn = p.partner
LEFT JOIN genoemd ouder1 ON ouder1.bsn = p.ouder1
LEFT JOIN genoemd ouder2 ON ouder2.bsn = p.ouder2
WHERE p.reden IS NULL;
