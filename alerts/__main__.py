"""``python -m alerts`` is ``exportwatch``."""

from alerts.cli.main import main

if __name__ == "__main__":
    main()
