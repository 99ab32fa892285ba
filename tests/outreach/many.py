"""Many households at once, by set-based SQL: counts say something from ten on."""

from django.db import connection, transaction

from outreach.models import Handover
from tests.roles import as_role

_MANY = """
WITH huis AS (
  SELECT gen_random_uuid() AS id, gen_random_uuid() AS wie, n FROM generate_series(1, %(number)s) AS n),
h AS (
  INSERT INTO outreach_household (id, handover_id, street, house_number, house_letter, house_suffix,
    postcode, city, address_function, buurt_code, confidential, institution)
  SELECT id, %(handover)s, %(street)s, n, '', '', '1099AB', 'Waterveen', 'W', %(buurt)s, false, false
  FROM huis RETURNING id),
p AS (
  INSERT INTO outreach_person (id, given_names, prefix, family_name, name_usage, partner_prefix,
    partner_family_name, sex, birth_date, no_contact, no_contact_for)
  SELECT wie, 'Aad', '', 'Proef' || n, 'E', '', '', 'V', '19800310', false, '{}' FROM huis RETURNING id),
m AS (
  INSERT INTO outreach_householdmember (household_id, person_id, adult, addressee)
  SELECT huis.id, wie, true, true FROM huis JOIN h ON h.id = huis.id JOIN p ON p.id = huis.wie),
c AS (
  INSERT INTO outreach_candidacy (household_id, regeling_id, klasse, mode)
  SELECT huis.id, code, %(klasse)s, %(mode)s FROM huis, unnest(%(regelingen)s::text[]) AS code
  RETURNING id, household_id)
INSERT INTO outreach_candidacy_persons (candidacy_id, person_id)
SELECT c.id, huis.wie FROM c JOIN huis ON huis.id = c.household_id
"""


def many(
    handover: Handover,
    number: int,
    *regelingen: str,
    klasse: str = "zeker",
    mode: str = "formulier",
    buurt: str = "BU03630001",
    street: str = "Gerststraat",
) -> None:
    """Households of one adult each, candidates for each of the regelingen (the Stadspas, unless told)."""
    values = {
        "handover": handover.pk,
        "number": number,
        "regelingen": list(regelingen or ("stadspas",)),
        "klasse": klasse,
        "mode": mode,
        "buurt": buurt,
        "street": street,
    }
    with as_role("migrate"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MANY, values)
