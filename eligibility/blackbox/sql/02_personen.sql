-- Everyone in the population: why someone does not take part, and between which days he was born.
INSERT INTO blackbox.run_persoon_%(run)s
    (run, persoon, vroegst, laatst, adres, bsn, partner, ouder1, ouder2, reden)
SELECT
    %(run)s,
    i.regel,
    CASE
        WHEN i.geboortedatum IN ('', '00000000') THEN 0
        WHEN right(i.geboortedatum, 4) = '0000' THEN i.geboortedatum::integer + 101
        WHEN right(i.geboortedatum, 2) = '00' THEN i.geboortedatum::integer + 1
        ELSE i.geboortedatum::integer
    END,
    CASE
        WHEN i.geboortedatum IN ('', '00000000') THEN 99991231
        WHEN right(i.geboortedatum, 4) = '0000' THEN i.geboortedatum::integer + 1231
        WHEN right(i.geboortedatum, 2) = '00' THEN to_char(
            to_date(left(i.geboortedatum, 6) || '01', 'YYYYMMDD') + interval '1 month - 1 day', 'YYYYMMDD'
        )::integer
        ELSE i.geboortedatum::integer
    END,
    i.adres_id::bigint,
    i.bsn,
    i.partner,
    i.ouder1,
    i.ouder2,
    CASE
        WHEN i.overlijdensdatum <> '' THEN 'overleden'
        WHEN i.opschorting <> '' THEN 'opgeschort'
        WHEN i.gemeentecode <> s.gemeentecode THEN 'andere_gemeente'
        WHEN i.straat = '' OR i.postcode !~ '^[1-9][0-9]{3}[A-Z]{2}$' OR i.huisnummer !~ '^[1-9][0-9]{0,4}$'
            THEN 'adres_onbekend'
    END
FROM blackbox.inwoner_%(bevolking)s i
JOIN blackbox.run_instelling s ON s.run = %(run)s;
