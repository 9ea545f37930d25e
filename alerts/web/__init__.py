"""The web edge: health and metrics; pages and the API for people and pulls come here."""
