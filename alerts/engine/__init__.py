"""The rule engine: rule files to a compiled rule set to matches with evidence. Pure.

``loading.load`` and ``loading.lint`` read the files, ``intest.run_tests`` runs the tests that
stand in them, ``explain.explain`` says why a rule did or did not hold. Files come in as a
mapping of path to text; ``now`` is a parameter; nothing here opens a file or a socket.
"""
