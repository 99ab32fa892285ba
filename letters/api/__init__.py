"""The API of a printing vendor, at /api/drukwerk/v1. The contract: docs/drukwerk.md."""

VERSION = "1.0.0"
BASE = "/api/drukwerk/v1"
