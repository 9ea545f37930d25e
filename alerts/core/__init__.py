"""Pure nouns that every other room shares.

Nothing here knows a clock, a file, a socket, the environment or randomness; ``now`` is
always a parameter. Data that is stored or crosses a boundary is a frozen pydantic
model that forbids unknown fields; data that only travels inside is a frozen slotted
dataclass.
"""
