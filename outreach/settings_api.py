"""How the API of the printing vendor behaves: its tokens and its document. The same for each municipality."""

# Tokens of the printing vendor. Source: NL GOV Assurance profile for OAuth 2.0, short tokens without refresh.
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER = {
    "ACCESS_TOKEN_EXPIRE_SECONDS": 600,
    "SCOPES": {
        "drukwerk": "Partijen ophalen, bevestigen en de status melden",
        "scans": "Scans en retourpost aanleveren",
    },
    "DEFAULT_SCOPES": [],
    # Client credentials and nothing else; who may have them, the validator knows.
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "letters.api.oauth.VendorValidator",
    # Of a token only its fingerprint is kept.
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    # What no client of ours does is shut all the same: other grants, tokens in an address, http.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
}
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": ["letters.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["letters.api.authentication.HasScope"],
    "EXCEPTION_HANDLER": "letters.api.problems.handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Bereik: drukwerk",
    "DESCRIPTION": "Waarmee een drukker brieven ophaalt, meldt wat ermee gebeurt en formulieren teruglevert.",
    "VERSION": "1.0.0",
    "CONTACT": {
        "name": "Functioneel beheer Bereik",
        "email": "beheer@bereik.example",
        "url": "https://bereik.example/drukwerk",
    },
    "LICENSE": {"name": "EUPL-1.2"},
    "SERVERS": [
        {
            "url": "https://{host}/api/drukwerk/v1",
            "variables": {"host": {"default": "bereik.example", "description": "De site van de gemeente."}},
        }
    ],
    "TAGS": [{"name": "drukwerk"}],
    "SCHEMA_PATH_PREFIX": "/api/drukwerk/v1",
    "PREPROCESSING_HOOKS": ["letters.api.openapi.only_ours"],
    "POSTPROCESSING_HOOKS": ["letters.api.openapi.complete"],
    "ENUM_NAME_OVERRIDES": {},
}
